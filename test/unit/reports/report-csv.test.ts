import { expect, it } from 'vitest';
import { csvOf } from '../../../src/reports/report-csv.ts';

async function csv(rows: Record<string, string | number | null>[]): Promise<string> {
  async function* groups() {
    yield rows;
  }
  let text = '';
  for await (const part of csvOf(['offer_id', 'name', 'sent', 'revenue'], groups())) text += part;
  return text;
}

it.each(['=HYPERLINK("x")', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])(
  'keeps %j from being read as a formula',
  async (name) => {
    const line = (await csv([{ offer_id: 'o', name, sent: 1, revenue: '0.00' }])).slice(
      'offer_id,name,sent,revenue\r\n'.length,
    );
    expect(line.replace(/^o,"?/, '').startsWith(`'${name.charAt(0)}`)).toBe(true);
  },
);

it('quotes commas, quotes and line breaks', async () => {
  expect(await csv([{ offer_id: 'a,b', name: 'x "y"\nz', sent: 2, revenue: '1.50' }])).toBe(
    'offer_id,name,sent,revenue\r\n"a,b","x ""y""\nz",2,1.50\r\n',
  );
});

it('leaves a missing name empty, and a negative amount a number', async () => {
  expect(await csv([{ offer_id: 'o', name: null, sent: 0, revenue: '-2.00' }])).toBe(
    'offer_id,name,sent,revenue\r\no,,0,-2.00\r\n',
  );
});

it('has its header when there are no rows', async () => {
  expect(await csv([])).toBe('offer_id,name,sent,revenue\r\n');
});
