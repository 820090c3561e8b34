/** The Redis that everything is connected to becomes a replica: each write is READONLY until a primary is back. */
import { type Drill, WITHOUT_REDIS } from '../support/drills/drill.ts';

export const redisReplica: Drill = {
  name: 'redis-replica',
  about: 'Redis turned into a replica under live connections',
  async run(stage) {
    await stage.open();
    await stage.fault({
      alarm: 'TracklyRedisAway',
      also: WITHOUT_REDIS,
      // Of a primary that nobody answers for: it keeps its data, and its clients.
      cause: async () => void (await stage.redis.ask('replicaof', '127.0.0.1', '1')),
      heal: async () => void (await stage.redis.ask('replicaof', 'no', 'one')),
    });
  },
};
