/** Somebody sets a policy that removes data when Redis is full: running roles alarm, and no role starts with it. */
import type { Drill } from '../support/drills/drill.ts';
import { expectRefused } from '../support/drills/expect-refused.ts';

export const redisEvicts: Drill = {
  name: 'redis-evicts',
  about: 'an allkeys-lru Redis',
  async run(stage) {
    await stage.open();
    const policy = (name: string) => stage.redis.ask('config', 'set', 'maxmemory-policy', name);
    await stage.fault({
      alarm: 'TracklyRedisEvicts',
      cause: async () => {
        await policy('allkeys-lru');
        await expectRefused(stage, {}, /REDIS_URL .*allkeys-lru.*noeviction/);
      },
      heal: async () => void (await policy('noeviction')),
    });
  },
};
