/**
 * Rows as a workbook for Excel and its like (Office Open XML, ECMA-376), written as they come: numbers are numbers in
 * every language, rates are percent, text is text and never a formula. Memory does not grow with the rows. fflate
 * compresses, a group of rows at a time. Pure.
 */
import { Zip, ZipDeflate } from 'fflate';
import { MEASURES, type Measure } from './measures.ts';

type Value = string | number | null | undefined;

/** Of fflate, 0 to 9. 50,000 rows of six columns: 0.46 s and 0.98 MB; at 1 they take 0.44 s and 1.30 MB. */
const LEVEL = 6;
/** Excel takes no longer text in a cell. */
const TEXT_LENGTH_MAX = 32_767;

/** Places in `cellXfs` of STYLES. */
const STYLE = { plain: 0, head: 1, percent: 2, count: 3 } as const;

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** numFmtId 10 is `0.00%`, 3 is `#,##0`: built in, and shown as each language writes them. */
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="10" applyNumberFormat="1"/><xf numFmtId="3" applyNumberFormat="1"/></cellXfs></styleSheet>`;

const PARTS: readonly [name: string, text: string][] = [
  [
    '[Content_Types].xml',
    `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEET_TYPE}.styles+xml"/></Types>`,
  ],
  [
    '_rels/.rels',
    `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  [
    'xl/workbook.xml',
    `${XML}<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><sheets><sheet name="Report" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ],
  [
    'xl/_rels/workbook.xml.rels',
    `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${DOCUMENT}/styles" Target="styles.xml"/></Relationships>`,
  ],
  ['xl/styles.xml', STYLES],
];

export const XLSX_TYPE = `${SHEET_TYPE}.sheet`;

/** Yields the file in parts. */
export async function* xlsxOf(
  columns: readonly string[],
  groups: AsyncIterable<Record<string, Value>[]>,
): AsyncGenerator<Uint8Array> {
  const done: Uint8Array[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    done.push(part);
  });
  const open = (name: string): ZipDeflate => {
    const file = new ZipDeflate(name, { level: LEVEL });
    zip.add(file);
    return file;
  };
  for (const [name, text] of PARTS) open(name).push(Buffer.from(text), true);
  const sheet = open('xl/worksheets/sheet1.xml');
  const head = columns.map((name) => textCell(name, STYLE.head)).join('');
  sheet.push(
    Buffer.from(
      `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15" defaultColWidth="16"/><sheetData><row>${head}</row>`,
    ),
  );
  yield* done.splice(0);
  for await (const rows of groups) {
    sheet.push(Buffer.from(rows.map((row) => rowOf(columns, row)).join('')));
    yield* done.splice(0);
  }
  sheet.push(Buffer.from('</sheetData></worksheet>'), true);
  zip.end();
  yield* done.splice(0);
}

const rowOf = (columns: readonly string[], row: Record<string, Value>): string =>
  `<row>${columns.map((name) => cellOf(name, row[name])).join('')}</row>`;

/** Cells have no address: each stands behind the one before, so an empty one is written, too. */
function cellOf(name: string, value: Value): string {
  if (value === null || value === undefined || value === '') return '<c/>';
  const kind = Object.hasOwn(MEASURES, name) ? MEASURES[name as Measure] : undefined;
  if (kind === undefined || kind === 'currency' || !Number.isFinite(Number(value)))
    return textCell(String(value), STYLE.plain);
  const style = kind === 'rate' ? STYLE.percent : kind === 'count' ? STYLE.count : STYLE.plain;
  return `<c s="${style}"><v>${value}</v></c>`;
}

const textCell = (text: string, style: number): string =>
  `<c t="inlineStr" s="${style}"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Without what XML can't hold: control characters, and halves of pairs. */
const xmlText = (text: string): string =>
  text
    .slice(0, TEXT_LENGTH_MAX)
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign);
