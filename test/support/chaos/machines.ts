/**
 * An installation on several machines and engines, and what goes wrong there: three primaries of Redis with a replica each, two
 * shards of ClickHouse, two redirect machines, two workers and an API. As root on Linux the redirect roles and Redis are on
 * machines of their own (network namespaces), so that the network between them can be split.
 */
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { startCluster, type TestCluster } from '../clickhouse-cluster.ts';
import { type FailoverCluster, startFailoverCluster } from '../drills/failover-cluster.ts';
import { Installation, type RoleOnMachine } from '../drills/installation.ts';
import type { LeftBehind } from '../drills/left-behind.ts';
import { type Machine, makeNetwork } from '../drills/network.ts';
import { findProgram } from '../programs.ts';

/** Of every redirect machine: a balancer would spread the taps on it. */
export const DOMAIN = 'trk.example';
const SHARDS = 2;
const REDIRECTS = 2;
const WORKERS = 2;

export interface Machines {
  installation: Installation;
  redis: FailoverCluster;
  clickhouse: TestCluster;
  /** Over all shards. */
  client: ClickHouseClient;
  /** Those of the redirect roles, in order; none where this user can make none. */
  fronts: readonly Machine[];
  /** Of Redis, where it has a machine. */
  redis_address: string;
  stop(): Promise<void>;
}

/** Whether this user can make machines. */
const CAN_SPLIT =
  process.platform === 'linux' && process.getuid?.() === 0 && ['ip', 'nft'].every(findProgram);

export async function startMachines(left: LeftBehind): Promise<Machines> {
  const names = ['back', ...Array.from({ length: REDIRECTS }, (_, i) => `front-${i + 1}`)];
  const [back, ...fronts] = CAN_SPLIT ? makeNetwork(left, names).machines : [];
  const placeOf = (machine: Machine | undefined) =>
    machine === undefined ? {} : { address: machine.address, place: { namespace: machine.namespace } };
  const redis = await startFailoverCluster(left, placeOf(back));
  const clickhouse = await startCluster(SHARDS);
  const client = createClient({
    url: clickhouse.nodes[0]?.url ?? '',
    database: 'trackly',
    log: { level: ClickHouseLogLevel.OFF },
  });
  const installation = new Installation(left, {
    REDIS_URL: redis.url,
    // The recipients have addresses of their own.
    TRUST_PROXY: '1',
    PUBLIC_DOMAIN: DOMAIN,
    ...(back === undefined ? {} : { METRICS_HOST: '0.0.0.0' }),
  });
  installation.clickhouse = client;
  const apart = clickhouse.settings;
  await installation.add({ name: 'api-1', role: 'api', settings: apart });
  await installation.named('api-1').untilReady();
  for (let i = 1; i <= WORKERS; i++) {
    await installation.add({ name: `worker-${i}`, role: 'worker', settings: apart });
  }
  for (let i = 1; i <= REDIRECTS; i++) {
    await installation.add({ name: `redirect-${i}`, role: 'redirect', ...placeOf(fronts[i - 1]) });
  }
  for (const role of installation.roles) await role.untilReady();
  return {
    ...{ installation, redis, clickhouse, client, fronts },
    redis_address: back?.address ?? '',
    async stop() {
      await client.close();
      await clickhouse.stop();
    },
  };
}

export interface Ground extends Machines {
  random: () => number;
  /** Longest absence of a server, in seconds. */
  absence_s_max: number;
}

/** Resolves with what it hit, once the fault itself is over; undefined where it can't be made here. */
type Fault = (ground: Ground) => Promise<string | undefined>;

const FREEZE_MS_MAX = 5_000;
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const absence = ({ random, absence_s_max }: Ground): Promise<void> =>
  pause(1_000 + random() * (absence_s_max - 1) * 1_000);
const pick = <T>({ random }: Ground, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

export const FAULTS: Record<string, Fault> = {
  async kill(ground) {
    const role = pick(ground, ground.installation.roles);
    await role.program.kill();
    await role.start();
    return role.name;
  },
  async restart(ground) {
    const role = pick(ground, ground.installation.roles);
    await role.program.stop();
    await role.start();
    return role.name;
  },
  async freeze(ground) {
    const role: RoleOnMachine = pick(ground, ground.installation.roles);
    role.program.signal('SIGSTOP');
    await pause(ground.random() * FREEZE_MS_MAX);
    role.program.signal('SIGCONT');
    return role.name;
  },
  /** A redirect machine does not reach Redis, and people reach it. */
  async split(ground) {
    if (ground.fronts.length === 0) return undefined;
    const front = pick(ground, ground.fronts);
    front.cut([ground.redis_address]);
    await absence(ground);
    front.join();
    return front.namespace;
  },
  async shard_away(ground) {
    const node = ground.clickhouse.nodes[1];
    await node?.kill();
    await absence(ground);
    await node?.start();
    return 'shard 2';
  },
  async shard_frozen(ground) {
    const server = ground.clickhouse.nodes[1]?.process();
    server?.kill('SIGSTOP');
    await pause(ground.random() * FREEZE_MS_MAX);
    server?.kill('SIGCONT');
    return 'shard 2';
  },
  async master_lost({ redis }) {
    await redis.killPrimary();
    await redis.untilWhole();
    await redis.startKilled();
    return 'a primary of Redis';
  },
};
