/**
 * What goes wrong under chaos, and how long it takes until all is served again. Each fault is one function;
 * a seed picks their order.
 */
import type { TestRedis } from '../redis.ts';
import type { System } from '../system.ts';
import { until } from '../until.ts';

const RECOVERED_WITHIN_MS = 60_000;

export interface Ground {
  system: System;
  redis: TestRedis;
  random: () => number;
  /** Longest absence of a server, in seconds. */
  absence_s_max: number;
}

/** Resolves with what it hit, once the fault itself is over. */
type Fault = (ground: Ground) => Promise<string>;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const pick = <T>(random: () => number, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;
const PROCESSES = ['redirect-1', 'redirect-2', 'worker-1', 'api', 'clickhouse'] as const;
const absence = ({ random, absence_s_max }: Ground): number =>
  1_000 + random() * (absence_s_max * 1_000 - 1_000);
/** Long enough for the supervisor to act, or not. */
const freeze_ms = ({ random }: Ground): number => 200 + random() * 5_000;

/** A process that is just being replaced needs no fault. */
function send(pid: number | undefined, how: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, how);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function signal(ground: Ground, how: NodeJS.Signals): Promise<string> {
  const name = pick(ground.random, PROCESSES);
  send((await ground.system.pids())[name], how);
  return name;
}

export const FAULTS: Record<string, Fault> = {
  kill: (ground) => signal(ground, 'SIGKILL'),
  restart: (ground) => signal(ground, 'SIGTERM'),
  async freeze(ground) {
    const name = pick(ground.random, PROCESSES);
    const pid = (await ground.system.pids())[name];
    send(pid, 'SIGSTOP');
    await pause(freeze_ms(ground));
    send(pid, 'SIGCONT');
    return name;
  },
  async redis_killed({ redis }) {
    await redis.kill();
    await redis.start();
    return 'redis';
  },
  async redis_frozen(ground) {
    ground.redis.freeze();
    await pause(freeze_ms(ground));
    ground.redis.thaw();
    return 'redis';
  },
  async redis_gone(ground) {
    await ground.redis.kill();
    await pause(absence(ground));
    await ground.redis.start();
    return 'redis';
  },
  async clickhouse_gone(ground) {
    await ground.system.freeze('clickhouse', () => pause(absence(ground)));
    return 'clickhouse';
  },
  async worker_gone(ground) {
    await ground.system.freeze('worker-1', () => pause(absence(ground)));
    return 'worker-1';
  },
  async rolling_restart({ system }) {
    const before = (await system.pids())['redirect-2'];
    await until(
      async () => {
        // Ignored where one is under way.
        system.signal('SIGHUP');
        return (await system.pids())['redirect-2'] !== before;
      },
      RECOVERED_WITHIN_MS,
      () => `the rolling restart did not come to redirect-2\n${system.output()}`,
    );
    return 'redirect-*';
  },
};

/** Seconds until redirects and the API say that they are ready, and every process runs. */
export async function untilRecovered({ system }: Ground): Promise<number> {
  const started = performance.now();
  await until(
    async () => {
      const ready = await Promise.all(
        [`${system.redirect_url}/readyz`, `${system.api_url}/readyz`].map((url) =>
          fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
            ({ status }) => status === 200,
            () => false,
          ),
        ),
      );
      if (!ready.every(Boolean)) return false;
      const pids = await system.pids();
      return PROCESSES.every((name) => isRunning(pids[name]));
    },
    RECOVERED_WITHIN_MS,
    () => `not ready again\n${system.output()}`,
  );
  return (performance.now() - started) / 1_000;
}

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
