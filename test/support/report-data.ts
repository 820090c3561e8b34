/**
 * Random sends and clicks for the report tests, the same for the same seed, with their inserts, and the
 * simple computation that the reports are held against: plain loops over the rows, no rollup, no SQL.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { ClickIds } from '../../src/clicks/click-id.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { type Filter, levelOf, REPORTS, type ReportName } from '../../src/reports/definitions.ts';
import type { RangeBy } from '../../src/reports/measures.ts';
import { keysOf } from './installation-keys.ts';

export { seededRandom };

const click_ids = new ClickIds(keysOf());

export interface DataSend {
  account_id: string;
  message_id: string;
  contact_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  domain?: string;
  sent_at_ms: number;
  links: { link_key: string; link_id: string; offer_id: string }[];
}

export interface DataClick extends Omit<DataSend, 'links'> {
  click_id: string;
  link_key: string;
  link_id: string;
  offer_id: string;
  clicked_at_ms: number;
  verdict: 'human' | 'bot';
  is_first: boolean;
  is_first_for_offer: boolean;
  /** What the tap brought. */
  query?: Record<string, string>;
  device?: string;
  os?: string;
  browser?: string;
  in_app?: string;
  country?: string;
  asn?: number;
}

export interface Data {
  sends: DataSend[];
  clicks: DataClick[];
}

const HOUR_MS = 3_600_000;
/** Around the end of summer time in Europe, 2026-10-25T01:00Z. */
export const DATA_FROM_MS = Date.parse('2026-10-23T22:00:00Z');
export const DATA_TO_MS = Date.parse('2026-10-28T00:00:00Z');

/** Messages with 0 to 3 links over 4 days, some without a campaign, and links made outside a message. */
export function randomData(seed: number, account_id: string, messages: number): Data {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const sends: DataSend[] = [];
  const clicks: DataClick[] = [];
  const firsts = new Set<string>();
  let links = 0;
  const linkId = (): string => `${String(seed).padStart(2, '0')}${(links++).toString(36).padStart(5, '0')}`;

  function clickOn(
    send: Omit<DataSend, 'links'>,
    link: DataSend['links'][number],
    clicked_at_ms: number,
  ): void {
    const verdict = random() < 0.3 ? 'bot' : 'human';
    const subject = send.message_id || link.link_id;
    const first = (key: string): boolean => {
      if (verdict === 'bot' || firsts.has(key)) return false;
      firsts.add(key);
      return true;
    };
    const { links: _, ...message } = { links: [], ...send };
    clicks.push({
      ...message,
      ...link,
      click_id: click_ids.create(clicked_at_ms, link.link_id),
      clicked_at_ms,
      verdict,
      is_first: first(subject),
      is_first_for_offer: first(`${subject} ${link.offer_id}`),
      ...agentOf(clicks.length),
      ...(clicks.length % 3 === 0 && { query: { utm_source: 'qr', 'k y': `v${clicks.length % 2}` } }),
    });
  }

  for (let i = 0; i < messages; i++) {
    const campaign = below(4);
    const send: DataSend = {
      account_id,
      message_id: `msg_${seed}_${i}`,
      contact_id: `contact_${below(500)}`,
      creative_id: `cre_${below(5)}`,
      campaign_id: campaign === 0 ? '' : `cam_${campaign}`,
      variant_id: campaign === 0 ? '' : (['a', 'b'][below(2)] ?? ''),
      domain: `go.${below(3)}.test`,
      sent_at_ms: DATA_FROM_MS + below(72 * HOUR_MS),
      links: Array.from({ length: below(4) }, (_, place) => ({
        link_key: `link${place + 1}`,
        link_id: linkId(),
        offer_id: `off_${below(3)}`,
      })),
    };
    sends.push(send);
    const times = Array.from({ length: below(5) }, () => send.sent_at_ms + below(24 * HOUR_MS)).sort(
      (a, b) => a - b,
    );
    for (const time of times) {
      const link = send.links[below(send.links.length)];
      const { links: _links, ...message } = send;
      if (link !== undefined) clickOn(message, link, time);
    }
  }
  for (let i = 0; i < messages / 10; i++) {
    const sent_at_ms = DATA_FROM_MS + below(72 * HOUR_MS);
    const outside = {
      account_id,
      message_id: '',
      contact_id: '',
      creative_id: '',
      campaign_id: '',
      variant_id: '',
      domain: 'go.a.test',
    };
    const link = { link_key: '', link_id: linkId(), offer_id: ['', 'off_1'][below(2)] ?? '' };
    for (let n = below(3); n > 0; n--) clickOn({ ...outside, sent_at_ms }, link, sent_at_ms + below(HOUR_MS));
  }
  return { sends, clicks };
}

/** Some device and place; no two columns repeat together. */
const agentOf = (n: number) => ({
  device: ['phone', 'phone', 'tablet'][n % 3] ?? '',
  os: ['iOS', 'Android'][n % 2] ?? '',
  browser: ['Safari', 'Chrome', 'Samsung Internet', 'other', 'Chrome'][n % 5] ?? '',
  in_app: ['', '', '', 'Instagram', 'other', '', 'TikTok'][n % 7] ?? '',
  country: ['DE', 'FR', 'DE', '', 'AT', 'DE', 'DE', 'CH', 'DE', 'US', 'DE'][n % 11] ?? '',
  asn: [3320, 0, 3209, 3320][n % 4] ?? 0,
});

const EXPIRES_S = Date.parse('2099-01-01T00:00:00Z') / 1_000;

/**
 * Inserts both as the worker does, each as one batch under its token. A DateTime64(3) is a whole number of ms
 * in JSON; seconds would be read as ms.
 */
export async function insertData(client: ClickHouseClient, data: Data, token: string): Promise<void> {
  await insertBatch(
    client,
    'trackly.sends',
    data.sends.map((send) => ({
      ...send,
      sent_at: send.sent_at_ms,
      logged_at: send.sent_at_ms,
      link_keys: send.links.map((link) => link.link_key),
      link_ids: send.links.map((link) => link.link_id),
      offer_ids: send.links.map((link) => link.offer_id),
      batch: `sends-${token}`,
      expires_at: EXPIRES_S,
    })),
    `sends-${token}`,
  );
  await insertBatch(
    client,
    'trackly.clicks',
    data.clicks.map((click) => ({
      ...click,
      sent_at: click.sent_at_ms,
      clicked_at: click.clicked_at_ms,
      method: 'GET',
      ip: '::ffff:192.0.2.7',
      user_agent: 'Mozilla/5.0',
      headers: { accept: '*/*' },
      bot_reasons: click.verdict === 'bot' ? ['isbot'] : [],
      rules_version: '1',
      is_first: click.is_first ? 1 : 0,
      is_first_for_offer: click.is_first_for_offer ? 1 : 0,
      batch: `clicks-${token}`,
      expires_at: EXPIRES_S,
    })),
    `clicks-${token}`,
  );
}

async function insertBatch(
  client: ClickHouseClient,
  table: string,
  values: object[],
  token: string,
): Promise<void> {
  await client.insert({
    table,
    values,
    format: 'JSONEachRow',
    clickhouse_settings: {
      input_format_skip_unknown_fields: 1,
      insert_deduplicate: 1,
      insert_deduplication_token: token,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      async_insert: 0,
    },
  });
}

export interface Counts {
  sent: number;
  clicks_total: number;
  clicks_human: number;
  clicks_bot: number;
  clicks_unique: number;
}

/** What is counted; everything, and hours in UTC, unless it says otherwise. */
export interface Counting {
  filters?: Partial<Record<Filter, string>>;
  from_ms?: number;
  to_ms?: number;
  tz?: string;
  /** Default: sent. */
  range_by?: RangeBy;
}

const NO_COUNTS: Counts = { sent: 0, clicks_total: 0, clicks_human: 0, clicks_bot: 0, clicks_unique: 0 };
const QUARTER_HOUR_MS = 15 * 60_000;

/** Counts by the ids of a report, joined by a space, over messages or events in whole quarter hours of the range. */
export function expectedCounts(
  name: ReportName,
  data: Data,
  {
    filters = {},
    from_ms = 0,
    to_ms = Number.MAX_SAFE_INTEGER,
    tz = 'UTC',
    range_by = 'sent',
  }: Counting = {},
): Map<string, Counts> {
  const { ids } = REPORTS[name];
  const level = levelOf(REPORTS[name], Object.keys(filters) as Filter[]);
  const counts = new Map<string, Counts>();

  function add(row: Record<string, unknown>, time_ms: number, what: Partial<Counts>): void {
    const quarter_ms = Math.floor(time_ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
    if (quarter_ms < from_ms || quarter_ms >= to_ms) return;
    if (Object.entries(filters).some(([filter, value]) => row[filter] !== value)) return;
    const values = ids.map((id) => (id === 'hour' ? localHour(time_ms, tz) : String(row[id])));
    if (values.at(-1) === '') return;
    const key = values.join(' ');
    const sum = counts.get(key) ?? { ...NO_COUNTS };
    for (const [measure, value] of Object.entries(what)) sum[measure as keyof Counts] += value;
    counts.set(key, sum);
  }

  for (const send of data.sends) {
    for (const what of sentBy(send, level)) add(what, send.sent_at_ms, { sent: 1 });
  }
  for (const click of data.clicks) {
    const is_unique = level === 'message' ? click.is_first : click.is_first_for_offer;
    add({ ...click }, range_by === 'sent' ? click.sent_at_ms : click.clicked_at_ms, {
      clicks_total: 1,
      [click.verdict === 'bot' ? 'clicks_bot' : 'clicks_human']: 1,
      clicks_unique: is_unique ? 1 : 0,
    });
  }
  return counts;
}

/** What of a send counts as sent: the message, each of its offers, or each of its links. */
function sentBy(send: Data['sends'][number], level: ReturnType<typeof levelOf>): Record<string, unknown>[] {
  if (level === 'message') return [{ ...send }];
  const links =
    level === 'offer'
      ? send.links.filter(({ offer_id }, i, all) => all.findIndex((one) => one.offer_id === offer_id) === i)
      : send.links;
  return links.map((link) => ({ ...send, ...link }));
}

/** The sum of all. */
export function sumCounts(counts: Map<string, Counts>): Counts {
  const sum = { ...NO_COUNTS };
  for (const each of counts.values()) {
    for (const measure of Object.keys(sum) as (keyof Counts)[]) sum[measure] += each[measure];
  }
  return sum;
}

/** `2026-10-25T02:00:00+01:00`, written by the runtime's own calendar. */
export function localHour(time_ms: number, tz: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: tz,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  }).formatToParts(time_ms);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '').replace('−', '-') || '+00:00';
  const hour = `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:00:00`;
  return tz === 'UTC' ? `${hour}Z` : `${hour}${offset}`;
}
