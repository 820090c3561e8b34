/**
 * Shapes of rows that travel as JSON: by name, how each field is read and checked. A row is an array in the order of the
 * shape, or an object with its names. Reading rejects what does not fit, and the error says which field it was; no field
 * can take the place of another unnoticed, as each is given back under its own name. Pure.
 */

/** Gives the value that a part of a row stands for; undefined where it stands for none. */
export type Read<T> = (part: unknown) => T | undefined;

export type Shape = Readonly<Record<string, Read<unknown>>>;

export type Shaped<Fields extends Shape> = {
  -readonly [Name in keyof Fields]: Exclude<ReturnType<Fields[Name]>, undefined>;
};

/** What a DateTime64(3) holds, in ms. */
const TIME_MS_MAX = Date.UTC(2200, 0, 1);

export const text: Read<string> = (part) => (typeof part === 'string' ? part : undefined);

export const whole: Read<number> = (part) => (Number.isInteger(part) ? (part as number) : undefined);

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

/** An array in the order of `shape`. The reader throws an Error on anything else; `what` names the row in it. */
export function listReader<Fields extends Shape>(
  what: string,
  shape: Fields,
): (parts: unknown) => Shaped<Fields> {
  const names = Object.keys(shape);
  const reads = Object.values(shape);
  return (parts) => {
    if (!Array.isArray(parts) || parts.length > names.length) throw new Error(`malformed ${what} row`);
    const row: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) {
      const value = (reads[i] as Read<unknown>)(parts[i]);
      if (value === undefined) throw new Error(`malformed ${what} row: ${names[i]}`);
      row[names[i] as string] = value;
    }
    return row as Shaped<Fields>;
  };
}

/** An object with the names of `shape`, others left out. Throws as listReader's does. */
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

/** An object as a field of another. */
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
