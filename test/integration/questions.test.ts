/** The documented questions, asked through the read-only port, against counts by plain loops over the rows. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { QUESTIONS, type Question } from '../../src/analysts/questions.ts';
import { type Analysts, OTHER, OWN, startAnalysts } from '../support/analysts.ts';
import type { DataClick } from '../support/report-data.ts';

let analysts: Analysts;
const answered = new Set<string>();

beforeAll(async () => {
  analysts = await startAnalysts();
});

afterAll(async () => {
  await analysts?.stop();
});

async function ask(title: string, given: Record<string, string> = {}): Promise<Record<string, unknown>[]> {
  const question = QUESTIONS.find((one) => one.title.startsWith(title)) as Question;
  answered.add(question.title);
  const params = Object.fromEntries(
    question.parameters.map(({ name, example }) => [`param_${name}`, given[name] ?? example]),
  );
  const { status, text } = await analysts.ask(question.sql, {
    param_account_id: OWN,
    default_format: 'JSONEachRow',
    output_format_json_quote_64bit_integers: '0',
    ...params,
  });
  expect(status, text).toBe(200);
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.length, question.title).toBeGreaterThan(0);
  // Everything that comes back is explained, and nothing else.
  expect(Object.keys(rows[0])).toEqual(question.columns.map(({ name }) => name));
  return rows;
}

const clicks = (): DataClick[] => analysts.own.clicks;
const count = <T>(rows: readonly T[], is: (row: T) => boolean): number => rows.filter(is).length;
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
/** The first click with a campaign: the one that the sale is credited to. */
const sold = (): DataClick =>
  clicks()
    .filter((click) => click.is_first && click.campaign_id !== '')
    .toSorted((a, b) => a.clicked_at_ms - b.clicked_at_ms)[0] as DataClick;

const berlin = (time_ms: number, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', hourCycle: 'h23', ...options }).format(
    time_ms,
  );
const dayOf = (time_ms: number): string => berlin(time_ms, { dateStyle: 'short' });
const hourOf = (time_ms: number): number => Number(berlin(time_ms, { hour: 'numeric' }));

it('Which campaigns earn most?', async () => {
  const rows = await ask('Which campaigns earn');
  expect(rows[0]).toMatchObject({
    campaign_id: sold().campaign_id,
    revenue: { EUR: 40 },
    conversions: 1,
  });
  for (const row of rows) {
    const sent = count(analysts.own.sends, (send) => send.campaign_id === row['campaign_id']);
    const firsts = count(clicks(), (click) => click.campaign_id === row['campaign_id'] && click.is_first);
    expect(row).toMatchObject({ sent, clicks_unique: firsts, click_rate: firsts / sent });
    expect(row['message_cvr']).toBeCloseTo(Number(row['conversions']) / sent, 9);
    const { EUR: revenue = 0 } = row['revenue'] as { EUR?: number };
    expect((row['rpm'] as { EUR?: number }).EUR ?? 0).toBeCloseTo((revenue * 1_000) / sent, 5);
  }
});

it('names a campaign once its record has reached ClickHouse', async () => {
  const { campaign_id } = sold();
  const record = {
    key: `campaign:${OWN}:${campaign_id}`,
    value: JSON.stringify({ campaign_id, name: 'Autumn' }),
    version: '1',
    made_at: '2026-10-01 00:00:00',
    contact_id: '',
    expires_at: '2100-01-01 00:00:00',
  };
  const renamed = { ...record, value: JSON.stringify({ campaign_id, name: 'Winter' }), version: '2' };
  await analysts.clickhouse.insert({ table: 'trackly.records', values: [record], format: 'JSONEachRow' });
  await analysts.clickhouse.insert({ table: 'trackly.records', values: [renamed], format: 'JSONEachRow' });
  expect((await ask('Which campaigns earn'))[0]).toMatchObject({ campaign_id, campaign_name: 'Winter' });
  const { text } = await analysts.ask("SELECT name FROM report_catalog WHERE kind = 'campaign'");
  expect(text).toBe('Winter\n');
  // Nobody sees a name of another account.
  const foreign = { ...record, key: `campaign:${OTHER}:${campaign_id}` };
  await analysts.clickhouse.insert({ table: 'trackly.records', values: [foreign], format: 'JSONEachRow' });
  expect((await analysts.ask("SELECT name FROM report_catalog WHERE kind = 'campaign'")).text).toBe(
    'Winter\n',
  );
});

it.each(QUESTIONS)('answers as it is pasted: $title', async ({ sql }) => {
  const { status, text } = await analysts.ask(sql);
  expect(status, text).toBe(200);
});

it('Which campaigns are tapped at which hour?', async () => {
  const rows = await ask('Which campaigns are tapped');
  const people = clicks().filter((click) => click.verdict === 'human' && click.campaign_id !== '');
  const keys = unique(people.map((click) => `${hourOf(click.clicked_at_ms)} ${click.campaign_id}`));
  expect(rows).toHaveLength(keys.length);
  for (const row of rows) {
    const of = (click: DataClick): boolean =>
      hourOf(click.clicked_at_ms) === row['hour'] && click.campaign_id === row['campaign_id'];
    expect(row).toMatchObject({
      clicks_human: count(people, of),
      clicks_unique: count(people, (click) => of(click) && click.is_first),
    });
  }
});

it('On which day was money earned, and reported?', async () => {
  const { clicked_at_ms } = sold();
  expect(await ask('On which day')).toEqual([
    {
      click_day: dayOf(clicked_at_ms),
      conversion_day: dayOf(clicked_at_ms + 60_000),
      conversions: 1,
      revenue: { EUR: 40 },
    },
  ]);
});

it('What does each week of messages earn?', async () => {
  const rows = await ask('What does each week');
  const weeks = await ask('How many contacts');
  expect(rows.map(({ week, contacts }) => ({ week, contacts }))).toEqual(
    weeks.map(({ week, contacts }) => ({ week, contacts })),
  );
  const earned = rows.map((row) => row['revenue_7_days']).filter((one) => JSON.stringify(one) !== '{}');
  expect(earned).toEqual([{ EUR: 40 }]);
});

it('How many contacts of each week click?', async () => {
  const { sends } = analysts.own;
  const firsts = new Map<string, number>();
  for (const { contact_id, sent_at_ms } of sends) {
    if (contact_id !== '')
      firsts.set(contact_id, Math.min(sent_at_ms, firsts.get(contact_id) ?? Number.POSITIVE_INFINITY));
  }
  const weekOf = (at_ms: number): string => {
    const day = new Date(`${dayOf(at_ms)}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
    return day.toISOString().slice(0, 10);
  };
  const clickedWithin = (contact_id: string, days: number): boolean =>
    clicks().some(
      (click) =>
        click.is_first &&
        click.contact_id === contact_id &&
        click.clicked_at_ms < (firsts.get(contact_id) ?? 0) + days * 86_400_000,
    );
  const weeks = unique([...firsts.values()].map(weekOf)).toSorted();
  const expected = weeks.map((week) => {
    const contacts = [...firsts].filter(([, at_ms]) => weekOf(at_ms) === week).map(([id]) => id);
    return {
      week,
      contacts: contacts.length,
      clicked_in_7_days: count(contacts, (id) => clickedWithin(id, 7)),
      clicked_in_30_days: count(contacts, (id) => clickedWithin(id, 30)),
      is_ripe: Math.max(...contacts.map((id) => firsts.get(id) ?? 0)) + 30 * 86_400_000 < Date.now() ? 1 : 0,
    };
  });
  expect(await ask('How many contacts')).toEqual(expected);
});

it('Which networks send bots?', async () => {
  const rows = await ask('Which networks');
  const networks = unique(clicks().map(({ asn }) => asn));
  expect(rows.map(({ asn }) => asn).toSorted()).toEqual(networks.toSorted());
  for (const row of rows) {
    const of = clicks().filter(({ asn }) => asn === row['asn']);
    const bots = count(of, (click) => click.verdict === 'bot');
    expect(row).toEqual({
      ...{ asn: row['asn'], network: '', clicks_bot: bots, clicks_human: of.length - bots },
      bot_share: bots / of.length,
    });
  }
});

it('Which arm wins?', async () => {
  const { campaign_id } = sold();
  const rows = await ask('Which arm', { campaign_id });
  expect(rows.map((row) => row['variant_id']).toSorted()).toEqual(['a', 'b']);
  for (const row of rows) {
    const of = (one: { campaign_id: string; variant_id: string }): boolean =>
      one.campaign_id === campaign_id && one.variant_id === row['variant_id'];
    const sent = count(analysts.own.sends, of);
    const firsts = count(clicks(), (click) => of(click) && click.is_first);
    const rate = firsts / sent;
    expect(row).toMatchObject({ sent, clicks_unique: firsts, click_rate: rate });
    expect(row['margin']).toBeCloseTo(1.96 * Math.sqrt((rate * (1 - rate)) / sent), 10);
  }
});

it('How did each day go?', async () => {
  const days = unique([
    ...analysts.own.sends.map((send) => dayOf(send.sent_at_ms)),
    ...clicks().map((click) => dayOf(click.clicked_at_ms)),
  ]).toSorted();
  expect(await ask('How did each day')).toEqual(
    days.map((day) => {
      const of = (click: DataClick): boolean => dayOf(click.clicked_at_ms) === day;
      return {
        day,
        sent: count(analysts.own.sends, (send) => dayOf(send.sent_at_ms) === day),
        clicks_total: count(clicks(), of),
        clicks_bot: count(clicks(), (click) => of(click) && click.verdict === 'bot'),
        clicks_unique: count(clicks(), (click) => of(click) && click.is_first),
        conversions: of(sold()) ? 1 : 0,
        revenue: of(sold()) ? { EUR: 40 } : {},
      };
    }),
  );
});

it('How soon do people click?', async () => {
  for (const row of await ask('How soon')) {
    const delays = clicks()
      .filter((click) => click.is_first && click.campaign_id === row['campaign_id'])
      .map((click) => Math.floor(click.clicked_at_ms / 1_000) - Math.floor(click.sent_at_ms / 1_000))
      .toSorted((a, b) => a - b);
    const at = (share: number): number | undefined =>
      delays[Math.min(delays.length - 1, Math.floor(share * delays.length))];
    expect(row).toMatchObject({
      clicks_unique: delays.length,
      half_within_s: at(0.5),
      nine_of_ten_within_s: at(0.9),
    });
  }
});

it('At which hour should I send?', async () => {
  const clicked = new Set(clicks().flatMap((click) => (click.is_first ? [click.message_id] : [])));
  const hours = unique(analysts.own.sends.map((send) => hourOf(send.sent_at_ms))).toSorted((a, b) => a - b);
  expect(await ask('At which hour')).toEqual(
    hours.map((hour) => {
      const sends = analysts.own.sends.filter((send) => hourOf(send.sent_at_ms) === hour);
      const firsts = count(sends, (send) => clicked.has(send.message_id));
      return { hour, sent: sends.length, clicks_unique: firsts, click_rate: firsts / sends.length };
    }),
  );
});

it('Why were clicks judged bots?', async () => {
  const bots = count(clicks(), (click) => click.verdict === 'bot');
  expect(await ask('Why were')).toEqual([{ reason: 'isbot', clicks_bot: bots }]);
});

it('From which countries?', async () => {
  const people = clicks().filter((click) => click.verdict === 'human');
  const rows = await ask('From which');
  expect(rows.map(({ country }) => country).toSorted()).toEqual(
    unique(clicks().map(({ country }) => country)).toSorted(),
  );
  for (const row of rows) {
    const of = people.filter(({ country }) => country === row['country']);
    expect(row).toMatchObject({
      clicks_human: of.length,
      clicks_unique: count(of, (click) => click.is_first),
    });
  }
});

it('Which devices tap?', async () => {
  const people = clicks().filter((click) => click.verdict === 'human');
  const rows = await ask('Which devices');
  const keyOf = (row: object): string =>
    JSON.stringify(['device', 'os', 'browser', 'in_app'].map((name) => row[name as keyof typeof row]));
  expect(rows.map(keyOf).toSorted()).toEqual(unique(people.map(keyOf)).toSorted());
  for (const row of rows) {
    const of = people.filter((click) => keyOf(click) === keyOf(row));
    expect(row).toMatchObject({
      clicks_human: of.length,
      clicks_unique: count(of, (click) => click.is_first),
    });
    expect(row['share']).toBeCloseTo(of.length / people.length, 9);
  }
});

it('What did each offer earn?', async () => {
  const { offer_id, clicked_at_ms } = sold();
  expect(await ask('What did each offer')).toEqual([
    {
      day: dayOf(clicked_at_ms),
      offer_id,
      conversions: 1,
      revenue: { EUR: 40 },
      payout: { EUR: 2 },
    },
  ]);
});

it('Which conversions are credited to nothing?', async () => {
  expect(await ask('Which conversions')).toEqual([
    { reason: 'no_click', event: 'sale', reports: 1, amount: { '': 5 } },
  ]);
});

it('Who clicks most?', async () => {
  const people = clicks().filter((click) => click.verdict === 'human' && click.contact_id !== '');
  const expected = unique(people.map((click) => click.contact_id)).map((contact_id) => {
    const own = people.filter((click) => click.contact_id === contact_id);
    return {
      contact_id,
      clicks_unique: count(own, (click) => click.is_first),
      clicks_human: own.length,
      last_clicked_at: new Date(Math.max(...own.map((click) => click.clicked_at_ms)))
        .toISOString()
        .replace('T', ' ')
        .replace('Z', ''),
    };
  });
  const rows = await ask('Who clicks');
  expect(rows).toEqual(
    expected
      .toSorted(
        (a, b) =>
          b.clicks_unique - a.clicks_unique ||
          b.clicks_human - a.clicks_human ||
          (a.contact_id < b.contact_id ? -1 : 1),
      )
      .slice(0, 100),
  );
});

it('leaves no question out', () => {
  expect([...answered].toSorted()).toEqual(QUESTIONS.map(({ title }) => title).toSorted());
});
