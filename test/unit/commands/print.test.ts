/** What commands print: tables that line up, nothing that a terminal obeys, and answers of a bounded length. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boundedJson } from '../../../src/commands/mcp-answers.ts';
import { shown, tableLines } from '../../../src/commands/print.ts';
import { limitOf, REPORTS, reportLines } from '../../../src/commands/report.ts';
import { messageOfRecord } from '../../../src/commands/send.ts';
import { gapOf, isEarlier, lineOf } from '../../../src/commands/tail.ts';
import { likely, storyLines } from '../../../src/commands/trace.ts';

it('shows a text of strangers as one line that a terminal does not obey', () => {
  expect(shown('a\u001b[2Jb\nc\u202ed\u0007')).toBe('a·[2Jb·c·d·');
  expect([shown(null), shown(undefined), shown(0), shown({ a: '\u001b' })]).toEqual([
    '',
    '',
    '0',
    '{"a":"\\u001b"}',
  ]);
  const line = lineOf('clicks', {
    clicked_at: '2026-11-20T10:00:01Z',
    verdict: 'human',
    is_first: 1,
    contact_id: '\u001b[31m',
  });
  expect(line).toBe('10:00:01  click  human  first  contact=·[31m');
});

it('lines up a table, numbers to the right', () => {
  const rows = [
    ['Ann', '5', '1.50%'],
    ['Ünal', '1200', ''],
  ];
  expect(tableLines(['name', 'sent', 'rate'], rows)).toEqual([
    'name  sent   rate',
    'Ann      5  1.50%',
    'Ünal  1200',
  ]);
});

it('says what a report has no rows of, and how many more there are', () => {
  const range = { from: '2026-11-01', to: '2026-11-02', tz: 'UTC' };
  expect(reportLines({ rows: [], range }, undefined)).toEqual(['nothing from 2026-11-01 to 2026-11-02']);
  const rows = [{ country: 'DE', share: 0.5, clicks: 2 }];
  expect(reportLines({ rows, total_rows: 9 }, undefined)).toEqual([
    'country   share  clicks',
    'DE       50.00%       2',
    '',
    '1 of 9 rows; --limit shows more',
  ]);
});

it('takes the columns of a CSV that are no property of a message as its fields', () => {
  expect(messageOfRecord({ contact_id: 'c', creative_id: '', city: 'Bonn', test: 'true', name: '' })).toEqual(
    {
      contact_id: 'c',
      fields: { city: 'Bonn' },
      test: true,
    },
  );
});

it('tells what an id may be of by its form', () => {
  expect(likely('aB3dE5g')).toEqual(['link', 'message', 'contact']);
  expect(likely('0VbtKXUu1hdx94eRQF4LZbx67BaQk')).toEqual(['click', 'message', 'contact']);
  expect(likely('cnv_1')).toEqual(['conversion', 'message', 'contact']);
  expect(likely('order 17')).toEqual(['message', 'contact']);
});

it('prints a story without what is empty', () => {
  const story = { link: { id: 'a', none: null }, clicks: [{ id: 'c1', at: '10:00' }], list: [], why: 'so' };
  expect(storyLines(story)).toEqual([
    '  why  so',
    '',
    'link',
    '  id  a',
    '',
    'clicks (1)',
    '  id  at',
    '  c1  10:00',
  ]);
});

describe('an answer for an assistant', () => {
  it('is whole where it is short', () => {
    expect(boundedJson({ rows: [1, 2] })).toBe('{"rows":[1,2]}');
  });

  it('has fewer rows where it is too long, and says how many there are', () => {
    const text = boundedJson(
      { rows: Array.from({ length: 100 }, (_, i) => ({ i })), totals: { sent: 7 } },
      400,
    );
    expect(text.length).toBeLessThanOrEqual(400);
    const { rows, totals, left_out } = JSON.parse(text);
    expect([rows[0], totals]).toEqual([{ i: 0 }, { sent: 7 }]);
    expect(left_out.rows).toBe(`the first ${rows.length} of 100 are shown: ask for less`);
  });

  it('is cut where no list makes it long', () => {
    expect(boundedJson({ text: 'x'.repeat(1_000) }, 100)).toMatch(/^\{"text":"x{91}… \(cut/);
  });
});

/** What a GET of a route may be asked for, as the generated client has it. */
function queryOf(path: string): string[] {
  const types = readFileSync(join(import.meta.dirname, '../../../src/client/openapi.ts'), 'utf8');
  const [, query = ''] = types.slice(types.indexOf(`'${path}': {`)).match(/query\?: \{([^}]*)\}/) ?? [];
  return [...query.matchAll(/^ +'?([\w.]+)'?\?:/gm)].map(([, name = '']) => name);
}

it.each(REPORTS)('asks the report %s for no parameter that it does not take', (name) => {
  const taken = queryOf(`/v2/reports/${name}`);
  expect(taken).toContain('from');
  expect(Object.keys(limitOf(name, 20)).filter((one) => !taken.includes(one))).toEqual([]);
});

it('asks the lists after a gap for what they take, and leaves out the clicks of others', () => {
  const filters = { campaign_id: 'cam_1', offer_id: 'o', message_id: 'm', verdict: 'bot', country: 'DE' };
  for (const kind of ['clicks', 'conversions'] as const) {
    const { asked } = gapOf(kind, { ...filters, contact_id: 'ann' }, '2026-11-01T00:00:00Z');
    const taken = queryOf(`/v2/${kind}`);
    expect(Object.keys(asked).filter((name) => !taken.includes(name))).toEqual([]);
  }
  const { only } = gapOf('clicks', filters, '');
  expect([{ message_id: 'm' }, { message_id: 'n' }].map(only)).toEqual([true, false]);
});

it('leaves out what was there before tail began, but not what reached the reports late', () => {
  const begun_ms = Date.parse('2026-11-20T10:00:00Z');
  const earlier = (row: object): boolean => isEarlier({ ...row }, begun_ms);
  const before = { clicked_at: '2026-11-20T09:59:59.999Z' };
  expect(earlier(before)).toBe(true);
  expect(earlier({ ...before, inserted_ms: begun_ms + 2_000 })).toBe(true);
  expect(earlier({ ...before, inserted_ms: begun_ms + 60_000 })).toBe(false);
  expect(earlier({ received_at: '2026-11-20T10:00:00Z', inserted_ms: begun_ms })).toBe(false);
  expect(isEarlier(before, 0)).toBe(false);
});
