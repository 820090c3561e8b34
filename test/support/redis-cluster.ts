/** A Redis Cluster on free ports, in folders of its own, append-only files on. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { slotOf } from '../../src/platform/redis-slots.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { findRedisServer, REDIS_SETTINGS } from '../../src/supervisor/private-redis.ts';
import { testPorts } from './ports.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

const NODES = 3;
const USER = 'trackly';
const PASSWORD = 'a,b@c/d';

export interface TestRedisCluster {
  /** Of every node. */
  url: string;
  pids: number[];
  /** SIGKILL to one node, which comes back without its data. */
  lose(node: number): Promise<void>;
  /** The number of the primary that has the key. */
  nodeOf(key: string): number;
  /** SIGKILL to the primary that has the key. It stays away until `startAgain`. */
  killPrimaryOf(key: string): Promise<void>;
  /** Runs what was killed on its data, and resolves when all nodes are one cluster again. */
  startAgain(): Promise<void>;
  /**
   * Moves the slot of a key to the primary after its own, key by key, with a rest after each: for so long commands are
   * sent on (ASK), and such with several keys refused (TRYAGAIN). Resolves with the number of keys.
   */
  moveSlotOf(key: string, rest_ms: number): Promise<number>;
  stop(): Promise<void>;
}

/** A certificate that signs itself, and its key: files. */
export interface Certificate {
  certificate: string;
  key: string;
}

export interface ClusterOptions {
  /** Primaries. */
  count?: number;
  /** Of each primary. */
  replicas?: number;
  /** `cluster-node-timeout`. */
  node_timeout_ms?: number;
  /** The nodes speak TLS alone, and ask for a user and a password. */
  tls?: Certificate;
}

/** What CLUSTER NODES says of a node. */
interface Known {
  id: string;
  port: number;
  primary: boolean;
  slots: [from: number, to: number][];
}

export async function startRedisCluster({
  count = NODES,
  replicas = 0,
  node_timeout_ms,
  tls,
}: ClusterOptions = {}): Promise<TestRedisCluster> {
  const server = findRedisServer(process.env['PATH']);
  const login =
    tls === undefined ? [] : ['--tls', '--cacert', tls.certificate, '--user', USER, '--pass', PASSWORD];
  const cli = (...args: string[]): string =>
    execFileSync(join(dirname(server), 'redis-cli'), [...login, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  // Each node's own, and its port for the other nodes, which by default is one of those that the kernel hands out.
  const ports = await testPorts(2 * count * (1 + replicas));
  const nodes = await Promise.all(
    ports.slice(0, ports.length / 2).map(async (port, i) => {
      const dir = await mkdtemp(join(tmpdir(), 'trackly-node-'));
      const args = [
        ...(tls === undefined ? ['--port', String(port)] : secured(port, tls)),
        '--dir',
        dir,
        '--bind',
        '127.0.0.1',
        '--cluster-enabled',
        'yes',
        '--cluster-port',
        String(ports[i + ports.length / 2]),
        ...(node_timeout_ms === undefined ? [] : ['--cluster-node-timeout', String(node_timeout_ms)]),
        ...REDIS_SETTINGS.flatMap(([name, value]) => [`--${name}`, value]),
      ];
      return { dir, port, args, process: spawn(server, args, { stdio: 'ignore' }) };
    }),
  );
  const answers = (port: number, command: string[], expected: RegExp): boolean => {
    try {
      return expected.test(cli('-p', String(port), ...command));
    } catch {
      return false;
    }
  };
  await until(
    () => nodes.every(({ port }) => answers(port, ['ping'], /PONG/)),
    HANGS_AFTER_MS,
    () => 'a node did not start',
  );
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  cli('--cluster', 'create', ...addresses, '--cluster-replicas', String(replicas), '--cluster-yes');
  const untilWhole = (): Promise<void> =>
    until(
      () =>
        nodes.every(({ port }) => {
          const all = /cluster_state:ok/;
          return answers(port, ['cluster', 'info'], all) && answers(port, ['info', 'replication'], SYNCED);
        }),
      HANGS_AFTER_MS,
      () => 'the cluster did not come together',
    );
  await untilWhole();

  /** As any node that lives knows it. */
  const known = (): Known[] => {
    const { port } = nodes.find((node) => node.process.signalCode === null) as (typeof nodes)[number];
    return cli('-p', String(port), 'cluster', 'nodes')
      .trim()
      .split('\n')
      .map((line) => {
        const [id = '', address = '', flags = '', , , , , ...slots] = line.split(' ');
        return {
          id,
          port: Number(/:(\d+)@/.exec(address)?.[1]),
          primary: flags.includes('master') && !flags.includes('fail'),
          slots: slots.flatMap((range): [number, number][] => {
            const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
            return from === undefined ? [] : [[Number(from), Number(to)]];
          }),
        };
      });
  };
  const tagOf = (key: string): string => /\{(.+?)\}/.exec(key)?.[1] ?? key;
  const primaryOf = (slot: number): Known => {
    const found = known().find(({ slots }) => slots.some(([from, to]) => from <= slot && slot <= to));
    if (found === undefined) throw new Error(`nobody has the slot ${slot}`);
    return found;
  };
  const nodeOf = (key: string): number => {
    const { port } = primaryOf(slotOf(tagOf(key)));
    return nodes.findIndex((node) => node.port === port);
  };
  const user = tls === undefined ? 'redis://' : `rediss://${USER}:${encodeURIComponent(PASSWORD)}@`;
  return {
    url: user + nodes.map(({ port }) => `127.0.0.1:${port}`).join(','),
    pids: nodes.map((node) => node.process.pid ?? 0),
    async lose(i) {
      const node = nodes[i] as (typeof nodes)[number];
      await kill(node.process);
      // It stays a node of the cluster, with its slots.
      await rm(join(node.dir, 'appendonlydir'), { recursive: true });
      await rm(join(node.dir, 'dump.rdb'), { force: true });
      node.process = spawn(server, node.args, { stdio: 'ignore' });
      await until(
        () => answers(node.port, ['cluster', 'info'], /cluster_state:ok/),
        HANGS_AFTER_MS,
        () => 'the node did not come back',
      );
    },
    nodeOf,
    killPrimaryOf: (key) => kill((nodes[nodeOf(key)] as (typeof nodes)[number]).process),
    async startAgain() {
      for (const node of nodes) {
        if (node.process.signalCode !== null) node.process = spawn(server, node.args, { stdio: 'ignore' });
      }
      await untilWhole();
    },
    async moveSlotOf(key, rest_ms) {
      const slot = slotOf(tagOf(key));
      const from = primaryOf(slot);
      const primaries = known().filter(({ primary }) => primary);
      const at = primaries.findIndex(({ id }) => id === from.id);
      const to = primaries[(at + 1) % primaries.length] as Known;
      const [source, target] = [new Redis(from.port), new Redis(to.port)];
      let moved = 0;
      try {
        await target.cluster('SETSLOT', slot, 'IMPORTING', from.id);
        await source.cluster('SETSLOT', slot, 'MIGRATING', to.id);
        for (;;) {
          const [next] = await source.cluster('GETKEYSINSLOT', slot, 1);
          if (next === undefined) break;
          await source.migrate('127.0.0.1', to.port, '', 0, HANGS_AFTER_MS, 'KEYS', next);
          moved++;
          await sleep(rest_ms);
        }
        for (const { port } of [to, from, ...primaries]) {
          cli('-p', String(port), 'cluster', 'setslot', String(slot), 'node', to.id);
        }
      } finally {
        source.disconnect();
        target.disconnect();
      }
      return moved;
    },
    async stop() {
      for (const node of nodes) {
        await kill(node.process);
        await rm(node.dir, { recursive: true, force: true });
      }
    },
  };
}

/** A primary, or a replica that has all that its primary has. */
const SYNCED = /role:master|master_link_status:up/;

async function kill(server: ChildProcess): Promise<void> {
  if (server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await ended;
}

const secured = (port: number, { certificate, key }: Certificate): string[] => [
  ...['--port', '0', '--tls-port', String(port), '--tls-cluster', 'yes', '--tls-replication', 'yes'],
  ...['--tls-ca-cert-file', certificate, '--tls-cert-file', certificate, '--tls-key-file', key],
  ...['--tls-auth-clients', 'no', '--user', 'default', 'off', '--user', USER, 'on', `>${PASSWORD}`],
  ...['~*', '&*', '+@all', '--masteruser', USER, '--masterauth', PASSWORD],
];
