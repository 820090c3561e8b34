/** Lines of a request: the same ones, and the same errors, wherever the network cuts the bytes. */
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerLines, BadLine, LINE_BYTES_MAX } from '../../src/api/http/ndjson.ts';

const RUNS = { numRuns: 150 };

interface Read {
  lines: (string | null)[];
  largest_group: number;
}

/** null for a line that is too long or not UTF-8. */
async function read(chunks: Uint8Array[], group_lines_max: number): Promise<Read> {
  const seen: Read = { lines: [], largest_group: 0 };
  const answers = answerLines(
    Readable.from(chunks.map((chunk) => Buffer.from(chunk))),
    group_lines_max,
    async (group, first) => {
      expect(first).toBe(seen.lines.length);
      seen.largest_group = Math.max(seen.largest_group, group.length);
      for (const line of group) seen.lines.push(line instanceof BadLine ? null : line);
      return group.map((line) => ({ line: line instanceof BadLine ? null : line }));
    },
  );
  const text = Buffer.concat(await answers.toArray()).toString('utf8');
  const answered = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).line);
  expect(answered).toEqual(seen.lines.map((line) => line?.toWellFormed() ?? null));
  return seen;
}

/** What the lines are, the simple way: all bytes at once. */
function expected(bytes: Buffer): (string | null)[] {
  const lines: (string | null)[] = [];
  let from = 0;
  while (from <= bytes.length) {
    const feed = bytes.indexOf(10, from);
    const end = feed === -1 ? bytes.length : feed;
    const line = bytes.subarray(from, end);
    const text = line.toString('utf8').trim();
    if (line.length > LINE_BYTES_MAX || !isUtf8(line)) lines.push(null);
    else if (text !== '') lines.push(text);
    from = end + 1;
  }
  return lines;
}

const character = fc.constantFrom('a', ' ', '\r', 'ü', '€', '😀', '\u2028', '\u0085', '\ufeff', '"', '\0');
const short = fc.string({ unit: character, maxLength: 30 }).map((text) => Buffer.from(text));
const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
/** About as long as a line may be, with a character over the edge. */
const long = fc
  .tuple(fc.integer({ min: -5, max: 5 }), fc.constantFrom('x', 'ü', '€', '😀', ' '))
  .map(([more, end]) => Buffer.concat([Buffer.alloc(LINE_BYTES_MAX + more, 'x'), Buffer.from(end)]));
const very_long = fc.integer({ min: 2, max: 4 }).map((times) => Buffer.alloc(LINE_BYTES_MAX * times, 'y'));

const body = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: short },
      { weight: 2, arbitrary: noise },
      { weight: 1, arbitrary: long },
      { weight: 1, arbitrary: very_long },
    ),
    { maxLength: 12 },
  )
  .chain((lines) =>
    fc
      .constantFrom('\n', '\r\n')
      .map((feed) => Buffer.concat(lines.flatMap((line) => [line, Buffer.from(feed)]))),
  )
  .chain((bytes) => fc.boolean().map((final) => (final ? bytes : bytes.subarray(0, -1))));

function cutAt(bytes: Buffer, places: number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts]
    .map((from, i) => bytes.subarray(from, cuts[i] ?? bytes.length))
    .filter((chunk) => chunk.length > 0);
}

it('reads the same lines wherever the bytes are cut, in groups of the size that was asked for', async () => {
  await fc.assert(
    fc.asyncProperty(
      body,
      fc.array(fc.nat(), { maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      async (bytes, places, group_max) => {
        const { lines, largest_group } = await read(cutAt(bytes, places), group_max);
        expect(lines).toEqual(expected(bytes));
        expect(largest_group).toBeLessThanOrEqual(group_max);
      },
    ),
    RUNS,
  );
});

it('puts characters together that arrive a byte at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(short, noise), { maxLength: 8 }), async (lines) => {
      const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
      const { lines: found } = await read(cutAt(bytes, [...bytes.keys()]), 3);
      expect(found).toEqual(expected(bytes));
    }),
    RUNS,
  );
});

it('takes a line of 16 MB for one that is too long, and goes on behind it', async () => {
  const piece = Buffer.alloc(64 * 1024, 'z');
  const { lines } = await read([...Array.from({ length: 256 }, () => piece), Buffer.from('\nlast')], 10);
  expect(lines).toEqual([null, 'last']);
});
