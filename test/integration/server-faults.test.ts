/** A Redis or ClickHouse that can not be used: one sentence names the setting, what was found, and what to do. */
// Own system: Redis servers that are set wrong, and roles that wait for them.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openClickHouse } from '../../src/clickhouse/open.ts';
import { createLogger } from '../../src/platform/logger.ts';
import {
  askRedis,
  askRedisClock,
  connectRedis,
  findRedis,
  isReady,
  probeRedis,
  type RedisClient,
  untilReady,
} from '../../src/platform/redis.ts';
import { redisFault } from '../../src/platform/redis-faults.ts';
import { ServerFault } from '../../src/platform/server-fault.ts';
import { NODE_ARGUMENTS } from '../../src/supervisor/role-process.ts';
import { testPorts } from '../support/ports.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const SECRET = 'a-password-that-nobody-sees';
/** Finds what hangs: a busy machine may take long to start a process. */
const WITHIN_MS = 120_000;

let redis: TestRedis;
let admin: Redis;
let web: Server;
let web_url: string;
let port: string;
let closed: number;

beforeAll(async () => {
  redis = await startRedis();
  port = new URL(redis.url).port;
  admin = new Redis(redis.url);
  // It is killed below.
  admin.on('error', () => {});
  web = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  web_url = `127.0.0.1:${(web.address() as { port: number }).port}`;
  [closed = 0] = await testPorts(1);
});

afterAll(async () => {
  web?.close();
  admin?.disconnect();
  await redis?.stop();
});

async function faultOf(ask: Promise<unknown>): Promise<{ message: string; passes: boolean }> {
  const error = await ask.then(
    () => 'it can be used',
    (error: unknown) => error,
  );
  if (!(error instanceof ServerFault)) throw new Error(`no fault: ${String(error)}`);
  return error;
}

describe('a Redis', () => {
  afterEach(async () => {
    await admin.config('SET', 'requirepass', '');
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.call('REPLICAOF', 'NO', 'ONE');
  });

  it('as it should be is no fault', async () => {
    expect(await probeRedis(redis.url)).toEqual({ url: redis.url, cluster: false });
  });

  it('that asks for a password, or for another one', async () => {
    await admin.config('SET', 'requirepass', SECRET);
    expect(await faultOf(probeRedis(redis.url))).toMatchObject({
      message: `REDIS_URL (127.0.0.1:${port}): it asks for a password: write it into the address: redis://:<password>@<host>`,
      passes: false,
    });
    const wrong = await faultOf(probeRedis(`redis://:not-${SECRET}@127.0.0.1:${port}`));
    expect(wrong).toMatchObject({
      message: expect.stringMatching(/user or password is wrong/),
      passes: false,
    });
    expect(wrong.message).not.toContain(SECRET);
    expect(await probeRedis(`redis://:${SECRET}@127.0.0.1:${port}`)).toMatchObject({ cluster: false });
  });

  it('whose user has too few rights', async () => {
    await admin.call('ACL', 'SETUSER', 'small', 'on', `>${SECRET}`, '~*', '+ping');
    expect(await faultOf(probeRedis(`redis://small:${SECRET}@127.0.0.1:${port}`))).toMatchObject({
      message: expect.stringMatching(/may not do what is needed \(INFO\): .*deploy\/redis-users\.acl/),
      passes: false,
    });
  });

  it.each(['UNLINK', 'EVAL', 'PUBLISH', 'XTRIM'])('whose user may not %s', async (command) => {
    await admin.call(
      'ACL',
      'SETUSER',
      'less',
      'on',
      `>${SECRET}`,
      '~*',
      '&*',
      '+@all',
      `-${command.toLowerCase()}`,
    );
    expect(await faultOf(probeRedis(`redis://less:${SECRET}@127.0.0.1:${port}`))).toMatchObject({
      found: `this user may not do what is needed (${command})`,
      passes: false,
    });
    await admin.call('ACL', 'SETUSER', 'less', `+${command.toLowerCase()}`);
    expect(await probeRedis(`redis://less:${SECRET}@127.0.0.1:${port}`)).toMatchObject({ cluster: false });
  });

  it('that is single where this machine used a cluster, or the reverse', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trackly-kind-'));
    expect(await findRedis(redis.url, folder)).toMatchObject({ away: false });
    await writeFile(join(folder, 'redis.kind'), 'cluster');
    const fault = await faultOf(findRedis(redis.url, folder));
    await rm(folder, { recursive: true });
    expect(fault).toMatchObject({
      message: expect.stringMatching(/it is a single server, and this machine used a cluster .*redis\.kind$/),
      passes: false,
    });
  });

  it.each(['allkeys-lru', 'volatile-ttl'])('that removes data by %s', async (policy) => {
    await admin.config('SET', 'maxmemory-policy', policy);
    expect(await faultOf(probeRedis(redis.url))).toMatchObject({
      message: expect.stringContaining(`maxmemory-policy ${policy}`),
      passes: false,
    });
  });

  it('that is a replica', async () => {
    await admin.call('REPLICAOF', '127.0.0.1', String(closed));
    expect(await faultOf(probeRedis(redis.url))).toMatchObject({
      message: expect.stringMatching(/is a replica and takes no writes/),
      passes: true,
    });
  });

  it.each([
    ['nothing', () => `redis://127.0.0.1:${closed}`, /nothing listens there/, true],
    ['a name that DNS does not know', () => 'redis://nobody.invalid:6379', /DNS does not/, true],
    [
      'a server of the web',
      () => `redis://${web_url}`,
      /it is no Redis|closes the connection/,
      expect.anything(),
    ],
    ['TLS where there is none', () => `rediss://127.0.0.1:${port}`, /TLS/, expect.anything()],
  ])('address with %s', async (_what, url, sentence, passes) => {
    expect(await faultOf(probeRedis(url()))).toMatchObject({
      message: expect.stringMatching(sentence),
      passes,
    });
  });
});

describe('a connection', () => {
  let client: RedisClient;
  afterEach(() => client?.disconnect());

  it('to a Redis that becomes a replica is not ready, and is within two seconds of its becoming a primary', async () => {
    client = connectRedis(redis.target, 'fast');
    await untilReady(client, WITHIN_MS);
    await client.set('k', '1');
    await admin.call('REPLICAOF', '127.0.0.1', String(closed));
    await expect(client.set('k', '2')).rejects.toThrow(/READONLY/);
    expect(isReady(client)).toBe(false);
    await admin.call('REPLICAOF', 'NO', 'ONE');
    const began = performance.now();
    await until(
      async () => isReady(client) && (await client.set('k', '3')) === 'OK',
      WITHIN_MS,
      () => 'it is not ready',
    );
    expect(performance.now() - began).toBeLessThan(2_500);
  });
});

describe('a Redis in use', () => {
  let client: RedisClient;
  beforeAll(async () => {
    client = connectRedis(redis.target, 'fast');
    await untilReady(client, WITHIN_MS);
  });
  afterAll(() => client?.disconnect());

  it('that begins to evict is found out while it runs', async () => {
    await askRedis(client, redis.url);
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await faultOf(askRedis(client, redis.url))).toMatchObject({
      found: expect.stringContaining('maxmemory-policy allkeys-lru'),
    });
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await askRedis(client, redis.url);
  });

  it('that takes no writes without its replicas says so, and stays in use', async () => {
    await admin.config('SET', 'min-replicas-to-write', '1');
    const error = await client.set('k', 'v').catch((one: unknown) => one);
    await admin.config('SET', 'min-replicas-to-write', '0');
    expect(redisFault(redis.url, error)).toMatchObject({
      message: expect.stringMatching(/fewer replicas than its min-replicas-to-write: start its replicas/),
      passes: true,
    });
    expect(await client.set('k', 'v')).toBe('OK');
  });

  it('whose clock differs from the one here', async () => {
    await askRedisClock(client, redis.url);
    const now_ms = Date.now();
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now_ms + 3_600_000);
    const fault = await faultOf(askRedisClock(client, redis.url));
    clock.mockRestore();
    expect(fault.message).toMatch(
      /the clock of this machine is 3\d\d\d s ahead of the clock there: set both by NTP; at most 5 s/,
    );
  });
});

describe('a ClickHouse', () => {
  const logger = createLogger('test', 'silent');

  it.each([
    ['nothing', () => `http://127.0.0.1:${closed}`, /CLICKHOUSE_URL .*: nothing listens there/, true],
    [
      'a Redis',
      () => `http://127.0.0.1:${port}`,
      /it does not speak HTTP|closes the connection/,
      expect.anything(),
    ],
    ['TLS where there is none', () => `https://${web_url}`, /it does not speak TLS/, false],
  ])('address with %s', async (_what, url, sentence, passes) => {
    expect(await faultOf(openClickHouse(url(), logger))).toMatchObject({
      message: expect.stringMatching(sentence),
      passes,
    });
  });
});

it('a ClickHouse that is too old is refused', async () => {
  const old = createServer((_request, response) => response.end('24.8.4.13\n'));
  await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
  const { port: old_port } = old.address() as { port: number };
  const fault = await faultOf(openClickHouse(`http://127.0.0.1:${old_port}`, createLogger('test', 'silent')));
  old.close();
  expect(fault).toMatchObject({
    message: expect.stringMatching(/it is version 24\.8\.4\.13: version 24\.10 or later is needed/),
    passes: false,
  });
});

describe('a role', () => {
  let folder: string;
  let child: ChildProcess | undefined;
  let said = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trackly-waits-'));
  });
  afterEach(async () => {
    if (child?.exitCode === null) {
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function startRole(role: string, settings: Record<string, string>): void {
    said = '';
    child = spawn(process.execPath, [...NODE_ARGUMENTS, MAIN, role], {
      env: { PATH: process.env['PATH'], DATA_DIR: folder, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text) => {
        said += text;
      });
    }
  }

  const untilSaid = (text: string): Promise<void> =>
    until(
      () => said.includes(text),
      WITHIN_MS,
      () => `"${text}" was not said: ${said}`,
    );

  it('waits on a fresh machine for a Redis that is away, and starts when it comes', async () => {
    const [redirect_port = 0] = await testPorts(1);
    await redis.kill();
    startRole('redirect', {
      REDIS_URL: redis.url,
      REDIRECT_PORT: String(redirect_port),
      REDIRECT_PROCESSES: '1',
    });
    await untilSaid(`waiting: REDIS_URL (127.0.0.1:${port}): nothing listens there`);
    await redis.start();
    await untilSaid('redirect is ready');
    await new Promise<void>((resolve, reject) => {
      const socket = connect(redirect_port, '127.0.0.1', () => {
        socket.destroy();
        resolve();
      });
      socket.once('error', reject);
    });
  });

  it('ends where the Redis evicts, with a sentence', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lfu');
    startRole('worker', {
      REDIS_URL: redis.url,
      CLICKHOUSE_URL: `http://127.0.0.1:${closed}`,
      LOG_LEVEL: 'silent',
    });
    const code = await new Promise((resolve) => child?.once('close', resolve));
    expect(code).toBe(1);
    expect(said.trim()).toMatch(/^trackly: REDIS_URL \(.*maxmemory-policy allkeys-lfu.*noeviction there$/);
  });
});
