/**
 * Shapes of rows that are sent as JSON: for each field, by name, a function that reads and checks it. A row is an array
 * in the order of the shape, or an object with its names. A row that does not fit is rejected, and the error names the
 * field. Fields are returned by name, so two fields cannot be swapped unnoticed. Pure.
 */

/** Returns the value of a part of a row; undefined if the part is not valid. */
export type Read<T> = (part: unknown) => T | undefined;

export type Shape = Readonly<Record<string, Read<unknown>>>;

export type Shaped<Fields extends Shape> = {
  -readonly [Name in keyof Fields]: Exclude<ReturnType<Fields[Name]>, undefined>;
};

/** The upper bound of times in ms. */
const TIME_MS_MAX = Date.UTC(2200, 0, 1);

export const text: Read<string> = (part) => (typeof part === 'string' ? part : undefined);

export const whole: Read<number> = (part) => (Number.isInteger(part) ? (part as number) : undefined);

/** 1 or 0; a part that was left out is 0. */
export const flag: Read<boolean> = (part) =>
  part === 1 ? true : part === 0 || part === undefined ? false : undefined;

/** Unix time in ms, from 1970 to 2200. */
export const time_ms: Read<number> = (part) =>
  Number.isInteger(part) && (part as number) >= 0 && (part as number) < TIME_MS_MAX
    ? (part as number)
    : undefined;

/** An object of texts. */
export const texts: Read<Record<string, string>> = (part) => {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return undefined;
  for (const name in part) {
    if (typeof (part as Record<string, unknown>)[name] !== 'string') return undefined;
  }
  return part as Record<string, string>;
};

export const oneOf =
  <const T extends string>(values: readonly T[]): Read<T> =>
  (part) =>
    values.includes(part as T) ? (part as T) : undefined;

/**
 * Reads an array in the order of `shape`. The reader throws an Error on anything else; `what` names the row in the
 * message.
 */
export function listReader<Fields extends Shape>(
  what: string,
  shape: Fields,
): (parts: unknown) => Shaped<Fields> {
  const names = Object.keys(shape);
  const reads = Object.values(shape);
  // A copy has room for all fields at once: an object that grows field by field takes twice the time and memory.
  const empty = Object.fromEntries(names.map((name) => [name, undefined]));
  return (parts) => {
    if (!Array.isArray(parts) || parts.length > names.length) throw new Error(`malformed ${what} row`);
    const row: Record<string, unknown> = { ...empty };
    for (let i = 0; i < names.length; i++) {
      const value = (reads[i] as Read<unknown>)(parts[i]);
      if (value === undefined) throw new Error(`malformed ${what} row: ${names[i]}`);
      row[names[i] as string] = value;
    }
    return row as Shaped<Fields>;
  };
}

/** Reads an object with the names of `shape` and ignores other names. Throws like listReader's reader. */
export function objectReader<Fields extends Shape>(
  what: string,
  shape: Fields,
): (parsed: unknown) => Shaped<Fields> {
  const inOrder = listReader(what, shape);
  const names = Object.keys(shape);
  return (parsed) => {
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw new Error(`malformed ${what} row`);
    }
    return inOrder(names.map((name) => (parsed as Record<string, unknown>)[name]));
  };
}

/** Reads an object that is a field of another. */
export function nested<Fields extends Shape>(shape: Fields): Read<Shaped<Fields>> {
  const read = objectReader('nested', shape);
  return (part) => {
    try {
      return read(part);
    } catch {
      return undefined;
    }
  };
}
