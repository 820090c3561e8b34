/**
 * The network between the machine of a redirect role and that of Redis drops every packet: no connection is reset, and whoever
 * waits for an answer waits. Taps must not.
 */
import type { Drill } from '../support/drills/drill.ts';
import { Installation, startRedisServer } from '../support/drills/installation.ts';
import { makeNetwork } from '../support/drills/network.ts';

export const halfOpen: Drill = {
  name: 'half-open',
  about: 'the network between redirect and Redis drops all packets',
  needs_root: true,
  async run(stage) {
    const { address, machines } = makeNetwork(stage.left, ['front', 'back']);
    const [front, back] = machines;
    if (front === undefined || back === undefined) throw new Error('there are two machines');
    stage.redis = await startRedisServer(stage.left, {
      address: back.address,
      place: { namespace: back.namespace },
    });
    stage.installation = new Installation(stage.left, {
      REDIS_URL: stage.redis.url,
      METRICS_HOST: '0.0.0.0',
      PUBLIC_DOMAIN: front.address,
    });
    await stage.installation.startClickHouse();
    stage.say(`this machine is ${address}, the front ${front.address}, the back ${back.address}`);
    await stage.startRoles({
      of: { 'redirect-1': { address: front.address, place: { namespace: front.namespace } } },
    });
    await stage.startTaps();
    await stage.silence();
    await stage.fault({
      alarm: 'TracklySpooling',
      also: ['TracklyNoRedirect', 'TracklyRedisAway'],
      lasts_s: 45,
      cause: () => front.cut([back.address]),
      heal: () => front.join(),
    });
  },
};
