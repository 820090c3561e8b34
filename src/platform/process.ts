/**
 * How the process of every role starts and stops: its title, its messages to the supervisor, its heartbeats, and one
 * orderly stop on SIGTERM, SIGINT or the supervisor's death.
 */
import type { Family } from './exposition.ts';
import { type Logger, takeOverOutput } from './logger.ts';
import { OperatorError } from './operator-error.ts';
import { processFamilies } from './process-metrics.ts';
import type { Readiness } from './readiness.ts';
import { answerMetrics, tell } from './supervisor-channel.ts';

/** How often a ready process reports that its event loop runs; supervisor/watchdog.ts listens. */
const BEAT_EVERY_MS = 500;
/** After this time the process exits even if something is still open. */
const STOP_WITHIN_MS = 9_000;

/** What runs in a role's process. */
export interface Running {
  stop(): Promise<void>;
  /** What it counts; the metrics of the process itself are added. */
  metrics?(): Promise<Family[]>;
  /** What it can and can't do now. Asks nobody. */
  readiness?(): Readiness;
  /** Whether it works, for roles that may hang while the event loop runs. Must resolve within a few seconds. */
  alive?(): Promise<boolean>;
}

/**
 * Runs a role: `start` resolves with what runs. Exits 1 with the error's sentence if it cannot start.
 */
export async function runRole(title: string, logger: Logger, start: () => Promise<Running>): Promise<void> {
  process.title = title;
  takeOverOutput(logger);
  let stopping = false;
  let running: Running | undefined;
  const end = async (why: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'stopping');
    setTimeout(() => {
      logger.error('could not stop in time');
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    await running?.stop();
    logger.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', () => void end('SIGTERM'));
  // Ctrl-C and a closed terminal signal the whole process group; under a supervisor, wait for its SIGTERM instead.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (process.send === undefined) void end(signal);
    });
  }
  process.on('disconnect', () => void end('the supervisor is gone'));
  try {
    running = await start();
    const { metrics } = running;
    answerMetrics(async () => [...((await metrics?.()) ?? []), ...processFamilies()]);
    logger.info('ready');
    tell({ type: 'ready' });
    beat(running);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    logger.fatal({ error: error instanceof OperatorError ? message : error }, 'could not start');
    tell({ type: 'fatal', message });
    process.exit(1);
  }
}

/**
 * Sends the next heartbeat only after the previous one is sent, so that they do not pile up while the supervisor is
 * stopped. Sends none while `alive` is false.
 */
function beat(running: Running): void {
  setTimeout(async () => {
    if (running.alive !== undefined && !(await running.alive())) beat(running);
    else tell({ type: 'beat', readiness: running.readiness?.() }, () => beat(running));
  }, BEAT_EVERY_MS).unref();
}
