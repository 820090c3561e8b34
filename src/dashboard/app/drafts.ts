/**
 * What was typed into a form and is not saved yet, kept in this tab: it survives a reload and a way there and back, and
 * ends with signing out, or when another person signs in. Only fields that differ from what is stored are kept, so that a draft that is found again takes
 * nothing of another person's change back. Pure but for the storage that it is given.
 */

/** Values of a form's fields, by their names. */
export type Values = Record<string, string>;

type Drafts = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The oldest gives way. */
export const DRAFTS_MAX = 10;
/** A longer one is not kept: the browser has 5 MB for all. */
export const DRAFT_LENGTH_MAX = 50_000;
const KEPT_AS = 'drafts';
const KEPT_FOR = 'drafts_of';

type Kept = [name: string, values: Values];

function readAll(storage: Drafts): Kept[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEPT_AS) ?? '[]');
    return Array.isArray(kept) ? (kept as Kept[]) : [];
  } catch {
    return [];
  }
}

export const readDraft = (storage: Drafts, name: string): Values | undefined =>
  readAll(storage).find(([kept]) => kept === name)?.[1];

/** Without values it is dropped. A storage that is full or forbidden keeps nothing. */
export function keepDraft(storage: Drafts, name: string, values: Values): void {
  const others = readAll(storage).filter(([kept]) => kept !== name);
  const fits = Object.keys(values).length > 0 && JSON.stringify(values).length <= DRAFT_LENGTH_MAX;
  const all = fits ? [...others, [name, values]].slice(-DRAFTS_MAX) : others;
  try {
    storage.setItem(KEPT_AS, JSON.stringify(all));
  } catch {
    // The page still warns before it is left.
  }
}

export const dropDrafts = (storage: Drafts): void => storage.removeItem(KEPT_AS);

/** What another person has left in this tab is dropped. A storage that is forbidden has nothing. */
export function claimDrafts(storage: Drafts, person: string): void {
  try {
    if (storage.getItem(KEPT_FOR) === person) return;
    dropDrafts(storage);
    storage.setItem(KEPT_FOR, person);
  } catch {
    // Nothing is kept here.
  }
}

/** The fields of `now` that are another than in `before`; of objects and lists, what they say counts. */
export function changedFields<T extends object>(before: T, now: T): Partial<T> {
  const names = Object.keys(now) as (keyof T)[];
  return Object.fromEntries(
    names.filter((name) => !isSame(before[name], now[name])).map((name) => [name, now[name]]),
  ) as Partial<T>;
}

/** What is stored now, with the fields of `values` that are another than in `before`: changes of others stay. */
export const changedOver = (stored: Values, before: Values, values: Values): Values => ({
  ...stored,
  ...(changedFields(before, values) as Values),
});

/** The same fields as they were. */
export function formerFields<T extends object>(before: T, changed: Partial<T>): Partial<T> {
  return Object.fromEntries(
    (Object.keys(changed) as (keyof T)[]).map((name) => [name, before[name]]),
  ) as Partial<T>;
}

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSame(one[name as keyof typeof one], other[name as keyof typeof other]));
}

/**
 * The field of a form that an error of the API is about: `variants.0.percent` itself, or what holds it (`variants`).
 */
export const fieldOf = (about: string, names: readonly string[]): string | undefined =>
  names
    .filter((name) => about === name || about.startsWith(`${name}.`))
    .sort((one, other) => other.length - one.length)[0];
