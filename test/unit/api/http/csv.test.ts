import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type CsvRow, readCsv } from '../../../../src/api/http/csv.ts';

async function read(...parts: (string | Buffer)[]): Promise<CsvRow[]> {
  const { groups } = await readCsv(Readable.from(parts.map((part) => Buffer.from(part))), 2);
  const rows: CsvRow[] = [];
  for await (const group of groups) rows.push(...group);
  return rows;
}

it('reads lines with their numbers, with a byte order mark, blank lines and spaces at the ends', async () => {
  expect(await read('\ufeffTxn_Id,revenue\n a , 1.50\n\n"b,c",\nd\n')).toEqual([
    { line: 2, values: ['a', '1.50'], problem: undefined },
    { line: 4, values: ['b,c', ''], problem: undefined },
    { line: 5, values: ['d'], problem: undefined },
  ]);
});

it('ends a group of long lines early', async () => {
  const value = 'x'.repeat(60_000);
  const lines = `a\n${`${value}\n`.repeat(200)}`;
  const { groups } = await readCsv(Readable.from([Buffer.from(lines)]), 10_000);
  const sizes: number[] = [];
  for await (const group of groups) sizes.push(group.length);
  expect(sizes).toEqual([140, 60]);
});

it('reads a character whose bytes come apart', async () => {
  const bytes = Buffer.from('txn_id\nü€😀\n');
  expect((await read(...[...bytes].map((byte) => Buffer.of(byte))))[0]?.values).toEqual(['ü€😀']);
});

describe('a line that could only be read by guessing', () => {
  const problems = async (...parts: (string | Buffer)[]) =>
    (await read(...parts)).map(({ problem }) => problem?.slice(0, 22) ?? 'none');

  it('has a problem where it is not UTF-8, and the others live', async () => {
    expect(await problems('txn_id\na\n', Buffer.from('\xe9\n', 'latin1'), 'b\n')).toEqual([
      'none',
      '"txn_id" is not UTF-8:',
      'none',
    ]);
  });

  it('has a problem where a comma makes a value more than there are columns', async () => {
    expect(await problems('txn_id,revenue\na,49,90\nb,49.90,\n')).toEqual(['it has 3 values, more ', 'none']);
  });
});

it.each([
  ['two columns of one name', 'txn_id,revenue,Revenue\n', 'two columns "revenue"'],
  ['too many columns', `${Array.from({ length: 201 }, (_, i) => `c${i}`).join(',')}\n`, '200 columns'],
  ['a name that is not UTF-8', Buffer.from('txn_id,gr\xf6\xdfe\n', 'latin1'), 'not UTF-8'],
  ['nothing in it', '', 'empty'],
])('a file with %s is refused', async (_name, text, said) => {
  await expect(read(text)).rejects.toThrow(said);
});
