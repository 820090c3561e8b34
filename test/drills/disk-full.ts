/** Another program fills the disk that Redis and the spool share: an early warning, and taps go on as long as there is a byte. */

import { makeSmallDisk } from '../support/drills/disk.ts';
import { type Drill, WITHOUT_REDIS } from '../support/drills/drill.ts';

const DISK_MB = 256;

export const diskFull: Drill = {
  name: 'disk-full',
  about: 'the disk of Redis and the spool is full',
  needs_root: true,
  async run(stage) {
    const disk = makeSmallDisk(stage.left, 'disk', DISK_MB);
    await stage.open({
      redis: { dir: `${disk.path}/redis` },
      of: { 'redirect-1': { data_dir: `${disk.path}/redirect-1` } },
    });
    await stage.fault({
      alarm: 'TracklyDiskFilling',
      also: [...WITHOUT_REDIS, 'TracklyDiskBroken', 'TracklyDiskSlow', 'TracklyClicksLost'],
      lasts_s: 30,
      resolved_within_s: 400,
      cause: () => disk.fill(),
      heal: () => disk.empty(),
    });
  },
};
