/** The log of the private Redis. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { boundLog } from '../../../src/supervisor/private-redis.ts';

it('of the log the last two files of a bounded size are kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-log-'));
  const log = join(folder, 'redis.log');
  await boundLog(log, 10);
  for (const text of ['the first', 'the second line', 'the third line', 'the last']) {
    await writeFile(log, text);
    await boundLog(log, 10);
  }
  expect((await readdir(folder)).sort()).toEqual(['redis.log', 'redis.log.1']);
  expect(await readFile(`${log}.1`, 'utf8')).toBe('the third line');
  await rm(folder, { recursive: true });
});
