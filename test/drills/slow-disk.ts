/** The disk of Redis takes seconds for a sync, as an overloaded network disk does: taps wait or go to the spool, and are counted. */

import { makeSlowDisk } from '../support/drills/disk.ts';
import { type Drill, WITHOUT_REDIS } from '../support/drills/drill.ts';

/** A sync of some pages then takes seconds. */
const BYTES_PER_S = 4 * 1024;

export const slowDisk: Drill = {
  name: 'slow-disk',
  about: 'the disk of Redis is slow: syncs take seconds',
  needs_root: true,
  async run(stage) {
    const disk = makeSlowDisk(stage.left, 'slow-disk');
    await stage.open({
      redis: {
        dir: `${disk.path}/redis`,
        args: ['--appendfsync', 'always'],
        place: { groups: [disk.group] },
      },
    });
    await stage.fault({
      alarm: 'TracklyRedisSlow',
      also: [...WITHOUT_REDIS, 'TracklyDiskSlow'],
      lasts_s: 40,
      cause: () => disk.throttle(BYTES_PER_S),
      heal: () => disk.throttle(undefined),
    });
  },
};
