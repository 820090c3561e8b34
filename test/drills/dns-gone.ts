/**
 * The resolver answers no more, and then connections to Redis break: they can't be made anew, because its address is a name. What
 * waits for the resolver must not hold up the spool.
 */
import { writeFile } from 'node:fs/promises';
import { startDns } from '../support/dns.ts';
import { type Drill, WITHOUT_REDIS } from '../support/drills/drill.ts';
import { createSender } from '../support/sender.ts';

const NAME = 'redis.drill.test';

export const dnsGone: Drill = {
  name: 'dns-gone',
  about: 'DNS gone: the resolver does not answer',
  needs_root: true,
  async run(stage) {
    const address = `127.213.${process.pid % 250}.53`;
    const dns = await startDns(53, address);
    dns.set(NAME, 'A', ['127.0.0.1']);
    const resolver = stage.folder('resolv.conf');
    await writeFile(resolver, `nameserver ${address}\n`);
    try {
      await stage.startServers();
      stage.installation.settings['REDIS_URL'] = `redis://${NAME}:${stage.redis.port}`;
      const place = { resolver };
      const of = { 'api-1': { place }, 'worker-1': { place }, 'redirect-1': { place } };
      await stage.startRoles({ of });
      await stage.startTaps();
      // Resolvers are watched only where there are domains to check.
      const sender = await createSender(stage.installation.asSystem());
      const { status } = await sender.call('POST', '/v2/domains', { domain: 'go.drill.test' });
      if (status !== 201) throw new Error(`no domain was made: ${status}`);
      await stage.silence();
      await stage.fault({
        alarm: 'TracklyDnsAway',
        also: WITHOUT_REDIS,
        lasts_s: 45,
        async cause() {
          dns.delay(Number.POSITIVE_INFINITY);
          await stage.redis.ask('client', 'kill', 'type', 'normal');
          await stage.redis.ask('client', 'kill', 'type', 'pubsub');
        },
        heal: () => dns.delay(0),
      });
    } finally {
      await dns.close();
    }
  },
};
