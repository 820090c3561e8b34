/**
 * Looks at the installation all the time, and keeps what was last found. Every API process does, each by itself, so that
 * none depends on another. It stands beside the journey: with Redis or ClickHouse down it says so, and what only they
 * know stays as it was last seen.
 */
import { clickHouseFault } from '../clickhouse/faults.ts';
import { isReady } from '../platform/redis.ts';
import { redisFault } from '../platform/redis-faults.ts';
import { within } from '../platform/within.ts';
import { type Alarm, AlarmWatch } from './alarms.ts';
import { type Findings, PARTS, type Part, type Servers } from './findings.ts';
import type { Found } from './found.ts';
import { LagHistory, type LagPoint } from './lag-history.ts';

const REMEMBER_EVERY_MS = 2_000;

export interface Watched extends Servers {
  redis_url: string;
  clickhouse_url: string;
  log_bytes_max: number;
  records_lost(): boolean;
}

export class InstallationWatch {
  readonly #watched: Watched;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #parts: Partial<Findings> = {};
  readonly #alarms = new AlarmWatch();
  readonly #lag = new LagHistory();
  #redis_error: unknown;
  #clickhouse_error: unknown;
  #redis_seen = false;
  #clickhouse_up = false;

  constructor(watched: Watched) {
    this.#watched = watched;
    for (const part of Object.keys(PARTS) as Part[]) {
      void this.#look(part);
      this.#timers.push(setInterval(() => void this.#look(part), PARTS[part].every_ms));
    }
    this.#timers.push(
      setInterval(() => {
        this.#alarms.look(this.found, Date.now());
        this.#lag.note(this.found, Date.now());
      }, REMEMBER_EVERY_MS),
    );
  }

  /** As they stand now. */
  alarms(): Alarm[] {
    return this.#alarms.alarms(this.found, Date.now());
  }

  /** Of the last hour, oldest first. */
  get lag(): readonly LagPoint[] {
    return this.#lag.points;
  }

  /** Asks no server. */
  get found(): Found {
    const { redis, redis_url, clickhouse, clickhouse_url, log_bytes_max, records_lost } = this.#watched;
    const { shards } = clickhouse;
    const redis_up = this.#redis_seen && isReady(redis);
    return {
      parts: this.#parts,
      redis_up,
      redis_fault: redis_up ? '' : (redisFault(redis_url, this.#redis_error)?.message ?? ''),
      clickhouse_up: this.#clickhouse_up,
      clickhouse_fault: this.#clickhouse_up
        ? ''
        : (clickHouseFault(clickhouse_url, this.#clickhouse_error)?.message ?? ''),
      ...(shards && {
        shards: { count: shards.count, away: shards.away(), troubles: shards.troubles() },
      }),
      records_lost: records_lost(),
      log_bytes_max,
    };
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #look<P extends Part>(part: P): Promise<void> {
    const { within_ms, find } = PARTS[part];
    try {
      this.#parts[part] = await within(within_ms, () => find(this.#watched));
      this.#noted(part, undefined);
    } catch (error) {
      this.#noted(part, error);
    }
  }

  /** Two of the parts tell of their servers. */
  #noted(part: Part, error: unknown): void {
    if (part === 'redis') {
      this.#redis_seen = error === undefined;
      this.#redis_error = error;
    } else if (part === 'clickhouse') {
      this.#clickhouse_up = error === undefined;
      this.#clickhouse_error = error;
    }
  }
}
