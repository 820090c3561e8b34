import { describe, expect, it } from 'vitest';
import { type CsvFor, csvOf } from '../../../src/reports/report-csv.ts';

const HEADER = 'offer_id,name,sent,revenue\r\n';
const FOR_PEOPLE: CsvFor = { reader: 'people' };

async function csv(
  rows: Record<string, string | number | null>[],
  options: CsvFor = FOR_PEOPLE,
): Promise<string> {
  async function* groups() {
    yield rows;
  }
  let text = '';
  for await (const part of csvOf(['offer_id', 'name', 'sent', 'revenue'], groups(), options)) text += part;
  return text;
}

const named = async (name: string, options?: CsvFor): Promise<string> =>
  (await csv([{ offer_id: 'o', name, sent: 1, revenue: '0.00' }], options)).slice(HEADER.length);

describe('a file for people', () => {
  it.each(['=HYPERLINK("x")', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])(
    'keeps %j from being read as a formula',
    async (name) => {
      expect(await named(name)).toBe(`o,"'${name.replaceAll('"', '""')}",1,0.00\r\n`);
    },
  );

  it.each([
    ['x;=1+1', "x;'=1+1"],
    ['x\t=1+1', "x\t'=1+1"],
    ['x|@SUM(A1);-2', "x|'@SUM(A1);'-2"],
    ['x\n=1', "x\n'=1"],
  ])('does so behind the separators of other languages: %j', async (name, text) => {
    expect(await named(name)).toBe(`o,"${text}",1,0.00\r\n`);
  });

  it('quotes what a spreadsheet of some language could split', async () => {
    expect(await csv([{ offer_id: 'a,b', name: 'x "y"\nz', sent: 2, revenue: '1.50' }])).toBe(
      `${HEADER}"a,b","x ""y""\nz",2,1.50\r\n`,
    );
    expect(await named('a;b')).toBe('o,"a;b",1,0.00\r\n');
    expect(await named('Übung 2.1/a')).toBe('o,Übung 2.1/a,1,0.00\r\n');
  });

  it('leaves a missing name empty, and a negative amount a number', async () => {
    expect(await csv([{ offer_id: 'o', name: null, sent: 0, revenue: '-2.00' }])).toBe(
      `${HEADER}o,,0,-2.00\r\n`,
    );
  });

  it('has its header when there are no rows, and a byte order mark for Excel where that is wanted', async () => {
    expect(await csv([])).toBe(HEADER);
    expect(await csv([], { reader: 'people', bom: true })).toBe(`\ufeff${HEADER}`);
  });
});

it('a file for machines has every value as it is', async () => {
  const machines: CsvFor = { reader: 'machines' };
  expect(await named('+4915112345678', machines)).toBe('o,+4915112345678,1,0.00\r\n');
  expect(await named('=1;"x", y', machines)).toBe('o,"=1;""x"", y",1,0.00\r\n');
});
