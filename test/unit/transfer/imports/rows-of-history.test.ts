/** Rows of other products as rows of the tables. */
import { describe, expect, it } from 'vitest';
import { Agents } from '../../../../src/clicks/agent.ts';
import { resolveImportColumns } from '../../../../src/transfer/imports/import-columns.ts';
import {
  clickOf,
  conversionOf,
  type History,
  sendOf,
} from '../../../../src/transfer/imports/rows-of-history.ts';

const NOW_MS = Date.UTC(2026, 10, 29);

const historyOf = (header: string, kind: 'clicks' | 'sends' | 'conversions', currency = ''): History => ({
  ...{ account_id: 'acc_a', import_id: 'imp_1', now_ms: NOW_MS, own_domain: 'localhost' },
  columns: resolveImportColumns(header.split(','), { kind, preset: undefined, named: {} }),
  style: { decimal: 'point', dates: 'mdy', tz: 'Europe/Berlin', currency, domain: 'go.example' },
  agents: new Agents(10),
  ...{ clicks_s: 100, sends_s: 200, ip_storage: 'full' },
  entityOf: (kind_of, text) => (text === 'Autumn' ? `${kind_of}_1` : text),
});
const rowOf = (text: string) => ({ line: 2, values: text.split(','), link: undefined });

describe('clickOf', () => {
  const history = historyOf('time,click_id,code,campaign,user_agent,ip,verdict', 'clicks');
  const click = (text: string) => clickOf(history, rowOf(text));

  it('reads times in the zone of the file, and names of the catalog', () => {
    const { click: one, expires_at_s } = click('2026-07-01 10:00:00,k1,spring,Autumn,,198.51.100.1,');
    expect([one.clicked_at_ms, one.campaign_id]).toEqual([Date.UTC(2026, 6, 1, 8), 'campaign_1']);
    expect(expires_at_s).toBe(Date.UTC(2026, 6, 1, 8) / 1_000 + 100);
    expect(one.click_id).toMatch(/^[0-9A-Za-z]{29}$/);
  });

  it('keeps the verdict of the source, and else believes the user agent', () => {
    const verdict = (agent: string, bot: string) =>
      click(`2026-07-01,k1,spring,x,${agent},,${bot}`).judged.verdict;
    expect(['1', 'true', 'bot'].map((bot) => verdict('', bot))).toEqual(['bot', 'bot', 'bot']);
    expect([verdict('curl/8.0', ''), verdict('curl/8.0', '0'), verdict('', '')]).toEqual([
      'bot',
      'human',
      'human',
    ]);
  });

  it('knows a row by the id of its source, or by all that it says', () => {
    const key = (text: string) => click(text).staged.row_key;
    expect(key('2026-07-01,k1,a,,,,')).toBe(key('2026-07-02,k1,b,,,,'));
    expect(key('2026-07-01,,a,,,,')).not.toBe(key('2026-07-02,,a,,,,'));
    expect(key('2026-07-01,,a,,,,')).toMatch(/^c/);
  });

  it.each([
    ['', 'invalid_time'],
    ['soon', 'invalid_time'],
    ['1999-12-31', 'invalid_time'],
    ['2026-12-24', 'invalid_time'],
  ])('refuses the time %j', (time, code) => {
    expect(() => click(`${time},k1,a,,,,`)).toThrow(expect.objectContaining({ code }));
  });
});

it('makes an id for a message that has none, and counts its offer', () => {
  const history = historyOf('time,contact_id,offer,country', 'sends');
  const { send } = sendOf(history, rowOf('2026-07-01,c1,Shoes,DE'));
  expect(send.message_id).toMatch(/^imp_c/);
  expect(send.links).toEqual([{ link_key: 'link1', link_id: expect.any(String), offer_id: 'Shoes' }]);
  expect(send.fields).toEqual({ country: 'DE' });
});

describe('conversionOf', () => {
  const header = 'time,event,txn_id,revenue,payout,currency';
  const booked = (text: string, currency = '') =>
    conversionOf(historyOf(header, 'conversions', currency), rowOf(text));

  it.each([
    ['2026-07-01,sale,t1,49.90,5,EUR', [1, '49.9', '0', '5']],
    ['2026-07-01,refund,t1,9.90,,EUR', [0, '0', '9.9', '0']],
    ['2026-07-01,sale,t1,-9.90,,EUR', [0, '0', '9.9', '0']],
    ['2026-07-01,lead,t1,,,', [1, '0', '0', '0']],
  ])('books %s', (text, wanted) => {
    const { line } = booked(text);
    expect(
      [line.conversions, line.sales, line.refunds, line.payout].map((one) =>
        typeof one === 'string' ? String(Number(one)) : one,
      ),
    ).toEqual(wanted);
    expect(line.status).toBe('attributed');
  });

  it('takes the currency of the request, and asks for one where there is an amount', () => {
    expect(booked('2026-07-01,sale,t1,1,,', 'USD').line.currency).toBe('USD');
    expect(() => booked('2026-07-01,sale,t1,1,,')).toThrow(/currency/);
    expect(() => booked('2026-07-01,void,t1,1,,EUR')).toThrow(/event is none/);
  });
});
