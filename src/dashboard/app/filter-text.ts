/**
 * A filter as addresses and the API have it: `US` this value, `US,DE` one of these, `!US,DE` none of these (see
 * src/reports/filter-values.ts). '' is no filter. Pure.
 */
export interface Wanted {
  /** None of the values is wanted. */
  not: boolean;
  values: readonly string[];
}

const NOT = '!';

export function wantedBy(text: string | undefined): Wanted {
  const not = text?.startsWith(NOT) ?? false;
  const values = (text ?? '').slice(not ? NOT.length : 0).split(',');
  return { not, values: values.filter((value) => value !== '') };
}

const textOf = ({ not, values }: Wanted): string =>
  values.length === 0 ? '' : `${not ? NOT : ''}${values.join()}`;

/** With one value more; a filter of the other kind is replaced. */
export function withValue(text: string | undefined, value: string, not: boolean): string {
  const before = wantedBy(text);
  const kept = before.not === not ? before.values.filter((one) => one !== value) : [];
  return textOf({ not, values: [...kept, value] });
}

export function withoutValue(text: string | undefined, value: string): string {
  const { not, values } = wantedBy(text);
  return textOf({ not, values: values.filter((one) => one !== value) });
}

export const has = (text: string | undefined, value: string): boolean =>
  wantedBy(text).values.includes(value);

/** A bar that is pressed: it filters, or with Alt leaves out; one that is chosen already is taken back. */
export const toggled = (text: string | undefined, value: string, not: boolean): string =>
  has(text, value) ? withoutValue(text, value) : withValue(text, value, not);
