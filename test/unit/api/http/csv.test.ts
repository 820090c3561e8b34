import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type CsvRow, readCsv } from '../../../../src/api/http/csv.ts';

async function read(...parts: (string | Buffer)[]): Promise<CsvRow[]> {
  const { groups } = await readCsv(Readable.from(parts.map((part) => Buffer.from(part))), 2);
  const rows: CsvRow[] = [];
  for await (const group of groups) rows.push(...group);
  return rows;
}

it('reads lines by column, with a byte order mark, blank lines and spaces at the ends', async () => {
  expect(await read('\ufeffTxn_Id,revenue\n a , 1.50\n\n"b,c",\nd\n')).toEqual([
    { line: 2, values: { txn_id: 'a', revenue: '1.50' }, problem: undefined },
    { line: 4, values: { txn_id: 'b,c', revenue: '' }, problem: undefined },
    { line: 5, values: { txn_id: 'd', revenue: '' }, problem: undefined },
  ]);
});

it('reads a character whose bytes come apart', async () => {
  const bytes = Buffer.from('txn_id\nü€😀\n');
  expect((await read(...[...bytes].map((byte) => Buffer.of(byte))))[0]?.values).toEqual({ txn_id: 'ü€😀' });
});

describe('a line that could only be read by guessing', () => {
  const problems = async (...parts: (string | Buffer)[]) =>
    (await read(...parts)).map(({ problem }) => problem?.slice(0, 25) ?? 'none');

  it('has a problem where it is not UTF-8, and the others live', async () => {
    expect(await problems('txn_id\na\n', Buffer.from('\xe9\n', 'latin1'), 'b\n')).toEqual([
      'none',
      'this line is not UTF-8: e',
      'none',
    ]);
  });

  it('has a problem where a comma makes a value more than there are columns', async () => {
    expect(await problems('txn_id,revenue\na,49,90\nb,49.90,\n')).toEqual([
      'this line has more values',
      'none',
    ]);
  });
});

it.each([
  ['two columns of one name', 'txn_id,revenue,Revenue\n', 'two columns "revenue"'],
  ['too many columns', `${Array.from({ length: 101 }, (_, i) => `c${i}`).join(',')}\n`, '100 columns'],
  ['a name that is not UTF-8', Buffer.from('txn_id,gr\xf6\xdfe\n', 'latin1'), 'not UTF-8'],
  ['nothing in it', '', 'empty'],
])('a file with %s is refused', async (_name, text, said) => {
  await expect(read(text)).rejects.toThrow(said);
});
