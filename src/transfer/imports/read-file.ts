/**
 * Reads a file of history once, block by block, with flat memory: each row is read, looked up and checked, and what can
 * be imported is staged in ClickHouse, or made a link. A block is stored under a token of the import and its number, and
 * its hash is noted: reading the same file again goes on behind the last block that was noted. Rejects when Redis or
 * ClickHouse is down; the same file can then be sent again.
 */
import { createHash } from 'node:crypto';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { insertColumns, nativeColumns } from '../../clickhouse/columns.ts';
import { insertBlock, onceUnder } from '../../clickhouse/insert-block.ts';
import { firstNode } from '../../clickhouse/shards.ts';
import { decimalOf } from '../../conversions/exports/export-amount.ts';
import { orderOf } from '../../conversions/exports/export-time.ts';
import type { Link } from '../../links/link.ts';
import { nextTurn } from '../../platform/next-turn.ts';
import { erasableColumns, eraseFacts, eraseLine, withoutContact } from '../../privacy/erase-rows.ts';
import type { ErasedContacts } from '../../privacy/erased-contacts.ts';
import { stagedTable } from './apply-sql.ts';
import { type BadRow, ERRORS_MAX, ROWS_MAX } from './import.ts';
import { ImportError } from './import-error.ts';
import type { HistoryKind } from './import-fields.ts';
import { checkWanted, type MakingLinks, makeOldLinks, type OldLinks, type WantedLink } from './old-links.ts';
import { happenedAt, oldLinkOf, RowError, textsOf, timeOf } from './read-import-row.ts';
import { clickOf, conversionOf, type FileRow, type History, linkIdOf, sendOf } from './rows-of-history.ts';
import {
  STAGED_CLICK_FIELDS,
  STAGED_CONVERSION_FIELDS,
  STAGED_SEND_FIELDS,
  type StagedClick,
  type StagedConversion,
  type StagedSend,
} from './staged-fields.ts';

/** Rows of a block: encoding one takes some 40 ms, for which the API process does nothing else. */
export const BLOCK_ROWS = 10_000;
/** Rows that are made before other requests have their turn: some 20 ms. */
const ROWS_PER_TURN = 1_000;
const HASH_LENGTH = 16;
/** Rows that a dry run shows as they would be imported. */
export const SAMPLE_ROWS = 3;

export interface CsvLine {
  line: number;
  values: readonly string[];
  problem: string | undefined;
}

export interface ReadCounts {
  rows: number;
  failed: number;
  /** Of links: what was made, or was there. */
  added: number;
  duplicates: number;
  errors: BadRow[];
}

export interface Reading {
  history: History;
  clickhouse: ClickHouseClient;
  erased: ErasedContacts;
  old_links: OldLinks;
  making: MakingLinks;
  dry: boolean;
  /** Hashes of the blocks that an earlier try has staged. */
  staged: readonly string[];
  /** After each block: counts so far, and the hash of the block. Rejects where the import is no longer this writer's. */
  noted(counts: ReadCounts, block_hash: string): Promise<void>;
}

/** `groups` are blocks of BLOCK_ROWS. Resolves with the counts. Throws ImportError. */
export async function readHistory(
  reading: Reading,
  groups: AsyncIterable<readonly CsvLine[]>,
): Promise<ReadCounts> {
  const counts: ReadCounts = { rows: 0, failed: 0, added: 0, duplicates: 0, errors: [] };
  let block = 0;
  for await (const group of groups) {
    if (block === 0) settleStyle(reading.history, group);
    const hash = hashOf(group);
    const before = reading.staged[block];
    if (before !== undefined && before !== hash)
      throw new ImportError(
        'this is another file than the one that the import was begun with: send that one, or use a new Idempotency-Key',
      );
    await readBlock(reading, group, counts, { block, is_staged: before !== undefined });
    if (counts.rows > ROWS_MAX)
      throw new ImportError(`a file may have ${ROWS_MAX} rows: undo this import, and send it in parts`);
    // Reasons of one block come from several steps.
    counts.errors.sort((a, b) => a.line - b.line);
    await reading.noted(counts, before === undefined ? hash : '');
    block++;
  }
  if (counts.rows === 0) throw new ImportError('the file has no rows behind its first line');
  return counts;
}

function hashOf(group: readonly CsvLine[]): string {
  const hash = createHash('sha256');
  for (const { values } of group) hash.update(`${values.join('\0')}\n`);
  return hash.digest('base64url').slice(0, HASH_LENGTH);
}

/** Dates and decimals that can be read in two ways are a question, before anything is stored. */
function settleStyle({ columns: { at }, style }: History, group: readonly CsvLine[]): void {
  const cells = (places: readonly number[] = []): string[] =>
    places.flatMap((index) => group.map(({ values }) => values[index] ?? ''));
  const orders = new Set(cells(at.time).map(orderOf));
  if (style.dates === 'ask') {
    if (!orders.has('dmy') && !orders.has('mdy') && orders.has('either'))
      throw new ImportError('the dates can be read in two ways: add dates=dmy or dates=mdy to the address');
    style.dates = orders.has('dmy') ? 'dmy' : 'mdy';
  }
  if (style.decimal === 'ask') {
    const decimals = new Set([...cells(at.revenue), ...cells(at.payout)].map(decimalOf));
    if (!decimals.has('point') && !decimals.has('comma') && decimals.has('either'))
      throw new ImportError(
        'the amounts can be read in two ways: add decimal=point or decimal=comma to the address',
      );
    style.decimal = decimals.has('comma') && !decimals.has('point') ? 'comma' : 'point';
  }
}

async function readBlock(
  reading: Reading,
  group: readonly CsvLine[],
  counts: ReadCounts,
  at: { block: number; is_staged: boolean },
): Promise<void> {
  const { history } = reading;
  const { kind } = history.columns;
  const fail = (line: number, error: unknown): void => {
    if (!(error instanceof RowError)) throw error;
    counts.failed++;
    if (counts.errors.length < ERRORS_MAX)
      counts.errors.push({ line, error: error.code, message: error.message });
  };
  counts.rows += group.length;
  const readable = group.filter(({ line, problem }) => {
    if (problem === undefined) return true;
    fail(line, new RowError('invalid_row', problem));
    return false;
  });
  if (kind === 'links') {
    await readLinks(reading, readable, { counts, fail, again: at.block <= reading.staged.length });
    return;
  }
  const rows = await withLinks(reading, readable);
  const make = MAKE[kind] as (history: History, row: FileRow) => StagedClick | StagedSend | StagedConversion;
  const made: (StagedClick | StagedSend | StagedConversion)[] = [];
  for (const [i, row] of rows.entries()) {
    if (i % ROWS_PER_TURN === 0) await nextTurn();
    try {
      made.push(make(history, row));
    } catch (error) {
      fail(row.line, error);
    }
  }
  if (reading.dry || at.is_staged || made.length === 0) return;
  await stage(reading, kind, made, `${history.import_id}-${at.block}`);
}

const MAKE = { clicks: clickOf, sends: sendOf, conversions: conversionOf } as const;

/** Each row with the link that it names; a row whose link can't be read fails when it is made. */
async function withLinks({ history, old_links }: Reading, group: readonly CsvLine[]): Promise<FileRow[]> {
  const olds = group.map(({ values }) => {
    try {
      return oldLinkOf(textsOf(history.columns, values), history.style);
    } catch (error) {
      if (error instanceof RowError) return undefined;
      throw error;
    }
  });
  const links: (Link | undefined)[] = olds.some((old) => old !== undefined) ? await old_links.find(olds) : [];
  return group.map(({ line, values }, i) => ({ line, values, link: links[i] }));
}

const COLUMNS = {
  clicks: nativeColumns(erasableColumns<StagedClick>(STAGED_CLICK_FIELDS)),
  sends: insertColumns(erasableColumns<StagedSend>(STAGED_SEND_FIELDS)),
  conversions: insertColumns<StagedConversion>(STAGED_CONVERSION_FIELDS),
} as const;

async function stage(
  { clickhouse, erased, history }: Reading,
  kind: HistoryKind,
  rows: readonly (StagedClick | StagedSend | StagedConversion)[],
  token: string,
): Promise<void> {
  const named = rows.map((row) => ({ row, ...contactOf(row), account_id: history.account_id }));
  const pseudonyms = await erased.among(named, ({ at_ms }) => at_ms);
  const stored = named.map((one) => withPseudonym(one.row, pseudonyms.of(one, one.at_ms)));
  const { client, tables_in } = firstNode(clickhouse);
  await insertBlock(
    client,
    // The columns are those of the kind.
    { table: `${tables_in}.${stagedTable(kind)}`, columns: COLUMNS[kind] as never, rows: stored },
    onceUnder(token),
  );
}

function contactOf(row: StagedClick | StagedSend | StagedConversion): { contact_id: string; at_ms: number } {
  if ('click' in row) return { contact_id: row.click.contact_id, at_ms: row.click.clicked_at_ms };
  if ('send' in row) return { contact_id: row.send.contact_id, at_ms: row.send.sent_at_ms };
  return { contact_id: row.line.contact_id, at_ms: row.conversion.converted_at_ms };
}

function withPseudonym<Row extends StagedClick | StagedSend | StagedConversion>(
  row: Row,
  pseudonym: string | undefined,
): Row {
  if (pseudonym === undefined) return row;
  if (!('conversion' in row)) return { ...row, pseudonym };
  const { conversion, line } = row;
  return {
    ...row,
    conversion: {
      ...conversion,
      reported: withoutContact(conversion.reported),
      subject: { ...conversion.subject, contact_id: pseudonym },
    },
    line: { ...line, contact_id: pseudonym },
    facts_json: eraseFacts(row.facts_json, pseudonym),
    line_json: eraseLine(row.line_json, pseudonym),
  };
}

async function readLinks(
  { history, making, dry }: Reading,
  group: readonly CsvLine[],
  {
    counts,
    fail,
    again,
  }: { counts: ReadCounts; fail: (line: number, error: unknown) => void; again: boolean },
): Promise<void> {
  const wanted = group.flatMap(({ line, values }) => {
    try {
      const one = wantedOf(history, values);
      checkWanted(making, one);
      return [{ ...one, line }];
    } catch (error) {
      fail(line, error);
      return [];
    }
  });
  const results = await makeOldLinks(making, wanted, { dry, again });
  for (const [i, result] of results.entries()) {
    if (result === 'added') counts.added++;
    else if (result === 'duplicate') counts.duplicates++;
    else fail((wanted[i] as { line: number }).line, result);
  }
}

function wantedOf(history: History, values: readonly string[]): WantedLink {
  const { account_id, style, now_ms } = history;
  const text = textsOf(history.columns, values);
  const old = oldLinkOf(text, style);
  if (old === undefined) throw new RowError('invalid_code', 'the row has no short link and no code');
  const url = text('url');
  if (url === '') throw new RowError('invalid_url', 'the row has no destination');
  const offer = text('offer');
  const campaign = text('campaign');
  return {
    old,
    link_id: linkIdOf(account_id, old.host, old.code),
    link: {
      ...{ account_id, message_id: '', creative_id: '', variant_id: '', link_key: '', url },
      contact_id: text('contact_id').slice(0, 256),
      offer_id: offer === '' ? '' : history.entityOf('offer', offer),
      campaign_id: campaign === '' ? '' : history.entityOf('campaign', campaign),
      domain: old.host,
      sent_at_ms: text('time') === '' ? now_ms : happenedAt(text, style, now_ms),
      fields: {},
      expires_at_ms: timeOf(text, 'expires_at', style) ?? 0,
      disabled: false,
      is_imported: true,
    },
  };
}
