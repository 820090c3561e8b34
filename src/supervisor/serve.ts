/**
 * The supervisor: `trackly serve`, or one role alone for a deployment on several machines. Checks the settings, the
 * data folder and the ports, starts the roles in order, restarts processes that die or hang, and stops all in an order
 * in which nothing is lost. SIGHUP replaces redirect processes and workers one by one, without a failed request; the
 * other processes continue.
 */
import { readdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { hostname } from 'node:os';
import { readBotRules } from '../bots/bot-rules.ts';
import { openClickHouse } from '../clickhouse/open.ts';
import { type Config, readConfig } from '../config.ts';
import { changeLevelBySignal, createLogger, type Logger } from '../platform/logger.ts';
import { untilServes } from '../platform/server-fault.ts';
import type { MetricPush } from '../platform/telemetry/push-metrics.ts';
import type { Child } from './child.ts';
import { type DataFolder, holdDataFolder, keptAdminKey } from './data-folder.ts';
import { type MachineMetrics, openMachineMetrics } from './machine-metrics.ts';
import { machineReadiness } from './machine-readiness.ts';
import { createMetricsListener } from './metrics-listener.ts';
import { checkPort } from './ports.ts';
import { type Role, roleProcess } from './role-process.ts';
import { type Fleet, rollingRestart, warnOfResets } from './rolling-restart.ts';
import { clickHouseUrl, type ServerStart, startClickHouse, startRedis } from './servers.ts';
import { errorsGoToTerminal, terminalIsGone } from './terminal.ts';
import { Watchdog } from './watchdog.ts';
import { welcome } from './welcome.ts';

/** Time limits of a stop; together less than the 10 s that an operator waits. */
const STOP_WITHIN_MS = { front: 6_500, behind: 1_500 } as const;

/**
 * Starts the whole system. Resolves once it is ready; it runs until it is stopped by a signal. Throws if it cannot
 * start.
 */
export async function serve(): Promise<void> {
  const config = prepare();
  await start(
    new Run(config, await holdDataFolder(config.data_dir), createLogger('trackly', config.log_level)),
  );
}

/** Starts one role alone, otherwise like serve. Only the embedded ClickHouse locks the data folder. */
export async function serveRole(role: Role): Promise<void> {
  const config = prepare();
  const data = role === 'clickhouse' ? await holdDataFolder(config.data_dir) : undefined;
  await start(new Run(config, data, createLogger('trackly', config.log_level)), role);
}

function prepare(): Config {
  const config = readConfig();
  // Every process reads the rules; check them here, so that a wrong file gives one error.
  readBotRules(config.bot_rules);
  process.title = 'trackly';
  return config;
}

async function start(run: Run, role?: Role): Promise<void> {
  try {
    await (role === undefined ? run.everything() : run.alone(role));
  } catch (error) {
    await run.stop();
    throw error;
  }
}

class Run {
  readonly #config: Config;
  readonly #data: DataFolder | undefined;
  readonly #logger: Logger;
  /** Stopped from first to last, each group at once: processes that take requests before servers that store them. */
  readonly #front: Child[] = [];
  readonly #behind: Child[] = [];
  /** The processes that a rolling restart replaces, in this order. */
  readonly #fleets: Fleet[] = [];
  readonly #watchdog = new Watchdog(() => [...this.#front, ...this.#behind]);
  readonly #metrics: MachineMetrics;
  readonly #metrics_listener: Server;
  #push: MetricPush | undefined;
  /** True during a start and during a rolling restart, when no other rolling restart may begin. */
  #busy = true;
  #warned = false;
  #stopping: Promise<void> | undefined;

  constructor(config: Config, data: DataFolder | undefined, logger: Logger) {
    this.#config = config;
    this.#data = data;
    this.#logger = logger;
    this.#metrics = openMachineMetrics(() => [...this.#front, ...this.#behind], config.data_dir);
    this.#metrics_listener = createMetricsListener({
      metrics: this.#metrics.text,
      readiness: () => machineReadiness([...this.#front, ...this.#behind]),
    });
    const end = (): void => void this.stop().then(() => process.exit(0));
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
    process.on('SIGHUP', () => (terminalIsGone() ? end() : void this.#restart()));
    changeLevelBySignal(logger, () => {
      for (const child of [...this.#front, ...this.#behind]) child.changeLevel();
    });
    this.#watchdog.start();
  }

  async everything(): Promise<void> {
    const config = this.#config;
    const data = this.#data as DataFolder;
    const first_start = !readdirSync(data.path).includes('admin.key');
    await checkRedirectPorts(config);
    await checkPort('API_PORT', config.api_host, config.api_port);
    if (config.analyst_port !== undefined)
      await checkPort('ANALYST_PORT', config.api_host, config.analyst_port);
    await this.#giveMetrics();
    const admin_key = config.admin_key ?? (await keptAdminKey(data.path));
    const env: NodeJS.ProcessEnv = { ...config.environment, ADMIN_KEY: admin_key };

    const start: ServerStart = {
      config,
      data,
      logger: this.#logger,
      started: (child) => this.#behind.push(child),
      progress,
    };
    env['REDIS_URL'] = await startRedis(start);
    if (config.redis_url === undefined) env['TRACKLY_PRIVATE_REDIS'] = '1';
    // Taps are answered while ClickHouse starts; only links that have left Redis must wait for it.
    env['CLICKHOUSE_URL'] = await clickHouseUrl(config, data);
    progress('redirect processes');
    await Promise.all([...this.#redirects(env), this.#reporting(start, env)]);
    this.#busy = false;
    console.error(welcome(config, { admin_key, first_start, shown: errorsGoToTerminal() }));
  }

  /** Starts ClickHouse, migrates it, and starts the workers. */
  async #reporting(start: ServerStart, env: NodeJS.ProcessEnv): Promise<void> {
    const url = await startClickHouse(start);
    progress('migrations');
    const clickhouse = await untilServes(
      () => openClickHouse(url, this.#logger, this.#config.clickhouse_cluster),
      this.#logger,
    );
    await clickhouse.close();
    progress('worker, API');
    await Promise.all([
      ...this.#fleet('worker', ['worker-1'], 'worker-spare', env),
      this.#role('api', 'api', env, this.#front).start(),
    ]);
  }

  async alone(role: Role): Promise<void> {
    // The click ledger and the log name processes of several machines.
    const machine = `@${hostname()}`;
    const { environment } = this.#config;
    await this.#giveMetrics();
    if (role === 'redirect') {
      await checkRedirectPorts(this.#config);
      await Promise.all(this.#redirects(environment, machine));
    } else if (role === 'worker') {
      await Promise.all(this.#fleet(role, [`worker-1${machine}`], `worker-spare${machine}`, environment));
    } else {
      await this.#role(role, role + machine, environment, this.#front).start();
    }
    this.#busy = false;
    console.error(`trackly: ${role} is ready.`);
  }

  #redirects(env: NodeJS.ProcessEnv, machine = ''): Promise<void>[] {
    const count = this.#config.redirect_processes;
    const names = Array.from({ length: count }, (_, i) => `redirect-${i + 1}${machine}`);
    return this.#fleet('redirect', names, `redirect-spare${machine}`, env);
  }

  /** Starts processes that a rolling restart can replace, because any number of them may run at once. */
  #fleet(role: Role, names: string[], spare_name: string, env: NodeJS.ProcessEnv): Promise<void>[] {
    const children = names.map((name) => this.#role(role, name, env, this.#front));
    this.#fleets.push({
      children,
      spare: () => this.#role(role, spare_name, env, this.#front),
      dismiss: (spare) => this.#front.splice(this.#front.indexOf(spare), 1),
    });
    return children.map((child) => child.start());
  }

  async #restart(): Promise<void> {
    if (this.#busy || this.#stopping !== undefined || this.#fleets.length === 0) {
      this.#logger.warn('SIGHUP is ignored: no process can be restarted now');
      return;
    }
    this.#busy = true;
    this.#logger.info('rolling restart');
    if (!this.#warned) warnOfResets(this.#logger);
    this.#warned = true;
    try {
      await rollingRestart(this.#fleets, STOP_WITHIN_MS.front, () => this.#stopping !== undefined);
      if (this.#stopping === undefined) this.#logger.info('rolling restart is done');
    } catch (error) {
      this.#logger.error({ error }, 'the rolling restart is aborted: a new process cannot start');
    }
    this.#busy = false;
  }

  #role(role: Role, name: string, env: NodeJS.ProcessEnv, group: Child[]): Child {
    const child = roleProcess({
      ...{ role, name, env, data: this.#data, logger: this.#logger },
      machineMetrics: this.#metrics.text,
    });
    group.push(child);
    return child;
  }

  /** Before any process starts: an operator sees what waits, and why nothing else answers. */
  async #giveMetrics(): Promise<void> {
    const { metrics_port, metrics_host, telemetry } = this.#config;
    if (telemetry !== undefined) {
      const { pushMetrics } = await import('../platform/telemetry/push-metrics.ts');
      this.#push = pushMetrics(telemetry, hostname(), this.#metrics.families, this.#logger);
    }
    if (metrics_port === undefined) return;
    await checkPort('METRICS_PORT', metrics_host, metrics_port);
    await new Promise<void>((resolve, reject) => {
      this.#metrics_listener.once('error', reject).listen(metrics_port, metrics_host, resolve);
    });
  }

  /** Stops listeners first, so that their last clicks reach the log; then the servers. Safe to call again. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      await Promise.all(this.#front.map((child) => child.stop(STOP_WITHIN_MS.front)));
      this.#push?.close();
      for (const child of this.#behind.toReversed()) await child.stop(STOP_WITHIN_MS.behind);
      this.#watchdog.stop();
      this.#metrics_listener.close();
      this.#metrics_listener.closeAllConnections();
      await this.#metrics.close();
      await this.#data?.release();
    })();
    return this.#stopping;
  }
}

async function checkRedirectPorts({ redirect_host, redirect_port, tls_port }: Config): Promise<void> {
  await checkPort('REDIRECT_PORT', redirect_host, redirect_port);
  if (tls_port !== undefined) await checkPort('TLS_PORT', redirect_host, tls_port);
}

function progress(step: string): void {
  console.error(`· starting ${step}`);
}
