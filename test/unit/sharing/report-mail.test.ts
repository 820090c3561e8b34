import { describe, expect, it } from 'vitest';
import { chatMessage } from '../../../src/sharing/chat-message.ts';
import { figuresOf } from '../../../src/sharing/figures.ts';
import type { ReadReport } from '../../../src/sharing/read-view-report.ts';
import { confirmMail, datesOfReport, reportCsv, reportMail } from '../../../src/sharing/report-mail.ts';

const report = (given: Partial<ReadReport> = {}): ReadReport => ({
  range: {
    from: '2026-11-23T00:00:00+01:00',
    to: '2026-11-30T00:00:00+01:00',
    tz: 'Europe/Berlin',
    range_by: 'sent',
    unfinished: 'conversions',
  },
  columns: ['sent', 'click_rate', 'revenue'],
  totals: { sent: 1_200, click_rate: 0.139, revenue: null },
  currencies: [
    { currency: 'EUR', revenue: '10.50' },
    { currency: 'USD', revenue: '3.00' },
  ],
  rows: [{ name: '=HYPERLINK("x") <b>', sent: 1_200, click_rate: 0.139, revenue: '10.50', currency: 'EUR' }],
  total_rows: 1,
  points: [],
  period: null,
  ...given,
});
const before = report({
  totals: { sent: 1_000, click_rate: 0.101, revenue: null },
  currencies: [{ currency: 'EUR', revenue: '21.00' }],
});
const text = {
  language: 'en',
  title: 'Week <1>',
  account_name: 'A & B',
  every: 'week',
  only_if: null,
  report: report(),
  before,
  url: 'https://c/',
} as const;

describe('figures', () => {
  it('have changes of rates in points, of counts and money in percent, and none where nothing was before', () => {
    expect(figuresOf(report(), before, 'en')).toEqual([
      { title: 'Sent', value: '1,200', change: '+20%' },
      { title: 'Click rate', value: '13.9%', change: '+3.8 points' },
      { title: 'Revenue, EUR', value: '€10.50', change: '-50%' },
      { title: 'Revenue, USD', value: '$3.00', change: '' },
    ]);
  });

  it('are of the days of the report, its last one included, or of its hour', () => {
    expect(datesOfReport(report(), 'en')).toBe('2026-11-23 to 2026-11-29');
    const { range } = report();
    expect(datesOfReport(report({ range: { ...range, from: '2026-11-29T00:00:00+01:00' } }), 'en')).toBe(
      '2026-11-29',
    );
    const hour = { from: '2026-11-29T14:00:00+01:00', to: '2026-11-29T15:00:00+01:00' };
    expect(datesOfReport(report({ range: { ...range, ...hour } }), 'en')).toBe('2026-11-29 14:00');
  });
});

describe('a mail', () => {
  const mail = reportMail(text, 'https://c/subscription#t');

  it('says the same in text and HTML, as text and not as markup', () => {
    for (const words of ['13.9%', '+3.8 points', 'Europe/Berlin', 'the week before', 'may still come'])
      for (const part of [mail.text, mail.html]) expect(part).toContain(words);
    expect(mail.html).toContain('Week &lt;1&gt;');
    expect(mail.html).toContain('=HYPERLINK(&quot;x&quot;) &lt;b&gt;');
    expect(mail.html).not.toMatch(/<b>|<script|<img|src=/);
    expect(mail.text).toContain('End these mails: https://c/subscription#t');
  });

  it('speaks the language of its readers, numbers included', () => {
    const german = reportMail({ ...text, language: 'de' }, 'https://c/subscription#t');
    expect(german.html).toContain('<html lang="de">');
    for (const words of [
      'Gesendet',
      '1.200',
      '13,9\u00a0%',
      '+3,8 Punkte',
      'der Woche davor',
      'Diese Mails beenden',
    ])
      for (const part of [german.text, german.html]) expect(part).toContain(words);
    expect(german.text).not.toMatch(/Sent|points|week|console/);
    const asked = confirmMail({ ...text, language: 'de' }, 'https://c/subscription#t');
    expect(asked.subject).toBe('Möchten Sie den Bericht „Week <1>“?');
    expect(asked.text).toContain('jede Woche');
  });

  it('of an alert begins with what came true, and says that it is told once', () => {
    const only_if = { measure: 'click_rate', is: 'above', value: 0.1, currency: '' } as const;
    const alert = reportMail({ ...text, only_if }, 'https://c/subscription#t');
    expect(alert.subject).toBe('Click rate above 10%: Week <1>: 2026-11-23 to 2026-11-29');
    expect(alert.text).toContain('You get this because of: Click rate above 10%.');
    expect(alert.text).toContain('looked at every week');
    const german = reportMail({ ...text, language: 'de', only_if }, 'https://c/subscription#t');
    expect(german.subject).toContain('Klickrate über 10\u00a0%');
  });

  it('has a file whose cells are no formulas', async () => {
    const [, row = ''] = (await reportCsv(report())).split('\r\n');
    expect(row).toBe(`"'=HYPERLINK(""x"") <b>",1200,0.139,10.50,EUR`);
  });
});

it('a message of a chat mentions nobody and leads nowhere by what somebody named', () => {
  const { text: plain, blocks } = chatMessage({ ...text, title: '<!channel> & <https://evil.example|x>' });
  expect(plain).toMatch(/^&lt;!channel&gt; &amp; &lt;https/);
  expect(JSON.stringify(blocks.slice(1))).not.toMatch(/<!|<https:\/\/evil/);
  expect(blocks).toHaveLength(4);
});
