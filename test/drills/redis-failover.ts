/** A primary of a Redis Cluster is killed; its replica takes over, and clicks wait in the spool meanwhile. */
import type { Drill } from '../support/drills/drill.ts';
import { startFailoverCluster } from '../support/drills/failover-cluster.ts';
import { Installation } from '../support/drills/installation.ts';

export const redisFailover: Drill = {
  name: 'redis-failover',
  about: 'a primary of a Redis Cluster is killed, its replica takes over',
  async run(stage) {
    const cluster = await startFailoverCluster(stage.left);
    stage.installation = new Installation(stage.left, { REDIS_URL: cluster.url });
    await stage.installation.startClickHouse();
    await stage.startRoles();
    await stage.startTaps();
    await stage.silence();
    const began = performance.now();
    await cluster.killPrimary();
    await cluster.untilWhole();
    stage.see(`the replica took over after ${Math.round((performance.now() - began) / 100) / 10} s`);
    await stage.wait(15);
    await stage.look();
  },
};
