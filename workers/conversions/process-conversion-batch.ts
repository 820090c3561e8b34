/**
 * The journey of a frozen batch of conversions, every step in order; each is safe to run again:
 *   read the range · find the erased contacts · load the transactions · move conversions whose coupon is known by now ·
 *   take the terms of ranges that were booked anew · find the credits · hold the caps · settle the transactions ·
 *   store the difference to the money ledger as the batch's decision ·
 *   insert it · keep the events for webhooks · recheck credits whose claim moved meanwhile ·
 *   trim the range
 * Two tries may find different credits; every try inserts the decision that was stored first.
 */
import { insertColumns } from '../../src/clickhouse/columns.ts';
import {
  type Conversion,
  type ConversionRow,
  decodeConversion,
  decodeConversionRow,
  encodeConversion,
  encodeRecheck,
} from '../../src/conversions/conversion.ts';
import { type BookedLine, CONVERSION_FIELDS } from '../../src/conversions/conversion-fields.ts';
import { withRebookedTerms } from '../../src/conversions/credits/apply-rebooked.ts';
import { findCredits, findMovedCredits } from '../../src/conversions/credits/find-credits.ts';
import { loadTransactions, type Transaction } from '../../src/conversions/credits/transactions.ts';
import { type Line, lineKey } from '../../src/conversions/line.ts';
import { logRows } from '../../src/conversions/log-conversions.ts';
import { settle } from '../../src/conversions/settle.ts';
import { type Batch, finish } from '../../src/log/batches.ts';
import { decide } from '../../src/log/decisions.ts';
import { eraseConversion, eraseFacts, eraseLine } from '../../src/privacy/erase-rows.ts';
import { conversionEvents } from '../../src/webhooks/events.ts';
import { insertRows } from '../batch/insert-rows.ts';
import { readRows } from '../batch/read-rows.ts';
import { keepEvents } from '../webhooks/keep-events.ts';
import { readTaps } from '../webhooks/read-taps.ts';
import type { WorkerContext } from '../worker-context.ts';
import { holdCaps } from './hold-caps.ts';
import { moveCoupons } from './move-coupons.ts';

const COLUMNS = insertColumns(CONVERSION_FIELDS);

/** A line that is booked (1) or reversed (-1), with the conversion's facts; both as stored text. */
type Booking = [sign: 1 | -1, facts: string, line: string];

export async function processConversionBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const bookings = (await decidedBookings(context, batch)) ?? (await decideBookings(context, batch));
  if (bookings === undefined) return;
  if (bookings.length > 0) {
    const rows = (await eraseBookings(context, bookings)).map((booking) =>
      lineOf(booking, context.own_domain, batch.token),
    );
    await insertRows(context, batch, { table: 'conversions', columns: COLUMNS, rows });
    await keepEvents(context, batch, {
      name: 'webhooks',
      account_ids: rows.map(({ conversion }) => conversion.account_id),
      types: ['conversion.booked', 'conversion.reversed'],
      make: async (objects) => {
        const credited = rows.map(({ conversion, line }) => ({
          account_id: conversion.account_id,
          click_id: line.click_id,
        }));
        return conversionEvents(rows, await readTaps(context.clickhouse, credited), objects, batch);
      },
    });
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
  const credited = bookings.flatMap(([sign, facts, line]): [Conversion, Line][] =>
    sign === 1 ? [[decodeConversion(facts), JSON.parse(line) as Line]] : [],
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
  const rows = await eraseRows(
    context,
    read.map(({ value }) => value),
  );
  const transactions = await loadTransactions(context, rows);
  await moveCoupons(context, transactions);
  const ruled = await withRebookedTerms(context.redis, transactions);
  const found = await findCredits(context, ruled);
  await holdCaps(context, ruled, found);
  const bookings = transactions.flatMap((one, i) =>
    difference(one, settle((ruled[i] as Transaction).conversions, found)),
  );
  const decided = await decide(context.redis, batch, JSON.stringify(bookings));
  return decided === undefined ? undefined : (JSON.parse(decided) as Booking[]);
}

/** The rows with pseudonyms in place of erased contacts. */
async function eraseRows({ erased }: WorkerContext, rows: ConversionRow[]): Promise<ConversionRow[]> {
  const reports = rows.flatMap((row) => (row.kind === 'new' ? [ofContact(row.conversion)] : []));
  const pseudonyms = await erased.among(reports, ({ at_ms }) => at_ms);
  return rows.map((row) => {
    if (row.kind !== 'new') return row;
    const { conversion } = row;
    const pseudonym = pseudonyms.of(ofContact(conversion), conversion.received_at_ms);
    return pseudonym === undefined
      ? row
      : { kind: 'new', conversion: eraseConversion(conversion, pseudonym) };
  });
}

const ofContact = ({ account_id, subject, received_at_ms }: Conversion) => ({
  account_id,
  contact_id: subject.contact_id,
  at_ms: received_at_ms,
});

/** The same for bookings that were decided before the erasure began. */
async function eraseBookings(
  { erased }: WorkerContext,
  bookings: readonly Booking[],
): Promise<readonly Booking[]> {
  const decoded = bookings.map(([, facts, line]) => {
    const conversion = decodeConversion(facts);
    const credited = { ...ofContact(conversion), contact_id: (JSON.parse(line) as Line).contact_id };
    return { subject: ofContact(conversion), credited };
  });
  const contacts = decoded.flatMap(({ subject, credited }) => [subject, credited]);
  const pseudonyms = await erased.among(contacts, ({ at_ms }) => at_ms);
  return bookings.map(([sign, facts, line], i): Booking => {
    const { subject, credited } = decoded[i] as (typeof decoded)[number];
    const of_subject = pseudonyms.of(subject, subject.at_ms);
    const of_credited = pseudonyms.of(credited, credited.at_ms);
    return [
      sign,
      of_subject === undefined ? facts : eraseFacts(facts, of_subject),
      of_credited === undefined ? line : eraseLine(line, of_credited),
    ];
  });
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

function lineOf([sign, facts_json, line_json]: Booking, own_domain: string, batch: string): BookedLine {
  return {
    conversion: decodeConversion(facts_json),
    line: JSON.parse(line_json) as Line,
    sign,
    facts_json,
    line_json,
    own_domain,
    batch,
  };
}
