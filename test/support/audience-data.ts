/**
 * Random sends, clicks and conversions for the tests of audiences, the same for the same seed: what is true
 * of them, and the rows by which the tables say so, with verdicts that changed and conversions that were taken
 * back. Beside it the evaluator that audiences are held against: plain loops over what is true, no SQL.
 */
import type { ClickHouseClient } from '@clickhouse/client';
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
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const time = (): number => now_ms - (below(DAYS * 24) + 0.5) * HOUR_MS;
  const data: AudienceData = { happenings: [], sends: [], clicks: [], verdicts: [], conversions: [] };
  let number = 0;

  function message(contact_id: string): Happening {
    const campaign = below(4);
    number++;
    return {
      kind: 'sends',
      contact_id,
      campaign_id: campaign === 0 ? '' : `cam_${campaign}`,
      variant_id: campaign === 0 ? '' : (['a', 'b'][below(2)] ?? ''),
      creative_id: `cre_${below(3)}`,
      message_id: `msg_${seed}'${number}`,
      at_ms: time(),
      links: Array.from({ length: below(4) }, (_, i) => ({
        offer_id: `off_${below(3)}`,
        link_id: `${seed}${number.toString(36).padStart(4, '0')}${i}`,
        link_key: `link${i + 1}`,
      })),
      counts: false,
      currency: '',
      cents: 0,
    };
  }

  const ids = ({
    kind: _,
    links: __,
    at_ms: ___,
    counts: ____,
    cents: _____,
    ...rest
  }: Happening): object => ({
    account_id,
    ...rest,
    expires_at: EXPIRES_S,
  });

  function send(of: Happening): void {
    if (of.contact_id !== '') data.happenings.push(of);
    data.sends.push({
      ...ids(of),
      sent_at: of.at_ms,
      logged_at: of.at_ms,
      link_keys: of.links.map((link) => link.link_key),
      link_ids: of.links.map((link) => link.link_id),
      offer_ids: of.links.map((link) => link.offer_id),
    });
  }

  /** Judged again up to twice. */
  function click(of: Happening, link: Link): void {
    const at_ms = time();
    const click_id = `click_${seed}_${number++}`;
    let verdict = random() < 0.3 ? 'bot' : 'human';
    const row = { ...ids(of), ...link, click_id, clicked_at: at_ms };
    data.clicks.push({ ...row, verdict, sent_at: of.at_ms, method: 'GET', ip: '::ffff:192.0.2.7' });
    for (let change = 1; change <= 2 && random() < 0.25; change++) {
      // A change of the reasons alone leaves the verdict as it is.
      const next = random() < 0.8 ? (verdict === 'bot' ? 'human' : 'bot') : verdict;
      data.verdicts.push({ ...row, change, rejudgement: change, verdict, sign: -1 });
      data.verdicts.push({ ...row, change, rejudgement: change, verdict: next, sign: 1 });
      verdict = next;
    }
    if (verdict === 'human' && of.contact_id !== '')
      data.happenings.push({ ...of, kind: 'clicks', at_ms, links: [link] });
  }

  /** Attributed or not; some were booked otherwise before, some were taken back for good. */
  function convert(of: Happening, link: Link): void {
    const refund = random() < 0.3;
    const line = (): object & { cents: number; currency: string; at_ms: number; status: string } => ({
      cents: below(3_000),
      currency: ['EUR', 'USD'][below(2)] ?? '',
      at_ms: time(),
      status: random() < 0.9 ? 'attributed' : 'duplicate',
    });
    const transaction = `txn:${seed}-${number++}`;
    const book = ({ cents, currency, at_ms, status }: ReturnType<typeof line>, sign: 1 | -1): void => {
      const amount = (cents / 100).toFixed(2);
      data.conversions.push({
        ...ids(of),
        ...link,
        transaction,
        conversion_id: `cnv_${transaction}`,
        event: refund ? 'refund' : 'sale',
        converted_at: at_ms,
        received_at: at_ms,
        credited_at: of.at_ms,
        sign,
        status,
        conversions: refund || status !== 'attributed' ? 0 : 1,
        currency,
        sales: refund ? '0' : amount,
        refunds: refund ? amount : '0',
        line: JSON.stringify([cents, currency, status]),
      });
    };
    const first = line();
    book(first, 1);
    let stands: ReturnType<typeof line> | undefined = first;
    if (random() < 0.2) {
      book(first, -1);
      stands = random() < 0.5 ? line() : undefined;
      if (stands !== undefined) book(stands, 1);
    }
    if (stands?.status !== 'attributed' || of.contact_id === '') return;
    data.happenings.push({
      ...of,
      kind: 'conversions',
      at_ms: stands.at_ms,
      links: [link],
      counts: !refund,
      currency: stands.currency,
      cents: refund ? -stands.cents : stands.cents,
    });
  }

  for (let n = 0; n < contacts; n++) {
    // Some have nothing left of their messages but what became of them, and some are nobody.
    const forgotten = random() < 0.15;
    const contact_id = n % 25 === 24 ? '' : contactOf(n);
    for (let sent = below(4); sent >= 0; sent--) {
      const of = message(contact_id);
      if (!forgotten) send(of);
      for (const link of of.links) {
        for (let times = below(3); times > 0; times--) click(of, link);
        for (let times = below(3) - 1; times > 0; times--) convert(of, link);
      }
    }
    if (random() < 0.1) {
      const outside = { campaign_id: '', variant_id: '', creative_id: '', message_id: '', links: [] };
      click({ ...message(contact_id), ...outside }, { offer_id: 'off_1', link_id: `o${n}`, link_key: '' });
    }
  }
  return data;
}

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

/** The contacts of a definition, sorted as ClickHouse sorts: by bytes. */
export function contactsByHand(data: AudienceData, definition: any, now_ms: number): string[] {
  const by_contact = Map.groupBy(data.happenings, ({ contact_id }) => contact_id);
  return [...by_contact]
    .filter(([, happenings]) => isIn(happenings, definition, now_ms))
    .map(([contact_id]) => contact_id)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

const LEAVES: Record<string, [Happening['kind'], boolean]> = {
  clicked: ['clicks', true],
  did_not_click: ['clicks', false],
  converted: ['conversions', true],
  did_not_convert: ['conversions', false],
  was_sent: ['sends', true],
};

function isIn(happenings: Happening[], definition: any, now_ms: number): boolean {
  const [[name, value]] = Object.entries(definition) as [[string, any]];
  if (name === 'all') return value.every((part: any) => isIn(happenings, part, now_ms));
  if (name === 'any') return value.some((part: any) => isIn(happenings, part, now_ms));
  if (name === 'not') return !isIn(happenings, value, now_ms);
  const [kind, yes] = LEAVES[name] as [Happening['kind'], boolean];
  let times = 0;
  let cents = 0;
  for (const one of happenings) {
    if (one.kind !== kind || !fits(one, value, now_ms)) continue;
    if (kind !== 'conversions' || one.counts) times++;
    cents += one.cents;
  }
  const { at_most, revenue } = value;
  const at_least = value.at_least ?? (at_most === undefined ? 1 : 0);
  let holds = times >= at_least && (at_most === undefined || times <= at_most);
  if (revenue?.at_least !== undefined) holds &&= cents >= Math.round(Number(revenue.at_least) * 100);
  if (revenue?.at_most !== undefined) holds &&= cents <= Math.round(Number(revenue.at_most) * 100);
  return holds === yes;
}

function fits(one: Happening, condition: any, now_ms: number): boolean {
  const { campaign_id, variant_id, creative_id, message_id, offer_id, link_id, link_key } = condition;
  for (const [name, value] of Object.entries({ campaign_id, variant_id, creative_id, message_id })) {
    if (value !== undefined && one[name as 'campaign_id'] !== value) return false;
  }
  // One and the same link of a message.
  if (offer_id !== undefined || link_id !== undefined || link_key !== undefined) {
    const link = one.links.find(
      (each) =>
        (offer_id === undefined || each.offer_id === offer_id) &&
        (link_id === undefined || each.link_id === link_id) &&
        (link_key === undefined || each.link_key === link_key),
    );
    if (link === undefined) return false;
  }
  if (condition.revenue !== undefined && one.currency !== condition.revenue.currency) return false;
  const { window } = condition;
  if (window?.last_days !== undefined) return one.at_ms >= now_ms - window.last_days * DAY_MS;
  if (window?.from !== undefined && one.at_ms < instant(window.from, window.tz)) return false;
  if (window?.to !== undefined) {
    const end_ms = instant(window.to, window.tz) + (window.to.length === 10 ? DAY_MS : 0);
    if (one.at_ms >= end_ms) return false;
  }
  return true;
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
): any {
  const below = (n: number): number => Math.floor(random() * n);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const perhaps = (share: number, value: () => object): object => (random() < share ? value() : {});
  const some = (): any => randomDefinition(random, data, now_ms, depth - 1);
  if (depth > 0 && random() < 0.75) {
    const kind = one(['all', 'any', 'not', 'all', 'any']);
    return { [kind]: kind === 'not' ? some() : Array.from({ length: 1 + below(3) }, some) };
  }
  const event = one(Object.keys(LEAVES));
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
