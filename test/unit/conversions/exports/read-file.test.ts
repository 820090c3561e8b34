import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../../src/api/http/csv.ts';
import { EXPORT_FORMATS } from '../../../../src/conversions/exports/export-formats.ts';
import { type FileChoices, type FileLine, readFile } from '../../../../src/conversions/exports/read-file.ts';
import { SAMPLES } from './header-lines.ts';

const NOW_MS = Date.UTC(2026, 10, 28, 12);
const CHOICES: FileChoices = { named: {}, tz: 'UTC', currency: '' };

const opener = (csv: string | Buffer) => () => readCsv(Readable.from([Buffer.from(csv)]), 100);

async function read(csv: string | Buffer, choices: Partial<FileChoices> = {}): Promise<FileLine[]> {
  const file = await readFile(opener(csv), { ...CHOICES, ...choices });
  const lines: FileLine[] = [];
  for await (const group of file.lines(NOW_MS)) lines.push(...group);
  return lines;
}

const kinds = (lines: FileLine[]) => lines.map(({ row }) => row.kind);
const given = (line: FileLine | undefined) => (line?.row.kind === 'report' ? line.row.given : line?.row);
const problem = (line: FileLine | undefined) =>
  line !== undefined && 'problem' in line.row ? line.row.problem : '';

describe('exports of networks', () => {
  it('are sampled for every network of the table', () => {
    expect(SAMPLES.map(({ network }) => network)).toEqual(EXPORT_FORMATS.map(({ network }) => network));
  });

  it.each(SAMPLES)(
    '$network is recognised by its header line, and read',
    async ({ network, csv, first, second }) => {
      const { columns } = await readFile(opener(csv), CHOICES);
      expect(columns.format?.network).toBe(network);
      const [paid, other] = await read(csv);
      const { ts, ...report } = given(paid) as Record<string, string>;
      expect({ ...report, ts: new Date(Number(ts)).toISOString() }).toEqual({ click_id: 'C', ...first });
      if (second === 'rejected') expect(other?.row.kind).toBe('rejected');
      else expect(given(other)).toMatchObject({ event: 'refund', revenue: '4.00', txn_id: 'T1' });
    },
  );

  it('take another column for the amount where the caller says so', async () => {
    const [tune] = SAMPLES;
    const lines = await read(tune?.csv ?? '', { named: { revenue: 'sale amount' } });
    expect(given(lines[0])).toMatchObject({ revenue: '49.90', txn_id: 'E1', click_id: 'C' });
    const link = await read(tune?.csv ?? '', { named: { link_id: 'Partner Sub ID 1' } });
    expect(given(link[0])).not.toHaveProperty('click_id');
  });

  it('say which columns there are where a named one is missing', async () => {
    await expect(read('click_id,amount\nC,1\n', { named: { revenue: 'Amt' } })).rejects.toThrow(
      'no such column: it has "click_id" and "amount"',
    );
  });
});

describe('a file with our own names', () => {
  it.each([
    ['a comma', 'click_id,txn_id,revenue\nC,o-1,"1,234.56"\n'],
    ['a semicolon', 'click_id;txn_id;revenue\nC;o-1;1.234,56\n'],
    ['a tab', 'click_id\ttxn_id\trevenue\nC\to-1\t1,234.56\n'],
    ['a pipe', 'click_id|txn_id|revenue\nC|o-1|1234.56\n'],
    ['CRLF and a byte order mark', '\ufeffClick_ID,TXN_ID,Revenue\r\nC,o-1,"$1,234.56"\r\n'],
  ])('may be separated by %s', async (_name, csv) => {
    expect((await read(csv)).map(given)).toEqual([{ click_id: 'C', txn_id: 'o-1', revenue: '1234.56' }]);
  });

  it.each([
    ['more values than columns', 'click_id,txn_id,revenue\nC,o-1,1,234.56\n', /4 values.*"revenue"/],
    [
      'an amount that runs into the next column',
      'click_id,txn_id,revenue,note\nC,o-1,1,234.56\n',
      /"revenue" is 1.*1,234.56/,
    ],
    ['too few values', 'click_id,txn_id,revenue\nC,o-1\n', /2 values for 3 columns.*"revenue"/],
    ['a NUL', 'click_id,note,revenue\nC,a\0b,1\n', /"note" has a NUL/],
    ['an amount that is none', 'click_id,revenue\nC,many\n', /revenue is "many"/],
    ['a time that is none', 'click_id,revenue,ts\nC,1,yesterday\n', /ts is "yesterday"/],
    ['a negative lead', 'click_id,revenue,event\nC,-1,lead\n', /negative/],
    ['two currencies', 'click_id,revenue,currency\nC,€1,USD\n', /in EUR.*USD/],
  ])('names a line with %s', async (_name, csv, message) => {
    const [line] = await read(csv);
    expect(line).toMatchObject({ line: 2, row: { kind: 'bad' } });
    expect(problem(line)).toMatch(message);
  });

  it('may leave out values at the end that count for nothing', async () => {
    expect(given((await read('click_id,revenue,note\nC,1\n'))[0])).toEqual({
      click_id: 'C',
      revenue: '1.00',
    });
  });

  it('names a broken quote, and reads nothing behind it', async () => {
    const lines = await read('click_id,revenue\nA,1\nB,"2\nC,3\n');
    expect(kinds(lines)).toEqual(['report', 'bad']);
    expect(problem(lines[1])).toMatch(/Quote Not Closed.*nothing behind it/);
  });

  it('names bytes that are no UTF-8, however late', async () => {
    const text = `click_id,revenue,txn_id\n${'C,1,a\n'.repeat(500)}`;
    const lines = await read(Buffer.concat([Buffer.from(text), Buffer.from('C,1,\xe9\n', 'latin1')]));
    expect(lines.at(-1)).toMatchObject({ line: 502, row: { kind: 'bad' } });
    expect(problem(lines.at(-1))).toContain('"txn_id" is not UTF-8');
    await expect(read(Buffer.from('click_id,revenue\nC,1\n', 'utf16le'))).rejects.toThrow('UTF-16');
  });

  it('knows empty rows and rows of totals', async () => {
    const lines = await read('txn_id,click_id,revenue\na,C,1\n,,\nTotal,,10.00\nGrand total:,,10.00\n');
    expect(kinds(lines)).toEqual(['report', 'empty', 'total', 'total']);
  });

  it.each([
    ['(10.00)', { event: 'refund', revenue: '10.00' }],
    ['-10.00', { event: 'refund', revenue: '10.00' }],
    ['-$10.00', { event: 'refund', revenue: '10.00' }],
    ['£10', { revenue: '10.00', currency: 'GBP' }],
    ['10.00 USD', { revenue: '10.00', currency: 'USD' }],
    ['0.00-', { revenue: '0.00' }],
  ])('reads the amount %s', async (amount, report) => {
    expect(given((await read(`click_id,revenue\nC,${amount}\n`))[0])).toEqual({ click_id: 'C', ...report });
  });

  it('takes times without an offset in its own zone, and a date as that zone’s whole day', async () => {
    const csv =
      'click_id,revenue,time\nC,1,2026-11-20\nC,1,2026-11-20 20:00\nC,1,2026-11-20T20:00:00Z\nC,1,2026-11-28\n';
    const lines = await read(csv, { tz: 'America/New_York' });
    const spans = lines.map(({ row }) =>
      row.kind === 'report' ? row.span_ms?.map((ms) => new Date(ms).toISOString()) : [],
    );
    expect(spans).toEqual([
      ['2026-11-20T05:00:00.000Z', '2026-11-21T04:59:59.999Z'],
      ['2026-11-21T01:00:00.000Z', '2026-11-21T01:00:00.000Z'],
      ['2026-11-20T20:00:00.000Z', '2026-11-20T20:00:00.000Z'],
      ['2026-11-28T05:00:00.000Z', '2026-11-29T04:59:59.999Z'],
    ]);
    // The day that is not over yet.
    expect((given(lines[3]) as { ts: string }).ts).toBe(String(NOW_MS));
  });
});

describe('how a file writes its values is decided once', () => {
  it('by what can be read in one way only', async () => {
    const amounts = async (...list: string[]) =>
      (await read(`code;revenue\n${list.map((one) => `X;${one}\n`).join('')}`)).map(
        (line) => (given(line) as { revenue: string }).revenue,
      );
    expect(await amounts('1,049', '2,50')).toEqual(['1.049', '2.50']);
    expect(await amounts('1,049', '2.50')).toEqual(['1049.00', '2.50']);
    expect(await amounts('1.049', '2,50')).toEqual(['1049.00', '2.50']);
    expect(await amounts('1.049')).toEqual(['1.049']);
    const days = async (...list: string[]) =>
      (await read(`code;revenue;ts\n${list.map((one) => `X;1;${one}\n`).join('')}`)).map((line) =>
        new Date(Number((given(line) as { ts: string }).ts)).toISOString().slice(0, 10),
      );
    expect(await days('11/05/2026', '11/28/2026')).toEqual(['2026-11-05', '2026-11-28']);
    expect(await days('05/11/2026', '28/10/2026')).toEqual(['2026-11-05', '2026-10-28']);
    expect(await days('05.11.2026')).toEqual(['2026-11-05']);
  });

  it.each([
    ['an amount', 'code;revenue\nX;1,049\n', /line 2: "1,049" can be read in two ways.*decimal=/],
    ['a date', 'code;revenue;ts\nX;1;05/11/2026\n', /line 2: "05\/11\/2026".*day or the month.*dates=/],
    ['amounts that contradict each other', 'code;revenue\nX;1,50\nX;1.50\n', /can not both be amounts/],
    [
      'dates that contradict each other',
      'code;revenue;ts\nX;1;28/10/2026\nX;1;10/28/2026\n',
      /can not both be dates/,
    ],
  ])('and is asked where that is open: %s', async (_name, csv, message) => {
    await expect(read(csv)).rejects.toThrow(message);
  });

  it('by the caller', async () => {
    expect(given((await read('code;revenue\nX;1,049\n', { decimal: 'point' }))[0])).toMatchObject({
      revenue: '1049.00',
    });
    expect(given((await read('code;revenue\nX;1,049\n', { decimal: 'comma' }))[0])).toMatchObject({
      revenue: '1.049',
    });
  });
});
