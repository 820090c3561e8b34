/**
 * The supervisor: `npm start`. Checks the settings and the ground, starts each role in order, restarts
 * what dies, and stops all of it in the order in which nothing is lost. With a role as its argument
 * (`redirect`, `worker`, `api`, `clickhouse`) it runs that role alone, for a deployment over machines.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BotRulesError, readBotRules } from './catalog/bot-rules.ts';
import { openClickHouse } from './clickhouse/open.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { createLog, type Log } from './platform/log.ts';
import { Child } from './supervisor/child.ts';
import { type DataFolder, holdDataFolder, keptAdminKey, StartError } from './supervisor/data-folder.ts';
import { HangWatch } from './supervisor/hang-watch.ts';
import { checkPort } from './supervisor/ports.ts';
import { preparePrivateRedis } from './supervisor/private-redis.ts';
import { welcome } from './supervisor/welcome.ts';

const ROLES = ['redirect', 'worker', 'api', 'clickhouse'] as const;
type Role = (typeof ROLES)[number];

const ENTRIES: Record<Role, string> = {
  redirect: 'redirect/main.ts',
  worker: '../workers/main.ts',
  api: 'api/main.ts',
  clickhouse: 'clickhouse/main.ts',
};
/** Stands in while the redirect processes are restarted, one after the other. */
const SPARE = 'redirect-spare';
/** Together less than the 10 s that an operator waits. */
const STOP_WITHIN_MS = { front: 6_500, behind: 1_500 } as const;

async function main(): Promise<void> {
  const config = readConfig();
  // Every process reads them; a wrong file is better said once, here.
  readBotRules(config.bot_rules);
  const role = roleOf(process.argv[2]);
  process.title = 'trackly';
  const log = createLog('trackly', config.log_level);
  const data =
    role === undefined || role === 'clickhouse' ? await holdDataFolder(config.data_dir) : undefined;
  const run = new Run(config, data, log);
  try {
    await (role === undefined ? run.everything() : run.alone(role));
  } catch (error) {
    await run.stop();
    throw error;
  }
}

function roleOf(text: string | undefined): Role | undefined {
  const role = ROLES.find((name) => name === text);
  if (text !== undefined && role === undefined) {
    throw new StartError(
      `There is no role "${text}": it is one of ${ROLES.join(', ')}, or none for the whole system.`,
    );
  }
  return role;
}

class Run {
  readonly #config: Config;
  readonly #data: DataFolder | undefined;
  readonly #log: Log;
  /** Stopped from first to last, each group at once: what takes requests before what holds them. */
  readonly #front: Child[] = [];
  readonly #behind: Child[] = [];
  #stopping: Promise<void> | undefined;
  #rolling: Promise<void> | undefined;
  #spare: (() => Child) | undefined;
  readonly #redirect_children: Child[] = [];
  readonly #watch: HangWatch;

  constructor(config: Config, data: DataFolder | undefined, log: Log) {
    this.#config = config;
    this.#data = data;
    this.#log = log;
    this.#watch = new HangWatch([this.#front, this.#behind], log);
    process.on('SIGHUP', () => this.rollingRestart());
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => void this.stop().then(() => process.exit(0)));
    }
  }

  async everything(): Promise<void> {
    const config = this.#config;
    const data = this.#data as DataFolder;
    const first_start = !readdirSync(data.path).includes('admin.key');
    await checkPort('REDIRECT_PORT', config.redirect_host, config.redirect_port);
    await checkPort('API_PORT', config.api_host, config.api_port);
    const admin_key = config.admin_key ?? (await keptAdminKey(data.path));
    const env: NodeJS.ProcessEnv = { ...process.env, ADMIN_KEY: admin_key };

    if (config.redis_url === undefined) {
      progress('Redis');
      const redis = await preparePrivateRedis(data, process.env, this.#log);
      env.REDIS_URL = redis.url;
      this.#behind.push(redis.child);
      await redis.child.start();
    }
    if (config.clickhouse_url === undefined) {
      await checkPort('CLICKHOUSE_PORT', '127.0.0.1', config.clickhouse_port);
      progress('ClickHouse');
      env.CLICKHOUSE_URL = `http://127.0.0.1:${config.clickhouse_port}`;
      await this.#role('clickhouse', 'clickhouse', env, this.#behind).start();
    }
    writeFileSync(join(data.path, 'clickhouse.url'), `${env.CLICKHOUSE_URL}\n`, { mode: 0o600 });
    progress('migrations');
    const clickhouse = await openClickHouse(env.CLICKHOUSE_URL ?? config.clickhouse_url ?? '', this.#log);
    await clickhouse.close();

    progress('worker, API, redirect processes');
    await Promise.all([
      this.#role('worker', 'worker-1', env, this.#front).start(),
      this.#role('api', 'api', env, this.#front).start(),
      ...this.#redirects(env),
    ]);
    console.error(welcome(config, admin_key, first_start));
  }

  async alone(role: Role): Promise<void> {
    if (role === 'redirect') {
      await checkPort('REDIRECT_PORT', this.#config.redirect_host, this.#config.redirect_port);
      await Promise.all(this.#redirects(process.env, `@${hostname()}`));
    } else {
      // Several machines publish their metrics side by side.
      const name = `${role}-${process.pid}@${hostname()}`;
      await this.#role(role, name, process.env, this.#front).start();
    }
    console.error(`trackly: ${role} is ready.`);
  }

  #redirects(env: NodeJS.ProcessEnv, machine = ''): Promise<void>[] {
    this.#spare = () => this.#role('redirect', `${SPARE}${machine}`, env, this.#front);
    return Array.from({ length: this.#config.redirect_processes }, (_, i) => {
      const child = this.#role('redirect', `redirect-${i + 1}${machine}`, env, this.#front);
      this.#redirect_children.push(child);
      return child.start();
    });
  }

  #role(role: Role, name: string, env: NodeJS.ProcessEnv, group: Child[]): Child {
    const child = new Child({
      name,
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, ENTRIES[role])],
      // The embedded engine runs each statement on a thread of the pool.
      env: { ...env, TRACKLY_PROCESS: name, ...(role === 'clickhouse' ? { UV_THREADPOOL_SIZE: '16' } : {}) },
      spawned: (child_name, pid) => this.#data?.note(child_name, pid),
      log: this.#log,
    });
    group.push(child);
    return child;
  }

  /**
   * Starts the redirect processes anew, one after the other, with a spare one standing in, so that there are
   * never fewer; then the workers. They run the code that is there now, under the settings that this process
   * was started with. Asked again meanwhile it goes on with what it is doing.
   */
  rollingRestart(): void {
    if (this.#rolling !== undefined || this.#stopping !== undefined) return;
    warnOfResets(this.#log);
    const restart = async (child: Child): Promise<void> => {
      if (this.#stopping !== undefined) return;
      await child.restart(STOP_WITHIN_MS.front);
      this.#log.warn({ child: child.name }, 'restarted');
    };
    this.#rolling = (async () => {
      if (this.#redirect_children.length > 0 && this.#spare !== undefined) {
        const spare = this.#spare();
        await spare.start();
        for (const child of this.#redirect_children) await restart(child);
        await spare.stop(STOP_WITHIN_MS.front);
        this.#front.splice(this.#front.indexOf(spare), 1);
      }
      for (const child of this.#front) if (child.name.startsWith('worker')) await restart(child);
      this.#log.warn('the rolling restart is done');
    })()
      .catch((error: Error) => {
        this.#log.error(
          { error: error.message },
          'the rolling restart stopped half way: see why, and send SIGHUP again',
        );
      })
      .finally(() => {
        this.#rolling = undefined;
      });
  }

  /** Front first, so that its last clicks reach the log; then what holds them. Safe to call again. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      this.#watch.close();
      await Promise.all(this.#front.map((child) => child.stop(STOP_WITHIN_MS.front)));
      for (const child of this.#behind.toReversed()) await child.stop(STOP_WITHIN_MS.behind);
      await this.#data?.release();
    })();
    return this.#stopping;
  }
}

/** Connections that wait at a listener which closes are reset by Linux, unless this lets them move to another. */
function warnOfResets(log: Log): void {
  const file = '/proc/sys/net/ipv4/tcp_migrate_req';
  try {
    if (readFileSync(file, 'latin1').trim() === '0') {
      log.warn(
        'net.ipv4.tcp_migrate_req is 0: a connection may be reset in the moment when a process stops; set it to 1',
      );
    }
  } catch {
    // Not Linux 5.14 or later.
  }
}

function progress(step: string): void {
  console.error(`· starting ${step}`);
}

main().catch((error) => {
  const expected = [ConfigError, StartError, BotRulesError].some((kind) => error instanceof kind);
  console.error(`trackly: ${expected || error instanceof Error ? error.message : error}`);
  if (!expected && error instanceof Error && process.env.LOG_LEVEL === 'debug') console.error(error.stack);
  process.exit(1);
});
