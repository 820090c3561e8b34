/**
 * Addresses of Redis that can never work: a role ends its start with one sentence, which names the setting, what was found and
 * what to do. An address at which nothing listens is waited for, and says so.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drill } from '../support/drills/drill.ts';
import { expectRefused, expectWaiting } from '../support/drills/expect-refused.ts';
import { startRedisServer } from '../support/drills/installation.ts';
import { makeCertificate } from '../support/pebble.ts';
import { testPorts } from '../support/ports.ts';

export const wrongRedis: Drill = {
  name: 'wrong-redis',
  about: 'wrong, passworded or TLS-less Redis at the start',
  async run(stage) {
    await stage.startServers();
    const [nothing = 0] = await testPorts(1);
    const plain = stage.redis.port;
    const locked = await startRedisServer(stage.left, { name: 'locked', args: ['--requirepass', 'secret'] });
    const certificates = stage.folder('certificates');
    await mkdir(certificates, { recursive: true });
    makeCertificate(certificates, 'redis', ['127.0.0.1']);
    const file = (ending: string): string => join(certificates, `redis.${ending}`);
    const [tls_port = 0] = await testPorts(1);
    await startRedisServer(stage.left, {
      name: 'over-tls',
      args: [
        ...['--tls-port', String(tls_port), '--tls-auth-clients', 'no'],
        ...['--tls-cert-file', file('crt'), '--tls-key-file', file('key'), '--tls-ca-cert-file', file('crt')],
      ],
    });
    const at = (address: string): NodeJS.ProcessEnv => ({ REDIS_URL: address });
    await expectRefused(stage, at(`redis://127.0.0.1:${locked.port}`), /REDIS_URL .*asks for a password/);
    await expectRefused(
      stage,
      at(`redis://:wrong@127.0.0.1:${locked.port}`),
      /REDIS_URL .*user or password is wrong/,
    );
    // It waits for the rest of what it takes for a command: nothing tells that from a server that hangs.
    await expectWaiting(
      stage,
      at(`rediss://127.0.0.1:${plain}`),
      /REDIS_URL .*if it speaks no TLS, write redis:\/\//,
    );
    await expectRefused(stage, at(`rediss://127.0.0.1:${tls_port}`), /REDIS_URL .*certificate/);
    await expectWaiting(stage, at(`redis://127.0.0.1:${tls_port}`), /REDIS_URL .*rediss:\/\//);
    await expectWaiting(
      stage,
      at(`redis://127.0.0.1:${nothing}`),
      /waiting: REDIS_URL .*nothing listens there/,
    );
  },
};
