import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { syncGrown } from '../../../src/supervisor/sync-append-only-file.ts';

it('syncs each file that grew, once, and none before Redis has made its folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-aof-'));
  const sizes = new Map<string, number>();
  try {
    expect(await syncGrown(join(folder, 'appendonlydir'), sizes)).toEqual([]);
    await writeFile(join(folder, 'a.1.base.aof'), 'base');
    await writeFile(join(folder, 'a.1.incr.aof'), '1');
    await writeFile(join(folder, 'a.manifest'), 'not a log');
    expect((await syncGrown(folder, sizes)).toSorted()).toEqual(['a.1.base.aof', 'a.1.incr.aof']);
    expect(await syncGrown(folder, sizes)).toEqual([]);
    await appendFile(join(folder, 'a.1.incr.aof'), '2');
    expect(await syncGrown(folder, sizes)).toEqual(['a.1.incr.aof']);
    await rm(join(folder, 'a.1.incr.aof'));
    await writeFile(join(folder, 'a.2.incr.aof'), '3');
    expect(await syncGrown(folder, sizes)).toEqual(['a.2.incr.aof']);
    expect([...sizes.keys()].toSorted()).toEqual(['a.1.base.aof', 'a.2.incr.aof']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
