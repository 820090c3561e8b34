/** The guide's tables of limits are what src/access/limits/bounds.ts and the API's bounds say. */
import { expect, it } from 'vitest';
import {
  ANALYST_CONNECTIONS,
  API_CONNECTIONS,
  AT_ONCE,
  REQUESTS,
  STATEMENTS,
  WRONG_KEYS,
} from '../../../src/access/limits/bounds.ts';
import { HEAD_BYTES_MAX } from '../../../src/analysts/listener.ts';
import { BODY_BOUNDS } from '../../../src/api/http/bound-bodies.ts';
import { OPEN_EACH_MAX } from '../../../src/bots/rejudgement.ts';
import { readDocument } from '../../support/documents.ts';

const guide = readDocument('src/guides/api-limits.md');
/** Cells of the row whose first cell begins with `bound`. */
function row(bound: string): string[] {
  const line = guide.split('\n').find((text) => text.startsWith(`| ${bound}`));
  if (line === undefined) throw new Error(`the guide has no row "${bound}"`);
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
const n = (value: number): string => value.toLocaleString('en-US');
const s = (ms: number): string => `${ms / 1_000} s`;

it('has a row for each limit of what is answered at the same time', () => {
  for (const { what, all_max, account_max, key_max } of Object.values(AT_ONCE)) {
    expect(row(what)).toEqual([what, n(all_max), n(account_max), n(key_max), '`429`']);
  }
});

it('says how many requests, rejudgements and statements there may be', () => {
  const { window_s, account_max, key_max } = REQUESTS;
  expect(window_s).toBe(60);
  expect(row('requests in a minute').slice(2, 4)).toEqual([
    `${n(account_max)}, or its \`requests_per_minute\``,
    n(key_max),
  ]);
  expect(row('rejudgements that wait')[2]).toBe(n(OPEN_EACH_MAX));
  const { running_max, running_each_max, waiting_max, waiting_each_max, wait_ms_max } = STATEMENTS;
  expect(row('statements of analysts')).toEqual([
    `statements of analysts: running; waiting, up to ${s(wait_ms_max)}`,
    `${running_max}; ${waiting_max}`,
    `${running_each_max}; ${waiting_each_max}`,
    '',
    '`503`',
  ]);
});

it('says what is taken before it is known who asks', () => {
  const { open_bytes_max, open_ms_max, whole_ms_max, silent_ms_max, refused_bytes_max } = BODY_BOUNDS;
  expect(row('body of a route')[1]).toBe(`${open_bytes_max / 1024} kB; ${s(open_ms_max)}`);
  expect(row('time for another body')[1]).toBe(`${s(whole_ms_max)}; ${s(silent_ms_max)}`);
  expect(row('a refused body')[1]).toBe(`${refused_bytes_max / 1024} KiB`);
  expect(row('connections of the API')[1]).toBe(
    `${n(API_CONNECTIONS.connections_max)}; ${n(ANALYST_CONNECTIONS.connections_max)}`,
  );
  expect(row('head of a request')[1]).toBe(
    `${s(API_CONNECTIONS.headers_ms_max)}; 16 KiB; ${HEAD_BYTES_MAX / 1024} KiB`,
  );
  expect(row('wrong keys of an address')[1]).toBe(n(WRONG_KEYS.each_max));
  expect(WRONG_KEYS.window_ms).toBe(60_000);
});
