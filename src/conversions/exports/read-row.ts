/**
 * Reads one line of a file: a report with our names and in our notation, or why it is none. Uploads and comparisons
 * read the same lines in the same way. What the values are worth is checked by conversion-input.ts. Pure.
 */
import { EVENTS } from '../conversion.ts';
import type { Parameters } from '../receive/conversion-input.ts';
import { readExportAmount } from './export-amount.ts';
import type { Columns } from './export-columns.ts';
import type { FileColumn } from './export-formats.ts';
import { type ExportTime, readExportTime } from './export-time.ts';
import type { FileStyle } from './file-style.ts';

export interface RowReading extends FileStyle {
  columns: Columns;
  /** Currency of amounts that have none; '' the offer's. */
  currency: string;
  /** First and last ms of a time as the export's time zone has it; a date is a whole day. */
  spanOf(time: ExportTime): [from_ms: number, to_ms: number];
  now_ms: number;
}

export type ReadRow =
  /** `from_ms` and `to_ms`: the first and the last moment that its time can mean; undefined without a time. */
  | { kind: 'report'; given: Parameters; span_ms: [number, number] | undefined }
  /** No value at all. */
  | { kind: 'empty' }
  /** Nothing is paid for it. */
  | { kind: 'rejected'; problem: string }
  | { kind: 'total'; problem: string }
  | { kind: 'bad'; problem: string };

const TOTAL = /^(?:grand |sub-?)?totals?:?$|^(?:gesamt|summe|sum):?$/i;
/** Values of our columns that are taken as they are. */
const AS_THEY_ARE = [
  'click_id',
  'link_id',
  'offer_id',
  'message_id',
  'code',
  'contact_id',
  'txn_id',
  'refund_id',
] as const satisfies readonly FileColumn[];

export function readRow(reading: RowReading, values: readonly string[]): ReadRow {
  if (values.every((value) => value === '')) return { kind: 'empty' };
  const { columns } = reading;
  const total = totalIn(columns, values);
  if (total !== undefined)
    return { kind: 'total', problem: `"${total}" looks like a row of totals: remove it` };
  const missing = missingValue(columns, values) ?? splitAmount(columns, values);
  if (missing !== undefined) return { kind: 'bad', problem: missing };
  const text = (column: keyof Columns['at']): string => values[columns.at[column] ?? -1] ?? '';
  const status = text('status').toLowerCase();
  if (status !== '' && columns.format?.rejected !== undefined && isRejected(columns, status)) {
    return {
      kind: 'rejected',
      problem: `${nameOf(columns, 'status')} is "${status}": nothing is paid for it`,
    };
  }
  const amount = amountOf(reading, text);
  if ('problem' in amount) return { kind: 'bad', problem: amount.problem };
  const time = timeOf(reading, text);
  if (time !== undefined && 'problem' in time) return { kind: 'bad', problem: time.problem };
  const given: Parameters = { ...amount };
  for (const column of AS_THEY_ARE) {
    const value = text(column);
    if (value !== '') given[column] = value;
  }
  // The moment until which it may have happened, but for the part of a day that is still to come.
  if (time !== undefined) given.ts = String(Math.max(time[0], Math.min(time[1], reading.now_ms)));
  return { kind: 'report', given, span_ms: time };
}

const nameOf = ({ at, names }: Columns, column: keyof Columns['at']): string =>
  names[at[column] ?? -1] ?? column;

/** A cell that says so, in the first column or in one of an id. */
function totalIn({ at }: Columns, values: readonly string[]): string | undefined {
  const places = [0, at.txn_id, at.click_id, at.link_id, at.offer_id, at.code, at.ts];
  return places.map((i) => values[i ?? -1] ?? '').find((value) => TOTAL.test(value));
}

/** Values may be missing at the end, but not those of columns that count. */
function missingValue({ at, names }: Columns, { length }: readonly string[]): string | undefined {
  const missing = Object.entries(at).find(([, position]) => position >= length);
  if (missing === undefined) return undefined;
  return `it has ${length} values for ${names.length} columns, and none for "${names[missing[1]]}": leave nothing out`;
}

/** `1,234.56` without quotes is two values, of which the second would be taken for that of the next column. */
function splitAmount({ at, names }: Columns, values: readonly string[]): string | undefined {
  const position = at.revenue;
  if (position === undefined || Object.values(at).includes(position + 1)) return undefined;
  const [before = '', after = ''] = values.slice(position, position + 2);
  if (!/^[^\d.]*\d{1,3}$/.test(before) || !/^\d{3}\.\d{1,2}$/.test(after)) return undefined;
  return `"${names[position]}" is ${before}, and the next value is ${after}: write ${before},${after} in quotes, or without the comma`;
}

const isRejected = ({ format }: Columns, status: string): boolean =>
  format?.rejected?.includes(status) === true ||
  // ShareASale writes the date of the reversal.
  (format?.network === 'shareasale' && /\d/.test(status) && status !== '0');

type TextOf = (column: keyof Columns['at']) => string;

function amountOf(
  { columns, decimal, currency }: RowReading,
  text: TextOf,
): Pick<Parameters, 'event' | 'revenue' | 'currency'> | { problem: string } {
  const written = text('revenue');
  const name = nameOf(columns, 'revenue');
  const event = eventOf(columns, text('event'));
  const said = text('currency').toUpperCase() || currency;
  if (written === '') return withoutEmpty({ event, revenue: '', currency: said });
  const amount = readExportAmount(written, decimal);
  if (amount === undefined) {
    const example = decimal === 'comma' ? '1.049,90' : '1049.90';
    return { problem: `${name} is "${written.slice(0, 40)}": write an amount such as ${example}` };
  }
  if (amount.currency !== '' && said !== '' && amount.currency !== said) {
    return { problem: `${name} is in ${amount.currency}, and the currency is ${said}` };
  }
  const counts = amount.negative ? REFUNDED[event] : event;
  if (counts === undefined) {
    return { problem: `${name} is negative, and the event is ${event}: only sales are refunded` };
  }
  return withoutEmpty({ event: counts, revenue: amount.amount, currency: said || amount.currency });
}

/** What a negative amount makes of an event. */
const REFUNDED: Readonly<Record<string, string>> = {
  '': 'refund',
  sale: 'refund',
  rebill: 'refund',
  refund: 'refund',
  chargeback: 'chargeback',
};

const withoutEmpty = (given: Record<'event' | 'revenue' | 'currency', string>): Parameters =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));

/** A network's own word says nothing where it is not known; one of ours is what it says, and is checked later. */
function eventOf({ format }: Columns, written: string): string {
  const event = written.toLowerCase();
  if (format?.events !== undefined && Object.hasOwn(format.events, event)) return format.events[event] ?? '';
  return format === undefined || (EVENTS as readonly string[]).includes(event) ? event : '';
}

function timeOf(
  { columns, dates, spanOf }: RowReading,
  text: TextOf,
): [number, number] | undefined | { problem: string } {
  const written = [text('ts'), text('time_of_day')].filter((part) => part !== '').join(' ');
  if (text('ts') === '') return undefined;
  const time = readExportTime(written, dates);
  if (time !== undefined) return spanOf(time);
  return {
    problem: `${nameOf(columns, 'ts')} is "${written.slice(0, 40)}": write a time such as 2026-11-28T14:15:00Z, or a date`,
  };
}
