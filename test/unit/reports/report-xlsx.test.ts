import { strFromU8, unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { xlsxOf } from '../../../src/reports/report-xlsx.ts';

async function sheetOf(
  columns: string[],
  groups: Record<string, string | number | null>[][],
): Promise<string> {
  const parts: Uint8Array[] = [];
  async function* given() {
    yield* groups;
  }
  for await (const part of xlsxOf(columns, given())) parts.push(part);
  const files = unzipSync(Buffer.concat(parts));
  expect(Object.keys(files)).toHaveLength(6);
  return strFromU8(files['xl/worksheets/sheet1.xml'] as Uint8Array);
}

it('writes numbers as numbers, rates as percent, and text as text that is no formula', async () => {
  const sheet = await sheetOf(
    ['name', 'sent', 'click_rate', 'revenue', 'currency'],
    [
      [{ name: '=1+1 <&> Zoë', sent: 1_200, click_rate: 0.139, revenue: '10.50', currency: 'EUR' }],
      [{ name: '007', sent: 0, click_rate: null, revenue: '', currency: '' }],
    ],
  );
  const rows = [...sheet.matchAll(/<row>(.*?)<\/row>/g)].map(([, cells]) => cells);
  const text = (words: string, style = 0): string =>
    `<c t="inlineStr" s="${style}"><is><t xml:space="preserve">${words}</t></is></c>`;
  expect(rows).toEqual([
    ['name', 'sent', 'click_rate', 'revenue', 'currency'].map((name) => text(name, 1)).join(''),
    `${text('=1+1 &lt;&amp;&gt; Zoë')}<c s="3"><v>1200</v></c><c s="2"><v>0.139</v></c><c s="0"><v>10.50</v></c>${text('EUR')}`,
    `${text('007')}<c s="3"><v>0</v></c><c/><c/><c/>`,
  ]);
});

it('leaves out what XML can not hold', async () => {
  expect(await sheetOf(['name'], [[{ name: 'a\u0000b\ud800c' }]])).toContain('>ab\ufffdc<');
});
