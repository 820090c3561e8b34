/**
 * `GET /v2/live`: live activity as server-sent events: `counters`, the day's totals in the account's time zone, and
 * `clicks` and `conversions` as they reach the reports. ClickHouse is polled once a second per watched account,
 * however many clients watch it. With ClickHouse down no events are sent until it is back.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Account } from '../../catalog/definitions.ts';
import { REPORTS } from '../../reports/definitions.ts';
import { readReport } from '../../reports/read-report.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { liveClick, liveConversion, newClicks, newConversions } from './live-rows.ts';
import { totals } from './report-schemas.ts';

const LOOK_EVERY_MS = 1_000;
/** Concurrent inserts may become visible in a different order than their times. */
const OVERLAP_MS = 3_000;
const SEEN_MAX = 5_000;
/** Unread bytes after which a client is disconnected. */
const UNSENT_BYTES_MAX = 1_000_000;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx passes events on as they come.
  'x-accel-buffering': 'no',
};

const events = z.object({
  counters: totals
    .extend({ day: z.string(), tz: z.string() })
    .describe("Today's totals, in the account's time zone"),
  clicks: z.array(liveClick),
  conversions: z.array(liveConversion),
});

/** The clients that watch one account. */
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

  /** The last counters, for new clients. */
  get counters(): string {
    return this.#counters;
  }

  async #run(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#look();
    } catch {
      // ClickHouse is down: there is nothing new to send.
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
        range_by: 'event',
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

  app.get(
    '/v2/live',
    {
      config: { scope: 'read', limit: 'live' },
      schema: {
        tags: ['reports'],
        summary: 'Live activity as server-sent events',
        description:
          'Events `counters` (totals of today), `clicks` and `conversions` (lists), once a second. Lines that begin with `:` only keep the connection open.',
        produces: ['text/event-stream'],
        response: {
          200: {
            description: 'For each event name, the JSON in its data',
            content: { 'text/event-stream': { schema: events } },
          },
        },
      },
    },
    (request, reply) => {
      if (request.method === 'HEAD') {
        reply.hijack();
        reply.raw.writeHead(200, STREAM_HEADERS).end();
        return;
      }
      const { account } = request;
      const feed = feeds.get(account.account_id) ?? new Feed(context, account);
      feeds.set(account.account_id, feed);
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...STREAM_HEADERS });
      response.write(`retry: 2000\n\n${feed.counters}`);
      feed.watchers.add(response);
      response.once('close', () => {
        feed.watchers.delete(response);
        if (feed.watchers.size > 0) return;
        feed.close();
        if (feeds.get(account.account_id) === feed) feeds.delete(account.account_id);
      });
    },
  );
  // The streams never end by themselves, so a stop has to end them.
  app.addHook('preClose', (done) => {
    for (const feed of feeds.values()) feed.close();
    done();
  });
}
