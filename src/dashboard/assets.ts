/**
 * The files of the console that the API serves, as the set-up has built them (deploy/build-console.mjs), with their
 * compressed forms. A name carries the hash of its content, so that a browser keeps a
 * file for ever; what has none (icon.svg) carries an ETag. What is not built can't be served: `document` is undefined.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const BUILT = join(import.meta.dirname, 'built');
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** The modules of the first view, by their names in Vite's manifest. */
const ENTRY = 'main.ts';
const FIRST = 'app.tsx';

export interface Asset {
  type: string;
  etag: string;
  /** Whether the name changes with the content. */
  hashed: boolean;
  bytes: { identity: Buffer; gzip: Buffer; br: Buffer };
}

/** What the document names, as paths below /assets/. */
export interface Parts {
  script: string;
  styles: string[];
  /** Scripts that the entry needs soon: fetched beside it instead of after it. */
  soon: string[];
}

export interface Assets {
  /** By path below /assets/; undefined if there is no such file. */
  file(path: string): Asset | undefined;
  /** undefined: the console was not built. */
  parts: Parts | undefined;
}

interface Chunk {
  file: string;
  imports?: string[];
  css?: string[];
}

/** All files are read here: a build that comes later takes none away from who has opened the page before. */
export function openAssets(folder = BUILT): Assets {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = new Map<string, Asset>();
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (type !== undefined) files.set(name, readAsset(join(folder, name), type));
  }
  return {
    file: (name) => files.get(name),
    parts: names.includes('manifest.json')
      ? partsOf(readFileSync(join(folder, 'manifest.json'), 'utf8'))
      : undefined,
  };
}

function readAsset(path: string, type: string): Asset {
  const identity = readFileSync(path);
  return {
    type,
    etag: `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`,
    hashed: /-[\w-]{8}\.\w+$/.test(path),
    bytes: { identity, gzip: readFileSync(`${path}.gz`), br: readFileSync(`${path}.br`) },
  };
}

function partsOf(manifest: string): Parts | undefined {
  const chunks = JSON.parse(manifest) as Record<string, Chunk>;
  const entry = chunks[ENTRY];
  if (entry === undefined) return undefined;
  const soon = new Set<string>();
  const add = (name: string): void => {
    const chunk = chunks[name];
    if (chunk === undefined || chunk === entry || soon.has(chunk.file)) return;
    soon.add(chunk.file);
    for (const other of chunk.imports ?? []) add(other);
  };
  for (const name of [FIRST, ...(entry.imports ?? [])]) add(name);
  return { script: entry.file, styles: entry.css ?? [], soon: [...soon] };
}
