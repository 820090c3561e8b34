/** What the reports read of a query beside its schema: filters, what taps brought, and the times of the clicks shown. */
import type { RangeBy } from '../../reports/measures.ts';
import { InvalidReportError, type Range } from '../../reports/report-range.ts';
import { TAP_FILTERS_MAX, type TapFilters } from '../../reports/tap-filter.ts';

const KEY_LENGTH_SHOWN = 60;
const TAP_TEXT_LENGTH_MAX = 200;
/** `query.utm_source=qr`: only taps that brought this. */
const TAP_FILTER = 'query.';

interface ReportFilters<Name extends string> {
  filters: Partial<Record<Name, string>>;
  tap_filters?: TapFilters;
}

/** The filters of a report among the parameters of a query; `others` are no filters. Throws InvalidReportError. */
export function readFilters<Name extends string>(
  report: string,
  query: Readonly<Record<string, unknown>>,
  names: readonly Name[],
  others: readonly string[],
): ReportFilters<Name> {
  const filters: Partial<Record<Name, string>> = {};
  const tap_filters: [name: string, value: string][] = [];
  for (const [key, value] of Object.entries(query)) {
    if (others.includes(key)) continue;
    if (key.startsWith(TAP_FILTER)) {
      tap_filters.push([key.slice(TAP_FILTER.length), typeof value === 'string' ? value : '']);
      continue;
    }
    const filter = names.find((allowed) => allowed === key);
    if (filter === undefined) {
      throw new InvalidReportError(
        `${key.slice(0, KEY_LENGTH_SHOWN)} is not a filter of the ${report} report: use ${names.join(', ')}, or query.utm_source and the like for what taps brought, beside ${others.join(', ')}.`,
      );
    }
    filters[filter] = String(value);
  }
  return tap_filters.length === 0 ? { filters } : { filters, tap_filters: checked(tap_filters) };
}

function checked(tap_filters: TapFilters): TapFilters {
  if (tap_filters.length > TAP_FILTERS_MAX) {
    throw new InvalidReportError(
      `A report takes at most ${TAP_FILTERS_MAX} filters on what taps brought (query.…): leave some out.`,
    );
  }
  const wrong = tap_filters.find(
    ([name, value]) =>
      name === '' || value === '' || name.length > TAP_TEXT_LENGTH_MAX || value.length > TAP_TEXT_LENGTH_MAX,
  );
  if (wrong !== undefined) {
    throw new InvalidReportError(
      `${TAP_FILTER}${wrong[0].slice(0, KEY_LENGTH_SHOWN)} is not a filter: write query.<name>=<value>, each of 1 to ${TAP_TEXT_LENGTH_MAX} characters, such as query.utm_source=qr.`,
    );
  }
  return tap_filters;
}

/** Those that were given, of a schema that knows all their names. */
export const givenOf = <Name extends string>(
  filters: Readonly<Partial<Record<Name, string | undefined>>>,
): Partial<Record<Name, string>> =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as Partial<
    Record<Name, string>
  >;

const QUARTER_HOUR_MS = 15 * 60_000;

/** The times of the clicks that are counted: those of messages come until now. */
export function judgedRange({ range, range_by }: { range: Range; range_by: RangeBy }, now_ms: number): Range {
  if (range_by === 'event') return range;
  return { ...range, to_ms: Math.max(range.to_ms, Math.ceil(now_ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS) };
}
