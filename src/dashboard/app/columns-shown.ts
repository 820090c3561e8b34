/** Which columns a list shows, kept in this browser for each list. Pure but for the storage that it is given. */

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const keptAs = (list: string): string => `columns_${list}`;

/** Names that were chosen; undefined where none were, or where the storage is forbidden. */
export function readColumns(storage: Kept, list: string): readonly string[] | undefined {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keptAs(list)) ?? 'null');
    return Array.isArray(kept) ? kept.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** undefined: the usual ones again. A storage that is full or forbidden keeps nothing. */
export function keepColumns(storage: Kept, list: string, names: readonly string[] | undefined): void {
  try {
    if (names === undefined) storage.removeItem(keptAs(list));
    else storage.setItem(keptAs(list), JSON.stringify(names));
  } catch {
    // The choice holds as long as the page does.
  }
}
