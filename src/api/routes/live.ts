/**
 * `GET /v2/live`: what happens now, as server-sent events: `counters`, the day's totals in the account's time zone,
 * and `clicks` and `conversions` as they reach the reports. One look at ClickHouse a second for each account that
 * anybody watches, whoever many watch it. With ClickHouse down nothing comes until it is back.
 */
import type { ServerResponse } from 'node:http';
import type { Account } from '../../catalog/definitions.ts';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { askRows } from '../../reports/ask-clickhouse.ts';
import { REPORTS } from '../../reports/definitions.ts';
import { readReport } from '../../reports/read-report.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';

const LOOK_EVERY_MS = 1_000;
/** Watchers of one process; one more is asked to come later. */
const WATCHERS_MAX = 500;
/** Rows of one look; in a wave the others are not shown, only counted. */
const ROWS_MAX = 100;
/** Two inserts at once may be seen in another order than that of their times. */
const OVERLAP_MS = 3_000;
const SEEN_MAX = 5_000;
/** How late a click may reach ClickHouse and still be shown. */
const LATE_MS_MAX = 3_600_000;
/** A watcher that takes nothing for so many bytes is let go. */
const UNSENT_BYTES_MAX = 1_000_000;

interface Row extends Record<string, unknown> {
  id: string;
  inserted_ms: number;
}

/** Everybody who watches one account. */
class Feed {
  readonly watchers = new Set<ServerResponse>();
  readonly #context: ApiContext;
  readonly #account: Account;
  readonly #seen = new Set<string>();
  #since_ms = Date.now();
  #counters = '';
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: ApiContext, account: Account) {
    this.#context = context;
    this.#account = account;
    void this.#run();
  }

  /** What was counted last, for whoever comes new. */
  get counters(): string {
    return this.#counters;
  }

  async #run(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#look();
    } catch {
      // ClickHouse is away: nothing new is known.
      this.#send(': waiting\n\n');
    }
    this.#timer = setTimeout(() => void this.#run(), LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    const { clickhouse } = this.#context;
    const since_ms = this.#since_ms - OVERLAP_MS;
    const [clicks, conversions, counters] = await Promise.all([
      newClicks(clickhouse, this.#account.account_id, since_ms),
      newConversions(clickhouse, this.#account.account_id, since_ms),
      this.#readCounters(),
    ]);
    for (const [event, rows] of [
      ['clicks', clicks],
      ['conversions', conversions],
    ] as const) {
      const fresh = rows.filter(({ id }) => !this.#seen.has(id));
      for (const { id, inserted_ms } of fresh) {
        this.#seen.add(id);
        this.#since_ms = Math.max(this.#since_ms, inserted_ms);
      }
      if (fresh.length > 0) this.#send(eventOf(event, fresh));
    }
    for (const id of this.#seen) {
      if (this.#seen.size <= SEEN_MAX) break;
      this.#seen.delete(id);
    }
    const text = eventOf('counters', counters);
    this.#send(text === this.#counters ? ': same\n\n' : text);
    this.#counters = text;
  }

  async #readCounters(): Promise<unknown> {
    const tz = this.#account.time_zone;
    const now_ms = Date.now();
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: tz }).format(now_ms);
    const { totals } = await readReport(
      this.#context,
      {
        report: REPORTS.hours,
        account_id: this.#account.account_id,
        range: readRange(today, undefined, tz, now_ms),
        filters: {},
        money_by: 'conversion',
        sort: { column: 'hour', descending: false },
      },
      1,
      1,
    );
    return { day: today, tz, ...totals };
  }

  #send(text: string): void {
    for (const watcher of this.watchers) {
      if (watcher.writableLength > UNSENT_BYTES_MAX) watcher.destroy();
      else watcher.write(text);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.watchers) watcher.end();
  }
}

const eventOf = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export function liveRoutes(app: Api, context: ApiContext): void {
  const feeds = new Map<string, Feed>();
  let watchers = 0;

  app.get(
    '/v2/live',
    {
      schema: {
        tags: ['reports'],
        summary: 'What happens now, as server-sent events',
        description:
          'Events `counters` (totals of today), `clicks` and `conversions` (lists), each second. Lines that begin with `:` only keep the connection.',
        produces: ['text/event-stream'],
      },
    },
    (request, reply) => {
      if (watchers >= WATCHERS_MAX) {
        throw new ApiError('too_many_requests', `${WATCHERS_MAX} watch already: try again later`);
      }
      const { account } = request;
      const feed = feeds.get(account.account_id) ?? new Feed(context, account);
      feeds.set(account.account_id, feed);
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      response.write(`retry: 2000\n\n${feed.counters}`);
      feed.watchers.add(response);
      watchers++;
      response.once('close', () => {
        watchers--;
        feed.watchers.delete(response);
        if (feed.watchers.size > 0) return;
        feed.close();
        if (feeds.get(account.account_id) === feed) feeds.delete(account.account_id);
      });
    },
  );
  // Streams never end by themselves: a stop would wait for them.
  app.addHook('preClose', (done) => {
    for (const feed of feeds.values()) feed.close();
    done();
  });
}

function newClicks(clickhouse: ClickHouseClient, account_id: string, since_ms: number): Promise<Row[]> {
  return askRows<Row>(clickhouse, {
    query: `SELECT click_id AS id, clicked_at, link_id, link_key, message_id, contact_id, offer_id, campaign_id, variant_id,
        country, method, verdict, bot_reasons, is_first, toUnixTimestamp64Milli(inserted_at) AS inserted_ms
      FROM trackly.clicks
      WHERE account_id = {account_id:String} AND clicked_at > fromUnixTimestamp64Milli({late_ms:Int64})
        AND inserted_at > fromUnixTimestamp64Milli({since_ms:Int64})
      ORDER BY inserted_at DESC, clicked_at DESC LIMIT ${ROWS_MAX}`,
    query_params: { account_id, since_ms, late_ms: since_ms - LATE_MS_MAX },
  });
}

function newConversions(clickhouse: ClickHouseClient, account_id: string, since_ms: number): Promise<Row[]> {
  return askRows<Row>(clickhouse, {
    query: `SELECT concat(conversion_id, ':', status, ':', reason) AS id, conversion_id, received_at, event, offer_id, txn_id, way,
        status, reason, click_id, campaign_id, message_id, contact_id, currency,
        toString(sales - refunds) AS revenue, toUnixTimestamp64Milli(inserted_at) AS inserted_ms
      FROM trackly.conversions
      WHERE account_id = {account_id:String} AND sign = 1 AND inserted_at > fromUnixTimestamp64Milli({since_ms:Int64})
      ORDER BY inserted_at DESC LIMIT ${ROWS_MAX}`,
    query_params: { account_id, since_ms },
  });
}
