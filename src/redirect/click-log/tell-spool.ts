/**
 * Tells what waits in this process's spool: Redis as soon as it can be reached, before anything is drained; until then
 * ClickHouse, where CLICKHOUSE_URL is set. A spool that is never drained then shows in the click ledger, also when its
 * machine is gone. With both away nothing is told; it is tried again every TELL_EVERY_MS.
 */
import { hostname } from 'node:os';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { type SpoolNotice, tellClickHouse, tellEmptied, tellRedis } from '../../clicks/spools.ts';
import type { Spool } from '../../log/spool.ts';
import type { RedisClient } from '../../platform/redis.ts';

const TELL_EVERY_MS = 2_000;
/** A row in ClickHouse is a part of its own. */
const TELL_CLICKHOUSE_EVERY_MS = 10_000;

export interface SpoolTellerOptions {
  redis: RedisClient;
  /** For the time in which Redis is away. */
  clickhouse: ClickHouseClient | undefined;
  process: string;
}

export class SpoolTeller {
  readonly #spool: Spool;
  readonly #options: SpoolTellerOptions;
  readonly #timer: NodeJS.Timeout;
  /** Spools that were taken over and may be known by their owners' names. */
  #taken: string[] = [];
  /** Clicks as last told to one of the two; 0 where that is nothing. */
  #told = 0;
  #told_clickhouse_at = Number.NEGATIVE_INFINITY;
  #telling: Promise<void> | undefined;

  constructor(spool: Spool, options: SpoolTellerOptions) {
    this.#spool = spool;
    this.#options = options;
    this.#timer = setInterval(() => void this.tell(), TELL_EVERY_MS);
  }

  /** Their clicks are this process's from now on. */
  tookOver(owners: readonly string[]): void {
    this.#taken.push(...owners);
  }

  /** Tells what is not known yet. Never rejects. */
  async tell(): Promise<void> {
    this.#telling ??= this.#tell().finally(() => {
      this.#telling = undefined;
    });
    await this.#telling;
  }

  /** Tells a last time. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#telling;
    this.#told_clickhouse_at = Number.NEGATIVE_INFINITY;
    await this.tell();
  }

  async #tell(): Promise<void> {
    const { rows: clicks, bytes, owner, root } = this.#spool;
    if (clicks === 0 && this.#told === 0 && this.#taken.length === 0) return;
    const { redis, process } = this.#options;
    const at_ms = Date.now();
    const notice = { owner, process, host: hostname(), folder: root, clicks, bytes, at_ms };
    try {
      if (clicks > 0) await tellRedis(redis, notice);
      else if (this.#told > 0) await tellEmptied(redis, owner, at_ms);
      this.#told = clicks;
      // After the above: at no time are their clicks named nowhere.
      while (this.#taken.length > 0) {
        await tellEmptied(redis, this.#taken[0] as string, at_ms);
        this.#taken.shift();
      }
    } catch {
      await this.#tellClickHouse(notice);
    }
  }

  async #tellClickHouse(notice: SpoolNotice): Promise<void> {
    const { clickhouse } = this.#options;
    const now = performance.now();
    if (clickhouse === undefined || now - this.#told_clickhouse_at < TELL_CLICKHOUSE_EVERY_MS) return;
    if (notice.clicks === this.#told) return;
    this.#told_clickhouse_at = now;
    await tellClickHouse(clickhouse, notice).then(
      () => {
        this.#told = notice.clicks;
      },
      () => {},
    );
  }
}
