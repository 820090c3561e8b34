import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DiskProbe, spaceOf } from '../../../src/platform/disk.ts';
import { untilSeen } from '../../support/until.ts';

it('knows how long a write takes, also one that does not come back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-disk-'));
  const probe = new DiskProbe(folder, 'probe');
  const now = performance.now();
  expect(probe.look(now)).toEqual({ sync_s: 0, writable: true });
  // The write has just begun: a look in 8 s would find it waiting for as long.
  expect(probe.look(now + 8_000).sync_s).toBeCloseTo(8);
  await untilSeen('the probe', async () => probe.look().sync_s > 0 && probe.look().sync_s < 8, true);
  await probe.close();
  expect((await spaceOf(folder))?.free_bytes).toBeGreaterThan(0);
  await rm(folder, { recursive: true });
  expect(await readdir(folder).catch(() => 'gone')).toBe('gone');
});

it('says that nothing can be written, but not of a folder that is not there yet', async () => {
  const no_folder = new DiskProbe(import.meta.filename, 'probe');
  await untilSeen('a refused write', async () => no_folder.look().writable, false);
  const not_yet = new DiskProbe(join(tmpdir(), 'trackly-none'), 'probe');
  not_yet.look();
  await untilSeen('an end', async () => not_yet.look().writable, true);
  expect(await spaceOf(join(tmpdir(), 'trackly-none'))).toBeUndefined();
});
