/**
 * Reads raw clicks and sends in ClickHouse for traces, always within one account. Rows are gone after the
 * account's click_retention_days; totals in the rollups stay. Errors: see ask-clickhouse.ts.
 */

import type { ClickHouseClient } from '../clickhouse/client.ts';
import { omitColumns, pickColumns, type ShownAnswer, type ShownRow } from '../clickhouse/columns.ts';
import { IS_TEST, withTests } from '../clickhouse/test-rows.ts';
import { CLICK_FIELDS } from '../clicks/click-fields.ts';
import { VERDICT_FIELDS } from '../clicks/verdict-fields.ts';
import { SEND_FIELDS } from '../messages/send-fields.ts';
import { askRows } from './ask-clickhouse.ts';
import { type FinishedRejudgement, readFinishedRejudgements } from './rules-versions.ts';
import { trimMoney } from './totals.ts';

/** Tolerance between the time in a click id and the stored time. */
const CLICK_TIME_TOLERANCE_MS = 1_000;

const SHOWN_CLICK = omitColumns(CLICK_FIELDS, ['account_id', 'process', 'logged_at']);

/** The columns of a click that a trace shows. */
export const TRACED_CLICK = { ...SHOWN_CLICK, is_test: IS_TEST };

/** A click as it is shown. Times are ISO 8601 UTC, '' means none. */
export interface ClickStory extends ShownAnswer<typeof TRACED_CLICK> {
  /** All verdicts of the click, oldest first; the last one is current and equals the one above. */
  verdicts: GivenVerdict[];
}

/** The columns that a trace shows for each verdict of a click. */
export const TRACED_VERDICT = pickColumns(VERDICT_FIELDS, [
  'rejudgement',
  'rules_version',
  'verdict',
  'score',
  'bot_reasons',
  'is_first',
  'is_first_for_offer',
  'judged_at',
]);

export type GivenVerdict = ShownAnswer<typeof TRACED_VERDICT>;

/** Clicks of the account that fit, tests among them. */
const clicksWhere = (condition: string): string =>
  `SELECT * FROM (${withTests(
    'clicks',
    Object.keys(SHOWN_CLICK).join(', '),
    `account_id = {account_id:String} AND ${condition}`,
  )})`;

type StoredClick = ShownRow<typeof TRACED_CLICK>;

const VERDICT_LINE = {
  ...pickColumns(VERDICT_FIELDS, ['click_id', 'payout', 'currency']),
  ...TRACED_VERDICT,
};
type StoredLine = ShownRow<typeof VERDICT_LINE>;

/** Each click with all its verdicts and its current state. */
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
      query: `SELECT ${Object.keys(VERDICT_LINE).join(', ')} FROM trackly.verdicts
        WHERE ${between} AND sign = 1 AND click_id IN {click_ids:Array(String)} ORDER BY change`,
      query_params: { account_id, from_ms, to_ms, click_ids: rows.map(({ click_id }) => click_id) },
    }),
    readFinishedRejudgements(client, account_id, Math.floor(from_ms / 1_000), Math.floor(to_ms / 1_000) + 1),
  ]);
  const byClick = Map.groupBy(lines, ({ click_id }) => click_id);
  return rows.map((row, i) => {
    const own = byClick.get(row.click_id) ?? [];
    const clicked_s = (times[i] ?? 0) / 1_000;
    const covering = runs.filter((run) => run.from_s <= clicked_s && clicked_s < run.to_s);
    return asStory(row, own, covering);
  });
}

function asStory(
  row: StoredClick,
  lines: readonly StoredLine[],
  runs: readonly FinishedRejudgement[],
): ClickStory {
  const verdicts = [givenVerdict({ ...row, rejudgement: 0, judged_at: row.inserted_at })];
  // A rejudgement that did not change the click confirmed its verdict under that rejudgement's version.
  const numbers = [...new Set([...lines, ...runs].map(({ rejudgement }) => rejudgement))].sort(
    (a, b) => a - b,
  );
  for (const rejudgement of numbers) {
    const own = lines.filter((line) => line.rejudgement === rejudgement).map(givenVerdict);
    const run = runs.find((one) => one.rejudgement === rejudgement);
    const before = verdicts.at(-1);
    if (own.length > 0) verdicts.push(...own);
    else if (run !== undefined && before !== undefined) {
      verdicts.push({ ...before, rejudgement, rules_version: run.rules_version });
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
    is_gpc: row.is_gpc === 1,
    is_test: row.is_test === 1,
    ip: row.ip.replace(/^::ffff:(?=\d+\.)/, ''),
    payout: trimMoney(payout),
    currency,
    is_first: now.is_first,
    is_first_for_offer: now.is_first_for_offer,
    verdicts,
  };
}

function givenVerdict(line: ShownRow<typeof TRACED_VERDICT>): GivenVerdict {
  const { rejudgement, rules_version, verdict, score, bot_reasons, judged_at } = line;
  const [is_first, is_first_for_offer] = [line.is_first === 1, line.is_first_for_offer === 1];
  return { rejudgement, rules_version, verdict, score, bot_reasons, is_first, is_first_for_offer, judged_at };
}

/** The click, or undefined. `clicked_at_ms` comes from its id and keeps the scan to two seconds. */
export async function readClick(
  client: ClickHouseClient,
  account_id: string,
  click_id: string,
  clicked_at_ms: number,
): Promise<ClickStory | undefined> {
  const rows = await askRows<StoredClick>(client, {
    query: `${clicksWhere(`click_id = {click_id:String}
      AND clicked_at BETWEEN fromUnixTimestamp64Milli({from_ms:Int64}) AND fromUnixTimestamp64Milli({to_ms:Int64})`)}
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

/** Clicks on one message or one link, or of one contact; `newest` first or in time order; at most `limit`. */
export async function readClicks(
  client: ClickHouseClient,
  account_id: string,
  of: { message_id: string } | { link_id: string } | { contact_id: string },
  order: 'newest' | 'oldest',
  limit: number,
): Promise<ClickStory[]> {
  const [[column, id]] = Object.entries(of) as [[string, string]];
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  const rows = await askRows<StoredClick>(client, {
    query: `${clicksWhere(`${column} = {id:String}`)}
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

/** The first clicks for whose place `click` competed. */
export async function readFirstClickIds(
  client: ClickHouseClient,
  account_id: string,
  click: ClickStory,
): Promise<FirstClickIds> {
  // A link without a message or a contact stands for itself, as in the worker's claims.
  const alone = click.message_id === '' || click.contact_id === '';
  const of = `account_id = {account_id:String} AND message_id = {message_id:String}${alone ? ' AND link_id = {link_id:String}' : ''}`;
  // Without a contact each visitor has a first click.
  const rows = await askRows<FirstClickIds>(client, {
    query: `SELECT anyIf(click_id, first = 1) AS first_click_id,
        anyIf(click_id, first_for_offer = 1 AND its_offer_id = {offer_id:String}) AS first_click_id_for_offer
      FROM (
        SELECT click_id, sum(one) AS first, sum(one_for_offer) AS first_for_offer, any(offer_id) AS its_offer_id, max(visitor) AS its_visitor
        FROM (
          SELECT click_id, toInt64(is_first) AS one, toInt64(is_first_for_offer) AS one_for_offer, offer_id, contact_id, visitor
          FROM trackly.clicks WHERE ${of}
          UNION ALL
          SELECT click_id, toInt64(sign) * is_first, toInt64(sign) * is_first_for_offer, offer_id, '', ''
          FROM trackly.verdicts WHERE ${of}
        )
        GROUP BY click_id HAVING max(contact_id) = {contact_id:String}
      ) WHERE its_visitor = (SELECT any(visitor) FROM trackly.clicks WHERE ${of} AND click_id = {click_id:String})`,
    query_params: {
      account_id,
      message_id: click.message_id,
      contact_id: click.contact_id,
      offer_id: click.offer_id,
      link_id: click.link_id,
      click_id: click.click_id,
    },
  });
  return rows[0] ?? { first_click_id: '', first_click_id_for_offer: '' };
}

const TRACED_SEND = omitColumns(SEND_FIELDS, ['account_id', 'message_id', 'link_expires_at', 'expires_at']);
export type SendStory = ShownRow<typeof TRACED_SEND> & { is_test: 0 | 1 };

/** The send of a message; undefined if it is not inserted yet, has expired, or does not exist. */
export async function readSend(
  client: ClickHouseClient,
  account_id: string,
  message_id: string,
): Promise<SendStory | undefined> {
  const rows = await askRows<SendStory>(client, {
    query: `SELECT * FROM (${withTests(
      'sends',
      Object.keys(TRACED_SEND).join(', '),
      'account_id = {account_id:String} AND message_id = {message_id:String}',
    )}) LIMIT 1`,
    query_params: { account_id, message_id },
  });
  return rows[0];
}
