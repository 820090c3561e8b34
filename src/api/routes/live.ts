/**
 * `GET /v2/live`: live activity as server-sent events: `counters`, the day's totals in the account's time zone, `activity`,
 * exact counts of the last half hour, and `clicks` and `conversions` as they reach the reports. ClickHouse is asked once a
 * second for each account and filter that is watched, however many clients watch it. What a client is sent in a second is
 * bounded: of very many clicks a part is listed, see live-rows.ts. With ClickHouse down no events are sent until it is back.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import { z } from 'zod';
import type { Account } from '../../catalog/definitions.ts';
import { REPORTS } from '../../reports/definitions.ts';
import { readReport } from '../../reports/read-report.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import {
  type Activity,
  activity,
  RECENT_FROM_S,
  RECENT_TO_S,
  RecentActivity,
  SHOWN_PER_S_MAX,
} from './live-activity.ts';
import {
  type Asked,
  countMinutes,
  type LiveFilters,
  liveClick,
  liveConversion,
  liveFilters,
  newClicks,
  newConversions,
} from './live-rows.ts';
import { totals } from './report-schemas.ts';

const LOOK_EVERY_MS = 1_000;
/** Concurrent inserts may become visible in a different order than their times. */
const OVERLAP_MS = 3_000;
const SEEN_MAX = 5_000;
/** Unread bytes after which a client is disconnected. */
const UNSENT_BYTES_MAX = 1_000_000;
/** Different filters of one account that are watched at the same time: each asks ClickHouse for itself. */
const FEEDS_PER_ACCOUNT_MAX = 8;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx passes events on as they come.
  'x-accel-buffering': 'no',
};

const events = z.object({
  counters: totals
    .extend({ day: z.string(), tz: z.string() })
    .describe("Today's totals of the whole account, in its time zone"),
  activity,
  clicks: z.array(liveClick).describe(`At most ${SHOWN_PER_S_MAX} a second`),
  conversions: z.array(liveConversion).describe(`At most ${SHOWN_PER_S_MAX} a second`),
});

/** The clients that watch one account through one filter. */
class Feed {
  readonly watchers = new Set<ServerResponse>();
  readonly #context: ApiContext;
  readonly #account: Account;
  readonly #filters: LiveFilters;
  readonly #seen = new Set<string>();
  readonly #recent = new RecentActivity();
  #since_ms = Date.now();
  #counters = '';
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: ApiContext, account: Account, filters: LiveFilters) {
    this.#context = context;
    this.#account = account;
    this.#filters = filters;
    void this.#run();
  }

  /** What a new client is told first. */
  get known(): string {
    return this.#counters === '' ? '' : activityEvent(this.#recent.whole()) + this.#counters;
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
    const now_ms = Date.now();
    const asked: Asked = {
      account_id: this.#account.account_id,
      filters: this.#filters,
      since_ms: this.#since_ms - OVERLAP_MS,
    };
    const from_ms = this.#recent.from(now_ms);
    const [minutes, conversions, counters] = await Promise.all([
      countMinutes(clickhouse, asked, {
        from_ms,
        recent_from_ms: now_ms - RECENT_FROM_S * 1_000,
        recent_to_ms: now_ms - RECENT_TO_S * 1_000,
      }),
      newConversions(clickhouse, asked),
      this.#readCounters(),
    ]);
    const changed = this.#recent.take(minutes, from_ms, now_ms);
    const clicks = await newClicks(clickhouse, asked, changed.one_of);
    this.#send(activityEvent(changed));
    this.#tellNew('clicks', clicks);
    this.#tellNew('conversions', conversions);
    const newest = Math.max(0, ...[...clicks, ...conversions].map(({ inserted_ms }) => inserted_ms));
    this.#since_ms = Math.max(this.#since_ms, newest, ...minutes.map(({ newest_ms }) => newest_ms));
    for (const id of this.#seen) {
      if (this.#seen.size <= SEEN_MAX) break;
      this.#seen.delete(id);
    }
    const text = eventOf('counters', counters);
    if (text !== this.#counters) this.#send(text);
    this.#counters = text;
  }

  /** The oldest first where they are too many for one second: the next question finds the others. */
  #tellNew(event: string, rows: readonly { id: string }[]): void {
    const fresh = rows.filter(({ id }) => !this.#seen.has(id)).slice(-SHOWN_PER_S_MAX);
    for (const { id } of fresh) this.#seen.add(id);
    if (fresh.length > 0) this.#send(eventOf(event, fresh));
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

const activityEvent = (counts: Activity): string =>
  eventOf('activity', { at: new Date().toISOString(), ...counts });

export function liveRoutes(app: Api, context: ApiContext): void {
  const feeds = new Map<string, Feed>();

  /** Throws ApiError where the account watches too many things already. */
  function feedOf(account: Account, filters: LiveFilters): { key: string; feed: Feed } {
    const set = Object.entries(filters).filter(([, value]) => value !== undefined);
    const key = `${account.account_id} ${JSON.stringify(set.toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
    const open = [...feeds.keys()].filter((one) => one.startsWith(`${account.account_id} `));
    if (!feeds.has(key) && open.length >= FEEDS_PER_ACCOUNT_MAX) {
      throw new ApiError(
        'too_many_requests',
        `${FEEDS_PER_ACCOUNT_MAX} different filters of this account are watched at the same time: close one first`,
        { 'retry-after': '5' },
      );
    }
    const feed = feeds.get(key) ?? new Feed(context, account, Object.fromEntries(set));
    feeds.set(key, feed);
    return { key, feed };
  }

  app.get(
    '/v2/live',
    {
      config: { scope: 'read', limit: 'live' },
      schema: {
        tags: ['reports'],
        summary: 'Live activity as server-sent events',
        description:
          'Events `activity` (exact counts of the last half hour; always the first), `counters` (totals of today), `clicks` and `conversions` (lists), once a second. Of very many clicks a part is listed, `one_of` says which; with a filter more of what is wanted is. Lines that begin with `:` only keep the connection open.',
        querystring: liveFilters,
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
      const { key, feed } = feedOf(request.account, request.query);
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...STREAM_HEADERS });
      response.write(`retry: 2000\n\n${feed.known}`);
      feed.watchers.add(response);
      // Its connection may be closed already: `close` would not come again.
      finished(response, () => {
        feed.watchers.delete(response);
        if (feed.watchers.size > 0) return;
        feed.close();
        if (feeds.get(key) === feed) feeds.delete(key);
      });
    },
  );
  // The streams never end by themselves, so a stop has to end them.
  app.addHook('preClose', (done) => {
    for (const feed of feeds.values()) feed.close();
    done();
  });
}
