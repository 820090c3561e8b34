/**
 * `npm run client`: writes openapi.ts, the types of the client, from the OpenAPI document of this version. It needs
 * no server: it registers the routes and calls none.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '../../platform/logger.ts';
import type { ApiContext } from './context.ts';
import { createApi } from './server.ts';
import { type OpenApiDocument, writeTypes } from './write-types.ts';

const HEADER = `The routes of the API as types, for client.ts or your own openapi-fetch client.
Made by \`npm run client\`: change the schemas in src/api instead.`;

/** No route is called, so no connection is needed. */
const CONTEXT = { proxies: { trust_proxy: 0, trust_proxy_header: 'x-forwarded-for' } } as ApiContext;

export async function readDocument(): Promise<OpenApiDocument> {
  const api = await createApi(CONTEXT, createLogger('client', 'silent'));
  await api.ready();
  const document = api.swagger() as unknown as OpenApiDocument;
  await api.close();
  return document;
}

/** The text of openapi.ts, formatted by Biome. */
export async function generateTypes(): Promise<string> {
  const text = writeTypes(await readDocument(), HEADER);
  const root = join(import.meta.dirname, '../../..');
  const { stdout, stderr, status } = spawnSync(
    join(root, 'node_modules/.bin/biome'),
    ['format', '--stdin-file-path=src/client/openapi.ts'],
    { cwd: root, input: text, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`the types can not be formatted: ${stderr}`);
  return stdout;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(import.meta.dirname, '../../client/openapi.ts'), await generateTypes());
}
