/**
 * The journey of a frozen batch of conversions, every step in order; each is safe to run again:
 *   read the range · load the transactions · move conversions whose coupon is known by now ·
 *   find the credits · settle the transactions · store the difference to the money ledger as the batch's decision ·
 *   insert it · recheck credits whose claim moved meanwhile · trim the range
 * Two tries may find different credits; every try inserts the decision that was stored first.
 */
import { insertColumns } from '../../src/clickhouse/columns.ts';
import {
  type Conversion,
  decodeConversion,
  decodeConversionRow,
  encodeConversion,
  encodeRecheck,
} from '../../src/conversions/conversion.ts';
import { type BookedLine, CONVERSION_FIELDS } from '../../src/conversions/conversion-fields.ts';
import { logRows } from '../../src/conversions/log-conversions.ts';
import { type Line, lineKey, settle } from '../../src/conversions/settle.ts';
import { type Batch, finish } from '../../src/log/batches.ts';
import { decide } from '../../src/log/decisions.ts';
import { insertRows } from '../batch/insert-rows.ts';
import { readRows } from '../batch/read-rows.ts';
import type { WorkerContext } from '../worker-context.ts';
import { findCredits, findMovedCredits } from './find-credits.ts';
import { moveCoupons } from './move-coupons.ts';
import { loadTransactions, type Transaction } from './transactions.ts';

const COLUMNS = insertColumns(CONVERSION_FIELDS);

/** A line that is booked (1) or reversed (-1), with the conversion's facts; both as stored text. */
type Booking = [sign: 1 | -1, facts: string, line: string];

export async function processConversionBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const bookings = (await decidedBookings(context, batch)) ?? (await decideBookings(context, batch));
  if (bookings === undefined) return;
  if (bookings.length > 0) {
    const rows = bookings.map((booking) => lineOf(booking, batch.token));
    await insertRows(context, batch, { table: 'conversions', columns: COLUMNS, rows });
    await recheckMoved(context, bookings);
    for (const [sign, , line] of bookings) if (sign === 1) context.metrics.booked(JSON.parse(line) as Line);
  }
  await finish(context.redis, batch);
}

/**
 * A click may have been rejudged while its conversion was processed. The rejudgement moves the claim, then looks for
 * booked lines; this books the lines, then looks for moved claims. So at least one of the two sees the other.
 */
async function recheckMoved({ redis }: WorkerContext, bookings: readonly Booking[]): Promise<void> {
  const credited = bookings.flatMap(([sign, facts, line]): [Conversion, string][] =>
    sign === 1 ? [[decodeConversion(facts), (JSON.parse(line) as Line).click_id]] : [],
  );
  const moved = await findMovedCredits(redis, credited);
  await logRows(
    redis,
    [...moved].map((conversion) => [conversion, encodeRecheck(conversion)]),
  );
}

async function decidedBookings(context: WorkerContext, batch: Batch): Promise<Booking[] | undefined> {
  const decided = await decide(context.redis, batch);
  return decided === undefined ? undefined : (JSON.parse(decided) as Booking[]);
}

/** Undefined if another worker has finished the batch. */
async function decideBookings(context: WorkerContext, batch: Batch): Promise<Booking[] | undefined> {
  const { rows: read } = await readRows(context, batch, decodeConversionRow);
  const rows = read.map(({ value }) => value);
  const transactions = await loadTransactions(context.clickhouse, rows);
  await moveCoupons(context, transactions);
  const found = await findCredits(context, transactions);
  const bookings = transactions.flatMap((one) => difference(one, settle(one.conversions, found)));
  const decided = await decide(context.redis, batch, JSON.stringify(bookings));
  return decided === undefined ? undefined : (JSON.parse(decided) as Booking[]);
}

/** The bookings after which exactly `lines` are in force. */
function difference({ conversions, moved, booked }: Transaction, lines: readonly Line[]): Booking[] {
  const facts = new Map([...moved, ...conversions].map((one) => [one.conversion_id, one]));
  const wanted = new Set(lines.map(lineKey));
  const bookings: Booking[] = [];
  const book = (sign: 1 | -1, line: string): void => {
    const { conversion_id } = JSON.parse(line) as Line;
    bookings.push([sign, encodeConversion(facts.get(conversion_id) as Conversion), line]);
  };
  for (const line of booked.keys()) if (!wanted.has(line)) book(-1, line);
  for (const line of wanted) if (!booked.has(line)) book(1, line);
  return bookings;
}

function lineOf([sign, facts_json, line_json]: Booking, batch: string): BookedLine {
  return {
    conversion: decodeConversion(facts_json),
    line: JSON.parse(line_json) as Line,
    sign,
    facts_json,
    line_json,
    batch,
  };
}
