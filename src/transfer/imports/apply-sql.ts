/**
 * How staged rows get into their tables, as SQL. An import is applied in parts, each a range of hashes of row_key, so that
 * memory is bounded whatever the size of the file, and each part is one block under a token, so that it is stored once.
 *   mark   which rows are new: not imported before, nor tracked here under the same id
 *   first  of clicks, which new ones are the first of a contact on a message, and on an offer within it
 *   move   the new rows, with what was found, into their table; its views count them
 * A part may run again: it reads what stays as it is, and its token is the same. Pure.
 */
import type { HistoryKind } from './import-fields.ts';
import { MOVED_COLUMNS } from './staged-fields.ts';

/** Rows of a part: 200,000 clicks are some 60 MB in memory. */
export const PART_ROWS = 200_000;
/** Rows of a part of first clicks: each reads all rows, for its claims alone. No more than one block can hold. */
export const CLAIMS_PART_ROWS = 800_000;
const HASHES = 2n ** 64n;

/** What a statement is given. */
export interface PartParameters extends Record<string, unknown> {
  account_id: string;
  import_id: string;
  /** Bounds of the hashes, both included. */
  low: string;
  high: string;
  /** Of the parts of first clicks, which are divided by the hash of the claim. */
  part: number;
  parts: number;
}

/** What is known once all marks are there; it spares what most imports need not ask. */
export interface Known {
  /** Whether all rows are new. */
  all_are_new: boolean;
  /** Whether the account has first clicks of no other import. */
  is_alone: boolean;
}

export interface Step {
  /** Part of the token. */
  name: string;
  query(known: Known): string;
  query_params: PartParameters;
}

const OWN = 'account_id = {account_id:String} AND import_id = {import_id:String}';
const IN_PART = 'cityHash64(row_key) >= {low:UInt64} AND cityHash64(row_key) <= {high:UInt64}';
const HASH_IN_PART = 'row_hash >= {low:UInt64} AND row_hash <= {high:UInt64}';

interface KindSql {
  staged: string;
  id: string;
  /** Rows tracked here that may have the same id. */
  tracked: (tables_in: string) => string;
  time: string;
  /** What becomes of ids of equal rows behind the first of them. */
  changed: Readonly<Record<string, string>>;
}

const NTH = (id: string): string => `substring(hex(sipHash128(${id}, n)), 1, 14)`;
const CONVERSION_ID = `if(n = 1, conversion_id, concat(substring(conversion_id, 1, 12), ${NTH('conversion_id')}))`;

const KINDS: Readonly<Record<HistoryKind, KindSql>> = {
  clicks: {
    staged: 'import_clicks',
    id: 'click_id',
    tracked: (tables_in) => `SELECT click_id FROM ${tables_in}.clicks
      WHERE account_id = {account_id:String} AND import_id = ''
        AND clicked_at >= (SELECT min(clicked_at) FROM ${tables_in}.import_clicks WHERE ${OWN} AND ${IN_PART})
        AND clicked_at <= (SELECT max(clicked_at) FROM ${tables_in}.import_clicks WHERE ${OWN} AND ${IN_PART})
        AND click_id IN (SELECT click_id FROM ${tables_in}.import_clicks WHERE ${OWN} AND ${IN_PART})`,
    time: 'clicked_at',
    changed: {
      click_id: `if(n = 1, click_id, concat(substring(click_id, 1, 8), ${NTH('click_id')}, substring(click_id, 23)))`,
    },
  },
  sends: {
    staged: 'import_sends',
    id: 'message_id',
    tracked: (tables_in) => `SELECT message_id FROM ${tables_in}.sends
      WHERE account_id = {account_id:String} AND import_id = ''
        AND message_id IN (SELECT message_id FROM ${tables_in}.import_sends WHERE ${OWN} AND ${IN_PART})`,
    time: 'sent_at',
    changed: { message_id: `if(n = 1, message_id, concat(message_id, '-', toString(n)))` },
  },
  conversions: {
    staged: 'import_conversions',
    id: 'conversion_id',
    tracked: (tables_in) => `SELECT conversion_id FROM ${tables_in}.conversions
      WHERE account_id = {account_id:String} AND import_id = ''
        AND conversion_id IN (SELECT conversion_id FROM ${tables_in}.import_conversions WHERE ${OWN} AND ${IN_PART})`,
    time: 'converted_at',
    changed: {
      conversion_id: CONVERSION_ID,
      transaction: `if(n = 1, transaction, concat(transaction, '-', toString(n)))`,
      facts: `replaceAll(facts, conversion_id, ${CONVERSION_ID})`,
      line: `replaceAll(line, conversion_id, ${CONVERSION_ID})`,
    },
  },
};

export const stagedTable = (kind: HistoryKind): string => KINDS[kind].staged;

/** The rows of a part, each with the number that it has among those with its key. Of rows with an id, the first alone. */
const numbered = (kind: HistoryKind, columns: string, tables_in: string): string =>
  `SELECT ${columns}, cityHash64(row_key) AS row_hash, row_number() OVER (PARTITION BY row_key ORDER BY line_no) AS n
    FROM ${tables_in}.${KINDS[kind].staged} WHERE ${OWN} AND ${IN_PART}`;
const COUNTS = `(n = 1 OR startsWith(row_key, 'c'))`;

/** All steps of an import, in order. `rows`: those that are staged. */
export function stepsOf(
  kind: HistoryKind,
  { account_id, import_id }: { account_id: string; import_id: string },
  rows: number,
  tables_in: string,
): Step[] {
  const each = (name: string, query: Step['query'], part_rows = PART_ROWS): Step[] => {
    const parts = Math.max(1, Math.ceil(rows / part_rows));
    return Array.from({ length: parts }, (_, part) => ({
      name: `${name}-${part}`,
      query,
      query_params: {
        ...{ account_id, import_id, part, parts },
        low: String((HASHES * BigInt(part)) / BigInt(parts)),
        high: String((HASHES * BigInt(part + 1)) / BigInt(parts) - 1n),
      },
    }));
  };
  const firsts = (name: string, mark_kind: 'first' | 'first_for_offer', claim: string): Step[] =>
    kind === 'clicks'
      ? each(name, (known) => firstSql(mark_kind, claim, known, tables_in), CLAIMS_PART_ROWS)
      : [];
  return [
    ...each('mark', () => markSql(kind, tables_in)),
    ...firsts('first', 'first', CLAIM),
    ...firsts('offer', 'first_for_offer', OFFER_CLAIM),
    ...each('move', () => moveSql(kind, tables_in)),
  ];
}

function markSql(kind: HistoryKind, tables_in: string): string {
  const { id, tracked } = KINDS[kind];
  return `INSERT INTO ${tables_in}.import_marks (account_id, kind, row_hash, mark, line_no, import_id)
    SELECT {account_id:String}, '${kind}', row_hash, sipHash128(row_key, n) AS mark, line_no, {import_id:String}
    FROM (${numbered(kind, `row_key, line_no, ${id} AS own_id`, tables_in)})
    WHERE ${COUNTS}
      AND mark NOT IN (
        SELECT mark FROM ${tables_in}.import_marks
        WHERE account_id = {account_id:String} AND kind = '${kind}' AND ${HASH_IN_PART} AND import_id != {import_id:String}
          AND row_hash IN (SELECT cityHash64(row_key) FROM ${tables_in}.${KINDS[kind].staged} WHERE ${OWN} AND ${IN_PART})
      )
      AND own_id NOT IN (${tracked(tables_in)})
    ORDER BY row_hash, line_no`;
}

/** Of sources that tell neither link nor message, the campaign. */
const ITS_LINK = `multiIf(link_id != '', link_id, old_link != '', old_link, concat('campaign ', toString(campaign_id)))`;
/** Of a contact the first click on its message; without a contact, of an address and a user agent on a day; else of the link. */
const CLAIM = `if(contact_id != '',
    concat('c\\n', contact_id, '\\n', if(message_id != '', message_id, ${ITS_LINK})),
    concat('v\\n', ${ITS_LINK}, '\\n', if(ip = toIPv6('::') AND user_agent = '', '',
      concat(toString(ip), '\\n', user_agent, '\\n', toString(toDate(clicked_at))))))`;
const OFFER_CLAIM = `concat(${CLAIM}, '\\n', toString(offer_id))`;

/** Of the new human clicks, the earliest of each claim, where no other import has it. */
function firstSql(
  mark_kind: 'first' | 'first_for_offer',
  claim: string,
  { all_are_new, is_alone }: Known,
  tables_in: string,
): string {
  const is_new = `line_no IN (SELECT line_no FROM ${tables_in}.import_marks
        WHERE account_id = {account_id:String} AND kind = 'clicks' AND import_id = {import_id:String})`;
  const in_part = `${OWN} AND verdict = 'human' AND cityHash64(claimed) % {parts:UInt32} = {part:UInt32}`;
  const claimedByNone = `claimed NOT IN (
      SELECT mark FROM ${tables_in}.import_marks
      WHERE account_id = {account_id:String} AND kind = '${mark_kind}' AND import_id != {import_id:String}
        AND cityHash64(mark) % {parts:UInt32} = {part:UInt32}
        AND mark IN (SELECT sipHash128(${claim}) AS claimed FROM ${tables_in}.import_clicks WHERE ${in_part})
    )`;
  return `INSERT INTO ${tables_in}.import_marks (account_id, kind, row_hash, mark, line_no, import_id)
    SELECT {account_id:String}, '${mark_kind}', winner.1, claimed, winner.2, {import_id:String}
    FROM (
      SELECT sipHash128(${claim}) AS claimed, argMin((cityHash64(row_key), line_no), (clicked_at, line_no)) AS winner
      FROM ${tables_in}.import_clicks
      WHERE ${in_part}
        ${all_are_new ? '' : `AND ${is_new}`}
      GROUP BY claimed
    )
    ${is_alone ? '' : `WHERE ${claimedByNone}`}
    ORDER BY winner`;
}

const markedAs = (mark_kind: string, tables_in: string): string =>
  `line_no IN (SELECT line_no FROM ${tables_in}.import_marks
      WHERE account_id = {account_id:String} AND kind = '${mark_kind}' AND ${HASH_IN_PART} AND import_id = {import_id:String})`;

function moveSql(kind: HistoryKind, tables_in: string): string {
  const { time } = KINDS[kind];
  const changed: Readonly<Record<string, string>> = {
    ...KINDS[kind].changed,
    ...(kind === 'clicks' && {
      is_first: markedAs('first', tables_in),
      is_first_for_offer: markedAs('first_for_offer', tables_in),
    }),
  };
  const columns: readonly string[] = MOVED_COLUMNS[kind];
  const selected = columns.map((name) => (changed[name] === undefined ? name : `(${changed[name]})`));
  return `INSERT INTO ${tables_in}.${kind} (${columns.join(', ')})
    SELECT ${selected.join(', ')}
    FROM (${numbered(kind, [...columns, 'row_key', 'line_no'].join(', '), tables_in)})
    WHERE ${markedAs(kind, tables_in)}
    ORDER BY ${time}, line_no`;
}

/** Rows that are staged, rows that were marked as new, and whether another import has first clicks. */
export const countsSql = (kind: HistoryKind, tables_in: string): string =>
  `SELECT (SELECT count() FROM ${tables_in}.${KINDS[kind].staged} WHERE ${OWN}) AS staged,
    (SELECT count() > 0 FROM (SELECT 1 FROM ${tables_in}.import_marks WHERE account_id = {account_id:String} AND kind = 'first' AND import_id != {import_id:String} LIMIT 1)) AS others,
    (SELECT count() FROM ${tables_in}.import_marks WHERE account_id = {account_id:String} AND kind = '${kind}' AND import_id = {import_id:String}) AS marked`;

/** Tables with rows of imports, in the order in which an undo empties them: what is counted first. */
export const IMPORTED_TABLES = [
  ...['rollup_quarter_hours', 'rollup_links', 'rollup_variants', 'rollup_networks', 'rollup_breakdowns'],
  ...['rollup_breakdown_hours', 'rollup_bots', 'rollup_countries', 'clicks', 'sends', 'conversions'],
  'import_marks',
] as const;
