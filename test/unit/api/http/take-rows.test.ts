/** Rows of lists and of NDJSON: each has its own answer, in order, whatever became of the others. */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { answerList, answerStream, type RowWork } from '../../../../src/api/http/take-rows.ts';
import { parseJsonDigits } from '../../../../src/platform/json-digits.ts';

const doubling = (groups: number[]): RowWork<unknown> => ({
  ...{ row: 'conversion', group_rows_max: 2, read: (input) => input, parse: parseJsonDigits },
  unreadable: ({ code }) => ({ error: code }),
  async work(group, first_index) {
    groups.push(group.length);
    return group.map((row, i) => ({ index: first_index + i, ...(row as object) }));
  },
});

it('answers a list in groups, and tells what was taken from what was not', async () => {
  const groups: number[] = [];
  const rows = [{ a: 1 }, { error: 'no' }, { a: 3 }];
  expect(await answerList(doubling(groups), rows)).toEqual({
    taken: [
      { index: 0, a: 1 },
      { index: 2, a: 3 },
    ],
    errors: [{ index: 1, error: 'no' }],
  });
  expect(groups).toEqual([2, 1]);
});

it('answers a line that is no JSON in its place, and parses the others as it is told', async () => {
  const input = Readable.from([Buffer.from('{"txn_id": 12345678901234567890}\nno\n{"b": 2}\n')]);
  const answers = (await text(answerStream(doubling([]), input))).trimEnd().split('\n');
  expect(answers.map((line) => JSON.parse(line))).toEqual([
    { index: 0, txn_id: '12345678901234567890' },
    { index: 1, error: 'invalid_json' },
    { index: 2, b: expect.anything() },
  ]);
});
