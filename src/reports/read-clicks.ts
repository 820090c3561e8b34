/**
 * Reads raw clicks and sends in ClickHouse for traces, always within one account. Rows are gone after the
 * account's retention_days; totals in the rollups stay. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import { type JudgementRun, readJudgementRuns } from './rules-versions.ts';
import { trimMoney } from './totals.ts';

/** Room for rounding between the time in a click id and the stored one. */
const CLICK_TIME_TOLERANCE_MS = 1_000;

/** A click as it is shown. Times are ISO 8601 UTC, '' means none. */
export interface ClickStory {
  click_id: string;
  clicked_at: string;
  link_id: string;
  link_key: string;
  message_id: string;
  contact_id: string;
  offer_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  sent_at: string;
  method: string;
  ip: string;
  user_agent: string;
  headers: Record<string, string>;
  answered: string;
  asn: number;
  country: string;
  contact_country: string;
  /** In the minute that ended with the click; 0: not counted. */
  address_recipients: number;
  address_links: number;
  address_agents: number;
  /** -1: the address opened no other link of the message. */
  since_other_link_ms: number;
  verdict: string;
  score: number;
  bot_reasons: string[];
  rules_version: string;
  is_first: boolean;
  is_first_for_offer: boolean;
  /** Every verdict that the click was given, oldest first; the last one holds, and stands above. */
  verdicts: GivenVerdict[];
  /** Of a first click on a cpc offer. */
  payout: string;
  currency: string;
  batch: string;
  inserted_at: string;
  expires_at: string;
}

export interface GivenVerdict {
  /** 0: when it was counted. Else the judgement that gave it. */
  judgement: number;
  rules_version: string;
  verdict: string;
  score: number;
  bot_reasons: string[];
  is_first: boolean;
  is_first_for_offer: boolean;
  judged_at: string;
}

const COLUMNS = [
  'click_id',
  'clicked_at',
  'link_id',
  'link_key',
  'message_id',
  'contact_id',
  'offer_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'sent_at',
  'method',
  'ip',
  'user_agent',
  'headers',
  'answered',
  'asn',
  'country',
  'contact_country',
  'address_recipients',
  'address_links',
  'address_agents',
  'since_other_link_ms',
  'verdict',
  'score',
  'bot_reasons',
  'rules_version',
  'is_first',
  'is_first_for_offer',
  'payout',
  'currency',
  'batch',
  'inserted_at',
  'expires_at',
] as const satisfies Exclude<keyof ClickStory, 'verdicts'>[];
const SELECT = `SELECT ${COLUMNS.join(', ')} FROM trackly.clicks WHERE account_id = {account_id:String}`;

type StoredClick = Omit<ClickStory, 'is_first' | 'is_first_for_offer' | 'verdicts'> & {
  is_first: number;
  is_first_for_offer: number;
};

type StoredLine = Omit<GivenVerdict, 'is_first' | 'is_first_for_offer'> & {
  click_id: string;
  is_first: number;
  is_first_for_offer: number;
  payout: string;
  currency: string;
};

/** Each click with all its verdicts, and what holds of it now. */
async function asStories(
  client: ClickHouseClient,
  account_id: string,
  rows: readonly StoredClick[],
): Promise<ClickStory[]> {
  const times = rows.map(({ clicked_at }) => Date.parse(clicked_at));
  if (times.length === 0) return [];
  const [from_ms, to_ms] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const between = `account_id = {account_id:String} AND clicked_at BETWEEN
    fromUnixTimestamp64Milli({from_ms:Int64}) AND fromUnixTimestamp64Milli({to_ms:Int64})`;
  const [lines, runs] = await Promise.all([
    askRows<StoredLine>(client, {
      query: `SELECT click_id, judgement, rules_version, verdict, score, bot_reasons, is_first, is_first_for_offer,
          payout, currency, judged_at
        FROM trackly.verdicts
        WHERE ${between} AND sign = 1 AND click_id IN {click_ids:Array(String)} ORDER BY change`,
      query_params: { account_id, from_ms, to_ms, click_ids: rows.map(({ click_id }) => click_id) },
    }),
    readJudgementRuns(client, account_id, Math.floor(from_ms / 1_000), Math.floor(to_ms / 1_000) + 1),
  ]);
  const byClick = Map.groupBy(lines, ({ click_id }) => click_id);
  return rows.map((row, i) => {
    const own = byClick.get(row.click_id) ?? [];
    const clicked_s = (times[i] ?? 0) / 1_000;
    const covering = runs.filter((run) => run.from_s <= clicked_s && clicked_s < run.to_s);
    return asStory(row, own, covering);
  });
}

function asStory(row: StoredClick, lines: readonly StoredLine[], runs: readonly JudgementRun[]): ClickStory {
  const verdicts = [givenVerdict({ ...row, judgement: 0, judged_at: row.inserted_at })];
  // A judgement that changed nothing of the click gave it the same verdict under its version.
  const numbers = [...new Set([...lines, ...runs].map(({ judgement }) => judgement))].sort((a, b) => a - b);
  for (const judgement of numbers) {
    const own = lines.filter((line) => line.judgement === judgement).map(givenVerdict);
    const run = runs.find((one) => one.judgement === judgement);
    const before = verdicts.at(-1);
    if (own.length > 0) verdicts.push(...own);
    else if (run !== undefined && before !== undefined) {
      verdicts.push({ ...before, judgement, rules_version: run.rules_version });
    }
  }
  const now = verdicts.at(-1) as GivenVerdict;
  const { payout, currency } = lines.at(-1) ?? row;
  return {
    ...row,
    verdict: now.verdict,
    score: now.score,
    bot_reasons: now.bot_reasons,
    rules_version: now.rules_version,
    ip: row.ip.replace(/^::ffff:(?=\d+\.)/, ''),
    payout: trimMoney(payout),
    currency,
    is_first: now.is_first,
    is_first_for_offer: now.is_first_for_offer,
    verdicts,
  };
}

function givenVerdict(line: StoredLine): GivenVerdict {
  const { judgement, rules_version, verdict, score, bot_reasons, judged_at } = line;
  const [is_first, is_first_for_offer] = [line.is_first === 1, line.is_first_for_offer === 1];
  return { judgement, rules_version, verdict, score, bot_reasons, is_first, is_first_for_offer, judged_at };
}

/** The click, or undefined. `clicked_at_ms` comes from its id and keeps the scan to two seconds. */
export async function readClick(
  client: ClickHouseClient,
  account_id: string,
  click_id: string,
  clicked_at_ms: number,
): Promise<ClickStory | undefined> {
  const rows = await askRows<StoredClick>(client, {
    query: `${SELECT} AND click_id = {click_id:String}
      AND clicked_at BETWEEN fromUnixTimestamp64Milli({from_ms:Int64}) AND fromUnixTimestamp64Milli({to_ms:Int64})
      LIMIT 1`,
    query_params: {
      account_id,
      click_id,
      from_ms: clicked_at_ms - CLICK_TIME_TOLERANCE_MS,
      to_ms: clicked_at_ms + CLICK_TIME_TOLERANCE_MS,
    },
  });
  return (await asStories(client, account_id, rows))[0];
}

/** Clicks on one message or one link; `newest` first or in time order; at most `limit`. */
export async function readClicks(
  client: ClickHouseClient,
  account_id: string,
  of: { message_id: string } | { link_id: string },
  order: 'newest' | 'oldest',
  limit: number,
): Promise<ClickStory[]> {
  const [column, id] = 'message_id' in of ? ['message_id', of.message_id] : ['link_id', of.link_id];
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  const rows = await askRows<StoredClick>(client, {
    query: `${SELECT} AND ${column} = {id:String}
      ORDER BY clicked_at ${direction}, click_id ${direction} LIMIT {limit:UInt32}`,
    query_params: { account_id, id, limit },
  });
  return asStories(client, account_id, rows);
}

export interface FirstClickIds {
  /** The first click of the contact on the message (or on the link, outside a message); '' if none. */
  first_click_id: string;
  /** The same on the click's offer within the message. */
  first_click_id_for_offer: string;
}

/** Which clicks are the first ones where `click` might have been. */
export async function readFirstClickIds(
  client: ClickHouseClient,
  account_id: string,
  click: ClickStory,
): Promise<FirstClickIds> {
  // A link without a message stands for itself, as in the worker's claims.
  const subject = click.message_id === '' ? ' AND link_id = {link_id:String}' : '';
  const of = `account_id = {account_id:String} AND message_id = {message_id:String}${subject}`;
  const rows = await askRows<FirstClickIds>(client, {
    query: `SELECT anyIf(click_id, first = 1) AS first_click_id,
        anyIf(click_id, first_for_offer = 1 AND its_offer_id = {offer_id:String}) AS first_click_id_for_offer
      FROM (
        SELECT click_id, sum(one) AS first, sum(one_for_offer) AS first_for_offer, any(offer_id) AS its_offer_id
        FROM (
          SELECT click_id, toInt64(is_first) AS one, toInt64(is_first_for_offer) AS one_for_offer, offer_id, contact_id
          FROM trackly.clicks WHERE ${of}
          UNION ALL
          SELECT click_id, toInt64(sign) * is_first, toInt64(sign) * is_first_for_offer, offer_id, ''
          FROM trackly.verdicts WHERE ${of}
        )
        GROUP BY click_id HAVING max(contact_id) = {contact_id:String}
      )`,
    query_params: {
      account_id,
      message_id: click.message_id,
      contact_id: click.contact_id,
      offer_id: click.offer_id,
      link_id: click.link_id,
    },
  });
  return rows[0] ?? { first_click_id: '', first_click_id_for_offer: '' };
}

export interface SendStory {
  contact_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  sent_at: string;
  logged_at: string;
  link_keys: string[];
  link_ids: string[];
  offer_ids: string[];
  fields: Record<string, string>;
  batch: string;
  inserted_at: string;
}

/** The send of a message, or undefined: not inserted yet, expired, or never sent here. */
export async function readSend(
  client: ClickHouseClient,
  account_id: string,
  message_id: string,
): Promise<SendStory | undefined> {
  const rows = await askRows<SendStory>(client, {
    query: `SELECT contact_id, creative_id, campaign_id, variant_id, sent_at, logged_at, link_keys, link_ids,
        offer_ids, fields, batch, inserted_at
      FROM trackly.sends
      WHERE account_id = {account_id:String} AND message_id = {message_id:String} LIMIT 1`,
    query_params: { account_id, message_id },
  });
  return rows[0];
}
