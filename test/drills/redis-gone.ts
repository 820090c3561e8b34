/** Redis is killed and comes back after 45 s: clicks go to the spool, every tap is answered. */
import { type Drill, WITHOUT_REDIS } from '../support/drills/drill.ts';

export const redisGone: Drill = {
  name: 'redis-gone',
  about: 'Redis gone for 45 s',
  async run(stage) {
    await stage.open();
    await stage.fault({
      alarm: 'TracklyRedisAway',
      also: WITHOUT_REDIS,
      lasts_s: 45,
      cause: () => stage.redis.kill(),
      heal: () => stage.redis.start(),
    });
  },
};
