import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerLines, BadLine, LINE_BYTES_MAX } from '../../../../src/api/http/ndjson.ts';

async function answers(chunks: (string | Buffer)[], group_lines_max = 3): Promise<unknown[]> {
  const out = answerLines(
    Readable.from(
      chunks.map((chunk) => Buffer.from(chunk)),
      { objectMode: false },
    ),
    group_lines_max,
    async (group, first) => {
      // Later groups finish first: the order must not come from the work.
      await new Promise((done) => setTimeout(done, first % 3));
      return group.map((line, i) => ({
        index: first + i,
        line: line instanceof BadLine ? line.code : line,
      }));
    },
  );
  return Buffer.concat(await out.toArray())
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

it('answers every line once and in order, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[a-zü😀 ]{0,20}$/u)),
      fc.array(fc.nat({ max: 200 })),
      fc.boolean(),
      async (lines, cuts, final) => {
        const bytes = Buffer.from(lines.join('\n') + (final ? '\n' : ''));
        const places = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
          bytes.length,
        ];
        const chunks = places
          .slice(1)
          .map((end, i) => bytes.subarray(places[i], end))
          .filter((chunk) => chunk.length > 0);
        const expected = lines.map((line) => line.trim()).filter((line) => line !== '');
        expect(await answers(chunks)).toEqual(expected.map((line, index) => ({ index, line })));
      },
    ),
    { numRuns: 50 },
  );
});

it('skips a line that is too long, in one piece or in many', async () => {
  const long = 'x'.repeat(LINE_BYTES_MAX + 1);
  const expected = ['a', 'line_too_long', 'b'].map((line, index) => ({ index, line }));
  expect(await answers([`a\n${long}\nb`])).toEqual(expected);
  expect(await answers(['a\n', ...Array(10).fill(long), '\nb'])).toEqual(expected);
  expect(await answers([long])).toEqual([{ index: 0, line: 'line_too_long' }]);
});

it('sets a line aside that is not UTF-8, and reads the others', async () => {
  const chunks = ['\ufeffa\n', Buffer.from('b\xe9\n', 'latin1'), 'c'];
  expect(await answers(chunks)).toEqual(['a', 'invalid_json', 'c'].map((line, index) => ({ index, line })));
});
