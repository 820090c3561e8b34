/** Rows as no writer wrote them: with other characters in them, or another value in some place of their JSON. */
import fc from 'fast-check';

/** What JSON may hold, with what JavaScript treats in a way of its own. */
const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }),
  fc.constantFrom(null, [], {}, '', 0, -1, 1e300, true, ['x'], { length: 9 }),
);

const cut = (text: string, from: number, length: number, put: string): string => {
  const at = from % (text.length + 1);
  return text.slice(0, at) + put + text.slice(at + length);
};

/** Replaces the value that walk number `path` leads to. */
function replaced(json: unknown, path: number[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof json !== 'object' || json === null) return value;
  const copy = structuredClone(json) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = keys[step % (keys.length + 1)];
  if (key === undefined) return value;
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}

/** Texts made of what `rows` gives, and texts made of nothing. */
export function mutated(rows: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const characters = fc
    .tuple(rows, fc.nat(), fc.nat({ max: 5 }), fc.string({ unit: 'binary', maxLength: 4 }))
    .map(([row, from, length, put]) => cut(row, from, length, put));
  const values = fc
    .tuple(rows, fc.array(fc.nat({ max: 20 }), { maxLength: 3 }), anyValue)
    .map(([row, path, value]) => JSON.stringify(replaced(JSON.parse(row), path, value)));
  return fc.oneof(
    { weight: 4, arbitrary: values },
    { weight: 2, arbitrary: characters },
    fc.json({ maxDepth: 3 }),
    fc.string({ unit: 'binary' }),
  );
}

/** The value of `read`, or undefined where it throws an Error. Anything else thrown is thrown on. */
export function valueOrError<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
