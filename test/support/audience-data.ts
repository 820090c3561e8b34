/**
 * Random sends, clicks and conversions for the tests of audiences, the same for the same seed: what is true
 * of them, and the rows by which the tables say so, with verdicts that changed and conversions that were taken
 * back. Beside it the evaluator that audiences are held against: plain loops over what is true, no SQL.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { seededRandom } from './report-data.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 40;
const EXPIRES_S = Date.parse('2099-01-01T00:00:00Z') / 1_000;
/** Constant all year: computed by hand below. */
export const ZONE = { tz: 'Asia/Kolkata', offset: '+05:30' };

export interface Link {
  offer_id: string;
  link_id: string;
  link_key: string;
}

/** Something that happened and still holds. */
export interface Happening {
  kind: 'clicks' | 'conversions' | 'sends';
  contact_id: string;
  campaign_id: string;
  variant_id: string;
  creative_id: string;
  message_id: string;
  at_ms: number;
  links: Link[];
  /** Of conversions: whether it counts as one, and cents in a currency. */
  counts: boolean;
  currency: string;
  cents: number;
}

export interface AudienceData {
  happenings: Happening[];
  sends: object[];
  clicks: object[];
  verdicts: object[];
  conversions: object[];
}

/** People whose ids a careless query or file would stumble over are among them. */
function contactOf(n: number): string {
  return (
    ["o'hara", '=1+1', 'a "b", c', 'back\\slash', 'tab\\t', 'ünï{p:String}', '?&/ %'][n] ??
    `contact_${String(n).padStart(3, '0')}`
  );
}

/** `now_ms` ends the 40 days of the data; nothing happens within a half hour of a whole number of days before. */
export function audienceData(
  seed: number,
  account_id: string,
  now_ms: number,
  contacts: number,
): AudienceData {
  const writer = new AudienceWriter(seed, account_id, now_ms);
  for (let n = 0; n < contacts; n++) writer.contact(n);
  return writer.data;
}

/** What a conversion is booked as. */
interface Booking {
  cents: number;
  currency: string;
  at_ms: number;
  status: string;
}

/** Makes up one contact after the other. */
class AudienceWriter {
  readonly data: AudienceData = { happenings: [], sends: [], clicks: [], verdicts: [], conversions: [] };
  readonly #seed: number;
  readonly #account_id: string;
  readonly #now_ms: number;
  readonly #random: () => number;
  #number = 0;

  constructor(seed: number, account_id: string, now_ms: number) {
    this.#seed = seed;
    this.#account_id = account_id;
    this.#now_ms = now_ms;
    this.#random = seededRandom(seed);
  }

  contact(n: number): void {
    // Some have nothing left of their messages but what became of them, and some are nobody.
    const forgotten = this.#random() < 0.15;
    const contact_id = n % 25 === 24 ? '' : contactOf(n);
    for (let sent = this.#below(4); sent >= 0; sent--) {
      const of = this.#message(contact_id);
      if (!forgotten) this.#send(of);
      for (const link of of.links) this.#follow(of, link);
    }
    if (this.#random() < 0.1) {
      const outside = { campaign_id: '', variant_id: '', creative_id: '', message_id: '', links: [] };
      const link = { offer_id: 'off_1', link_id: `o${n}`, link_key: '' };
      this.#click({ ...this.#message(contact_id), ...outside }, link);
    }
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #time(): number {
    return this.#now_ms - (this.#below(DAYS * 24) + 0.5) * HOUR_MS;
  }

  #message(contact_id: string): Happening {
    const campaign = this.#below(4);
    const number = ++this.#number;
    return {
      kind: 'sends',
      contact_id,
      campaign_id: campaign === 0 ? '' : `cam_${campaign}`,
      variant_id: campaign === 0 ? '' : (['a', 'b'][this.#below(2)] ?? ''),
      creative_id: `cre_${this.#below(3)}`,
      message_id: `msg_${this.#seed}'${number}`,
      at_ms: this.#time(),
      links: Array.from({ length: this.#below(4) }, (_, i) => ({
        offer_id: `off_${this.#below(3)}`,
        link_id: `${this.#seed}${number.toString(36).padStart(4, '0')}${i}`,
        link_key: `link${i + 1}`,
      })),
      counts: false,
      currency: '',
      cents: 0,
    };
  }

  #ids({ kind: _, links: __, at_ms: ___, counts: ____, cents: _____, ...rest }: Happening): object {
    return { account_id: this.#account_id, ...rest, expires_at: EXPIRES_S };
  }

  #send(of: Happening): void {
    if (of.contact_id !== '') this.data.happenings.push(of);
    this.data.sends.push({
      ...this.#ids(of),
      sent_at: of.at_ms,
      logged_at: of.at_ms,
      link_keys: of.links.map((link) => link.link_key),
      link_ids: of.links.map((link) => link.link_id),
      offer_ids: of.links.map((link) => link.offer_id),
    });
  }

  /** Clicks on a link and conversions of it, perhaps none. */
  #follow(of: Happening, link: Link): void {
    for (let times = this.#below(3); times > 0; times--) this.#click(of, link);
    for (let times = this.#below(3) - 1; times > 0; times--) this.#convert(of, link);
  }

  #click(of: Happening, link: Link): void {
    const at_ms = this.#time();
    const click_id = `click_${this.#seed}_${this.#number++}`;
    const first = this.#random() < 0.3 ? 'bot' : 'human';
    const row = { ...this.#ids(of), ...link, click_id, clicked_at: at_ms };
    this.data.clicks.push({
      ...row,
      verdict: first,
      sent_at: of.at_ms,
      method: 'GET',
      ip: '::ffff:192.0.2.7',
    });
    if (this.#judgeAgain(row, first) === 'human' && of.contact_id !== '')
      this.data.happenings.push({ ...of, kind: 'clicks', at_ms, links: [link] });
  }

  /** Up to twice; returns the verdict that holds. */
  #judgeAgain(row: object, first: string): string {
    let verdict = first;
    for (let change = 1; change <= 2 && this.#random() < 0.25; change++) {
      // A change of the reasons alone leaves the verdict as it is.
      const next = this.#random() < 0.8 ? OTHER_VERDICT[verdict] : verdict;
      this.data.verdicts.push({ ...row, change, rejudgement: change, verdict, sign: -1 });
      this.data.verdicts.push({ ...row, change, rejudgement: change, verdict: next, sign: 1 });
      verdict = next ?? '';
    }
    return verdict;
  }

  /** Attributed or not; some were booked otherwise before, some were taken back for good. */
  #convert(of: Happening, link: Link): void {
    const refund = this.#random() < 0.3;
    const transaction = `txn:${this.#seed}-${this.#number++}`;
    const row = { ...this.#ids(of), ...link, transaction, credited_at: of.at_ms };
    const first = this.#booking();
    this.#book(row, refund, first, 1);
    let stands: Booking | undefined = first;
    if (this.#random() < 0.2) {
      this.#book(row, refund, first, -1);
      stands = this.#random() < 0.5 ? this.#booking() : undefined;
      if (stands !== undefined) this.#book(row, refund, stands, 1);
    }
    if (stands?.status !== 'attributed' || of.contact_id === '') return;
    this.data.happenings.push({
      ...of,
      kind: 'conversions',
      at_ms: stands.at_ms,
      links: [link],
      counts: !refund,
      currency: stands.currency,
      cents: refund ? -stands.cents : stands.cents,
    });
  }

  #booking(): Booking {
    return {
      cents: this.#below(3_000),
      currency: ['EUR', 'USD'][this.#below(2)] ?? '',
      at_ms: this.#time(),
      status: this.#random() < 0.9 ? 'attributed' : 'duplicate',
    };
  }

  #book(row: { transaction: string }, refund: boolean, booking: Booking, sign: 1 | -1): void {
    const { cents, currency, at_ms, status } = booking;
    const amount = (cents / 100).toFixed(2);
    this.data.conversions.push({
      ...row,
      conversion_id: `cnv_${row.transaction}`,
      event: refund ? 'refund' : 'sale',
      converted_at: at_ms,
      received_at: at_ms,
      sign,
      status,
      conversions: refund || status !== 'attributed' ? 0 : 1,
      currency,
      sales: refund ? '0' : amount,
      refunds: refund ? amount : '0',
      line: JSON.stringify([cents, currency, status]),
    });
  }
}

const OTHER_VERDICT: Record<string, string> = { human: 'bot', bot: 'human' };

export async function insertAudienceData(client: ClickHouseClient, data: AudienceData): Promise<void> {
  for (const table of ['sends', 'clicks', 'verdicts', 'conversions'] as const) {
    const rows = data[table];
    // Two inserts, so that what belongs together lies in several parts.
    for (const values of [rows.slice(0, rows.length / 3), rows.slice(rows.length / 3)]) {
      await client.insert({
        table: `trackly.${table}`,
        values,
        format: 'JSONEachRow',
        clickhouse_settings: { input_format_skip_unknown_fields: 1 },
      });
    }
  }
}

/** What a contact did or did not do. */
interface Condition {
  offer_id?: string;
  campaign_id?: string;
  creative_id?: string;
  variant_id?: string;
  message_id?: string;
  link_id?: string;
  link_key?: string;
  at_least?: number;
  at_most?: number;
  revenue?: { currency: string; at_least?: string; at_most?: string };
  window?: { last_days?: number; from?: string; to?: string; tz?: string };
}

/** One of these, as the API takes it. */
export interface Wanted extends Partial<Record<Event, Condition>> {
  all?: Wanted[];
  any?: Wanted[];
  not?: Wanted;
}

/** The contacts of a definition, sorted as ClickHouse sorts: by bytes. */
export function contactsByHand(data: AudienceData, definition: Wanted, now_ms: number): string[] {
  const by_contact = Map.groupBy(data.happenings, ({ contact_id }) => contact_id);
  return [...by_contact]
    .filter(([, happenings]) => isIn(happenings, definition, now_ms))
    .map(([contact_id]) => contact_id)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

const LEAVES = {
  clicked: ['clicks', true],
  did_not_click: ['clicks', false],
  converted: ['conversions', true],
  did_not_convert: ['conversions', false],
  was_sent: ['sends', true],
} as const satisfies Record<string, [Happening['kind'], boolean]>;
type Event = keyof typeof LEAVES;
const EVENTS = Object.keys(LEAVES) as Event[];

function isIn(happenings: Happening[], definition: Wanted, now_ms: number): boolean {
  const { all, any, not } = definition;
  if (all !== undefined) return all.every((part) => isIn(happenings, part, now_ms));
  if (any !== undefined) return any.some((part) => isIn(happenings, part, now_ms));
  if (not !== undefined) return !isIn(happenings, not, now_ms);
  return EVENTS.every((event) => {
    const condition = definition[event];
    if (condition === undefined) return true;
    const [kind, yes] = LEAVES[event];
    const those = happenings.filter((one) => one.kind === kind && fits(one, condition, now_ms));
    return isEnough(those, condition) === yes;
  });
}

function isEnough(those: Happening[], condition: Condition): boolean {
  const { at_most, revenue, at_least = at_most === undefined ? 1 : 0 } = condition;
  const times = those.filter(({ kind, counts }) => kind !== 'conversions' || counts).length;
  const cents = those.reduce((sum, one) => sum + one.cents, 0);
  return (
    isWithin(times, at_least, at_most) &&
    isWithin(cents, centsOf(revenue?.at_least), centsOf(revenue?.at_most))
  );
}

const centsOf = (amount: string | undefined): number | undefined =>
  amount === undefined ? undefined : Math.round(Number(amount) * 100);

function isWithin(value: number, least: number | undefined, most: number | undefined): boolean {
  return (least === undefined || value >= least) && (most === undefined || value <= most);
}

/** Whether every column that is asked for is as it is asked for. */
function matches(row: object, asked: Record<string, unknown>): boolean {
  const values = row as Record<string, unknown>;
  return Object.entries(asked).every(([name, value]) => value === undefined || values[name] === value);
}

function fits(one: Happening, condition: Condition, now_ms: number): boolean {
  const { campaign_id, variant_id, creative_id, message_id, offer_id, link_id, link_key } = condition;
  if (!matches(one, { campaign_id, variant_id, creative_id, message_id })) return false;
  // One and the same link of a message.
  const of_link = { offer_id, link_id, link_key };
  if (!matches({}, of_link) && !one.links.some((link) => matches(link, of_link))) return false;
  return (
    matches(one, { currency: condition.revenue?.currency }) && isTime(one.at_ms, condition.window, now_ms)
  );
}

function isTime(at_ms: number, window: Condition['window'], now_ms: number): boolean {
  if (window?.last_days !== undefined) return at_ms >= now_ms - window.last_days * DAY_MS;
  if (window?.from !== undefined && at_ms < instant(window.from, window.tz)) return false;
  if (window?.to === undefined) return true;
  return at_ms < instant(window.to, window.tz) + (window.to.length === 10 ? DAY_MS : 0);
}

function instant(text: string, tz: string | undefined): number {
  return text.length === 10
    ? Date.parse(`${text}T00:00:00${tz === undefined ? 'Z' : ZONE.offset}`)
    : Date.parse(text);
}

/** A definition up to `depth` groups deep, of things that are in the data and some that are not. */
export function randomDefinition(
  random: () => number,
  data: AudienceData,
  now_ms: number,
  depth: number,
): Wanted {
  const below = (n: number): number => Math.floor(random() * n);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const perhaps = (share: number, value: () => object): object => (random() < share ? value() : {});
  const some = (): Wanted => randomDefinition(random, data, now_ms, depth - 1);
  if (depth > 0 && random() < 0.75) {
    const kind = one(['all', 'any', 'not', 'all', 'any'] as const);
    if (kind === 'not') return { not: some() };
    const parts = Array.from({ length: 1 + below(3) }, some);
    return kind === 'all' ? { all: parts } : { any: parts };
  }
  const event = one(EVENTS);
  const converts = event === 'converted' || event === 'did_not_convert';
  const happening = one(data.happenings);
  const link = happening.links[0];
  const day = (days: number): string => new Date(now_ms - days * DAY_MS).toISOString().slice(0, 10);
  const from = 1 + below(DAYS);
  return {
    [event]: {
      ...perhaps(0.35, () => ({ offer_id: `off_${below(3)}` })),
      ...perhaps(0.25, () => ({ campaign_id: `cam_${1 + below(3)}` })),
      ...perhaps(0.15, () => ({ creative_id: `cre_${below(3)}` })),
      ...perhaps(0.1, () => ({ variant_id: one(['a', 'b']) })),
      ...perhaps(0.25, () => ({ link_key: `link${1 + below(3)}` })),
      ...perhaps(0.05, () => (happening.message_id === '' ? {} : { message_id: happening.message_id })),
      ...perhaps(0.05, () => (link === undefined ? {} : { link_id: link.link_id })),
      ...one([
        {},
        {},
        { at_least: 1 + below(3) },
        { at_most: below(3) },
        { at_least: 1, at_most: 1 + below(2) },
      ]),
      ...perhaps(0.5, () => ({
        window: one([
          { last_days: 1 + below(DAYS) },
          { from: day(from), to: day(below(from)) },
          { from: day(from), tz: ZONE.tz },
          { to: new Date(now_ms - below(DAYS * 24) * HOUR_MS).toISOString() },
        ]),
      })),
      ...(converts
        ? perhaps(0.5, () => ({
            revenue: {
              currency: one(['EUR', 'USD']),
              ...one([
                { at_least: (below(4_000) / 100 - 10).toFixed(2) },
                { at_most: (below(4_000) / 100 - 10).toFixed(2) },
                { at_least: '0', at_most: (below(4_000) / 100).toFixed(2) },
              ]),
            },
          }))
        : {}),
    },
  };
}
