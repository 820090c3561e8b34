/**
 * The installation that a drill breaks: roles apart, each under its own supervisor with its own folder, as deploy/systemd runs
 * them; a Redis and a ClickHouse server. Every program can be put on another machine (a namespace, a control group) and be
 * killed alone.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { embeddedUrl } from '../../../src/clickhouse/embedded/passwords.ts';
import { findRedisServer, REDIS_SETTINGS } from '../../../src/supervisor/private-redis.ts';
import { NODE_ARGUMENTS, type Role } from '../../../src/supervisor/role-process.ts';
import { testPorts } from '../ports.ts';
import type { System } from '../system.ts';
import { HANGS_AFTER_MS, until } from '../until.ts';
import type { LeftBehind } from './left-behind.ts';
import { type Place, type Program, startProgram } from './program.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.ts');
const READY = / is ready\.$/m;

export interface RedisServer {
  url: string;
  port: number;
  dir: string;
  program: Program;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Runs it again on the same data and port, with other arguments if they are given. */
  start(args?: readonly string[]): Promise<void>;
  /** redis-cli: a command, and what it answers. */
  ask(...command: string[]): Promise<string>;
}

export interface RoleOnMachine {
  name: string;
  role: Role;
  program: Program;
  data_dir: string;
  /** The port of its public or API listener; of metrics. */
  port: number;
  metrics_port: number;
  /** `http://address:port` of its listener. */
  url: string;
  /** Runs it again with the same folder and ports, and other settings; resolves when it is ready. */
  start(settings?: NodeJS.ProcessEnv): Promise<void>;
  /** The same without waiting. */
  launch(settings?: NodeJS.ProcessEnv): void;
  untilReady(): Promise<void>;
}

export interface RoleOptions {
  name: string;
  role: Role;
  settings?: NodeJS.ProcessEnv;
  place?: Place;
  /** The address that others reach it at; loopback by default. */
  address?: string;
  data_dir?: string;
  /** What starts it in place of this checkout: a command and its arguments, and the role comes last. */
  starts?: readonly [string, ...string[]];
}

export interface RedisOptions {
  name?: string;
  args?: readonly string[];
  place?: Place;
  address?: string;
  dir?: string;
}

/** A redis-server with the settings of deploy/redis.conf, without its syncs: these drills cut no power. */
export async function startRedisServer(left: LeftBehind, options: RedisOptions = {}): Promise<RedisServer> {
  const { name = 'redis', address = '127.0.0.1', place } = options;
  const dir = options.dir ?? join(left.folder, name);
  await mkdir(dir, { recursive: true });
  const [port = 0] = await testPorts(1);
  const launch = (args: readonly string[]): Program =>
    startProgram(
      {
        name,
        command: findRedisServer(process.env['PATH']),
        args: [
          ...['--port', String(port), '--dir', dir, '--bind', address, '--protected-mode', 'no'],
          ...REDIS_SETTINGS.flatMap(([setting, value]) => [`--${setting}`, value]),
          ...args,
        ],
        place,
      },
      left,
    );
  const server: RedisServer = {
    url: `redis://${address}:${port}`,
    port,
    dir,
    program: launch(options.args ?? []),
    kill: () => server.program.kill(),
    async start(args = options.args ?? []) {
      server.program = launch(args);
      await answers();
    },
    async ask(...command) {
      const cli = startProgram(
        {
          name: 'redis-cli',
          command: 'redis-cli',
          args: ['-h', address, '-p', String(port), ...command],
          place,
        },
        left,
      );
      await until(
        () => !cli.runs(),
        HANGS_AFTER_MS,
        () => `redis-cli ${command.join(' ')} hangs`,
      );
      return cli.output();
    },
  };
  const answers = (): Promise<void> =>
    until(
      async () => {
        if (!server.program.runs()) throw new Error(`${name} did not start:\n${server.program.output()}`);
        return /Ready to accept connections/.test(server.program.output());
      },
      HANGS_AFTER_MS,
      () => `${name} did not start:\n${server.program.output()}`,
    );
  await answers();
  return server;
}

export class Installation {
  readonly admin_key = `trk_${randomBytes(16).toString('hex')}`;
  readonly roles: RoleOnMachine[] = [];
  readonly #left: LeftBehind;
  /** Given to every role; REDIS_URL and CLICKHOUSE_URL among them. */
  readonly settings: NodeJS.ProcessEnv;
  clickhouse: ClickHouseClient | undefined;

  constructor(left: LeftBehind, settings: NodeJS.ProcessEnv) {
    this.#left = left;
    this.settings = {
      ADMIN_KEY: this.admin_key,
      REDIRECT_PROCESSES: '1',
      LOG_LEVEL: 'info',
      ...settings,
    };
  }

  of(role: Role): RoleOnMachine[] {
    return this.roles.filter((one) => one.role === role);
  }

  named(name: string): RoleOnMachine {
    const found = this.roles.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  /** Addresses of metrics, for Prometheus. */
  metrics(): string[] {
    return this.roles
      .filter(({ role }) => role !== 'clickhouse')
      .map(({ url, metrics_port }) => `${new URL(url).hostname}:${metrics_port}`);
  }

  /** Adds a role without waiting until it is ready. */
  async add(options: RoleOptions): Promise<RoleOnMachine> {
    const { name, role, place, address = '127.0.0.1' } = options;
    const data_dir = options.data_dir ?? join(this.#left.folder, name);
    await mkdir(data_dir, { recursive: true });
    const [port = 0, metrics_port = 0] = await testPorts(2);
    const [command, ...words] = options.starts ?? [process.execPath, ...NODE_ARGUMENTS, MAIN];
    const launch = (settings: NodeJS.ProcessEnv = {}): Program =>
      startProgram(
        {
          ...{ name, command, args: [...words, role] },
          env: {
            ...this.settings,
            DATA_DIR: data_dir,
            ...(role === 'redirect' ? { REDIRECT_PORT: String(port), REDIRECT_HOST: address } : {}),
            ...(role === 'api' ? { API_PORT: String(port), API_HOST: address } : {}),
            ...(role === 'clickhouse' ? { CLICKHOUSE_PORT: String(port) } : {}),
            ...(role === 'clickhouse' ? {} : { METRICS_PORT: String(metrics_port) }),
            ...options.settings,
            ...settings,
          },
          place,
        },
        this.#left,
      );
    const one: RoleOnMachine = {
      name,
      role,
      program: launch(),
      data_dir,
      port,
      metrics_port,
      url: `http://${address}:${port}`,
      launch(settings) {
        one.program = launch(settings);
      },
      async start(settings) {
        one.launch(settings);
        await one.untilReady();
      },
      untilReady: () =>
        until(
          () => {
            if (!one.program.runs()) throw new Error(`${name} did not start:\n${one.program.output()}`);
            return READY.test(one.program.output());
          },
          2 * HANGS_AFTER_MS,
          () => `${name} is not ready:\n${one.program.output().slice(-4_000)}`,
        ),
    };
    this.roles.push(one);
    return one;
  }

  /** The embedded ClickHouse, whose address every role that is added later gets. */
  async startClickHouse(place?: Place): Promise<RoleOnMachine> {
    const server = await this.add({ name: 'clickhouse', role: 'clickhouse', ...(place ? { place } : {}) });
    await server.untilReady();
    const url = await embeddedUrl(server.data_dir, server.port);
    this.settings['CLICKHOUSE_URL'] = url;
    this.clickhouse = createClient({ url, database: 'trackly', log: { level: ClickHouseLogLevel.OFF } });
    return server;
  }

  /** The last lines of everything that wrote a log. */
  output(): string {
    return this.roles.map(({ name, program }) => `== ${name}\n${program.output().slice(-3_000)}`).join('\n');
  }

  /** As far as support/sender.ts and others ask. */
  asSystem(): System {
    const refuse = (): never => {
      throw new Error('a drill has no supervisor of all');
    };
    return {
      redirect_url: this.of('redirect')[0]?.url ?? '',
      api_url: this.of('api')[0]?.url ?? '',
      clickhouse: this.clickhouse as ClickHouseClient,
      admin_key: this.admin_key,
      data_dir: this.of('api')[0]?.data_dir ?? '',
      redis_url: async () => this.settings['REDIS_URL'] ?? '',
      output: () => this.output(),
      kill: refuse,
      pid: refuse,
      pids: refuse,
      signal: refuse,
      freeze: refuse,
      stop: refuse,
      start: refuse,
      destroy: refuse,
    };
  }
}
