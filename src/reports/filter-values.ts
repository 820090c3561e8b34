/**
 * What a filter of a report asks for: `US` this value, `US,DE` one of these, `!US,DE` none of these. It is the same in all
 * reports and lists, in addresses of the console and in saved views. Ids that senders choose freely, such as a message_id,
 * may have any characters and are taken as they are. Names come from the callers' own lists; values are query parameters.
 * Pure.
 */
import { InvalidReportError } from './report-range.ts';

/** Filters that take several values: nothing that they may be has a comma, or begins with NOT. */
const SEVERAL: ReadonlySet<string> = new Set([
  ...['campaign_id', 'variant_id', 'creative_id', 'offer_id', 'domain', 'currency', 'link_key'],
  ...['device', 'os', 'browser', 'in_app', 'country', 'network'],
  ...['event', 'status', 'channel'],
]);
const NOT = '!';
const VALUES_MAX = 100;
const VALUE_LENGTH_MAX = 200;
/** Of a filter in an address. */
export const FILTER_LENGTH_MAX = 4_000;
const LENGTH_SHOWN = 60;

export const FILTER_FORM =
  '`a,b`: one of these; `!a,b`: none of these. Ids that senders choose, of messages, links and contacts, are taken as they are';

export interface Wanted {
  /** None of the values is wanted. */
  not: boolean;
  values: string[];
}

/** Throws InvalidReportError. */
export function wantedBy(name: string, text: string): Wanted {
  if (text === '' || !SEVERAL.has(name)) return { not: false, values: [text] };
  const not = text.startsWith(NOT);
  const values = (not ? text.slice(NOT.length) : text).split(',').map((value) => value.trim());
  if (values.includes('')) {
    throw new InvalidReportError(
      `${name}=${text.slice(0, LENGTH_SHOWN)} has an empty value: write ${name}=a, ${name}=a,b or, for all others, ${name}=!a,b.`,
    );
  }
  if (values.length > VALUES_MAX || values.some((value) => value.length > VALUE_LENGTH_MAX)) {
    throw new InvalidReportError(
      `${name} takes at most ${VALUES_MAX} values, each of at most ${VALUE_LENGTH_MAX} characters: leave some out.`,
    );
  }
  return { not, values };
}

/** The condition that a column is what the filter asks for; the parameter `name` is an array of its values. */
export function matches(column: string, name: string, text: string, type = 'String'): string {
  return `${column} ${wantedBy(name, text).not ? 'NOT IN' : 'IN'} {${name}:Array(${type})}`;
}

/** The parameters of `matches` for these filters; `stored` is how a value is stored. */
export function matchParams<Name extends string>(
  filters: Readonly<Partial<Record<Name, string | undefined>>>,
  names: readonly Name[],
  stored: (name: Name, value: string) => string | number = (_name, value) => value,
): Record<string, (string | number)[]> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      wantedBy(name, filters[name] ?? '').values.map((value) => stored(name, value)),
    ]),
  );
}

/** The one value that a filter asks for; undefined where it asks for several, for none of some, or is not set. */
export function onlyValue(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const { not, values } = wantedBy(name, text);
  return not || values.length !== 1 ? undefined : values[0];
}
