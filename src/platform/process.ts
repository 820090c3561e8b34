/**
 * How every role's process begins and ends: its title, its word to the supervisor, its signs of life, and
 * one orderly stop on SIGTERM, SIGINT or the supervisor's death.
 */
import type { Logger } from './logger.ts';
import { OperatorError } from './operator-error.ts';

/** What a child tells its supervisor. */
export type ChildMessage = { type: 'ready' } | { type: 'beat' } | { type: 'fatal'; message: string };

/** How often a ready process says that its event loop turns; supervisor/watchdog.ts listens. */
const BEAT_EVERY_MS = 500;
/** After this the process ends whatever is still open. */
const STOP_WITHIN_MS = 9_000;

/** What runs in a role's process. */
export interface Running {
  stop(): Promise<void>;
  /** Whether it works, where a turning event loop does not say so. Must resolve within a few seconds. */
  alive?(): Promise<boolean>;
}

/** Runs a role: `start` returns what stops it, or more. Exits 1 with the error's sentence where it can't start. */
export async function runRole(
  title: string,
  logger: Logger,
  start: () => Promise<Running | (() => Promise<void>)>,
): Promise<void> {
  process.title = title;
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
  // Ctrl-C and a closed terminal reach the whole group: under a supervisor its SIGTERM decides the order.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (process.send === undefined) void end(signal);
    });
  }
  process.on('disconnect', () => void end('the supervisor is gone'));
  try {
    const started = await start();
    running = typeof started === 'function' ? { stop: started } : started;
    logger.info('ready');
    tell({ type: 'ready' });
    beat(running.alive);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    logger.fatal(error instanceof OperatorError ? { message } : { error }, 'could not start');
    tell({ type: 'fatal', message });
    process.exit(1);
  }
}

function tell(message: ChildMessage, sent?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
}

/** One beat after the other: none piles up for a supervisor that is stopped. None while `alive` says no. */
function beat(alive: Running['alive']): void {
  setTimeout(async () => {
    if (alive === undefined || (await alive())) tell({ type: 'beat' }, () => beat(alive));
    else beat(alive);
  }, BEAT_EVERY_MS).unref();
}
