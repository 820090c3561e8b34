/** The package of the client is made of its source. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildClient } from '../../../deploy/build-client.mjs';

const CLIENT = join(import.meta.dirname, '../../../src/client');

it('is what its source makes: run `npm run client` where this fails', async () => {
  for (const [name, text] of Object.entries(await buildClient()))
    expect([name, readFileSync(join(CLIENT, name), 'utf8')]).toEqual([name, text]);
});
