/** Audiences on the real engine, held against an evaluator in plain loops; see ../support/audience-data.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AudienceQuestion } from '../../src/audiences/audience-query.ts';
import { definition } from '../../src/audiences/definition.ts';
import { explainContact, firstContacts, fitsOf, streamContacts } from '../../src/audiences/read-audience.ts';
import { createEntity } from '../../src/catalog/catalog-store.ts';
import {
  type AudienceData,
  audienceData,
  contactsByHand,
  insertAudienceData,
  randomDefinition,
  type Wanted,
} from '../support/audience-data.ts';
import { seededRandom } from '../support/report-data.ts';
import { ACCOUNT, type ReportsApi, startReportsApi } from '../support/reports-api.ts';

const OTHER_ACCOUNT = 'acc_other';
const CROWD_ACCOUNT = 'acc_crowd';
const CROWD = 200_000;
/** 1,000 take a minute on a quiet machine: `AUDIENCE_DEFINITIONS=1000`. */
const DEFINITIONS = Number(process.env['AUDIENCE_DEFINITIONS'] ?? 100);
/** As many as the engine has sessions that read. */
const AT_ONCE = 6;
const now_ms = Date.now();

let api: ReportsApi;
let data: AudienceData;
let everyone: string[];

beforeAll(async () => {
  api = await startReportsApi();
  data = audienceData(11, ACCOUNT, now_ms, 300);
  everyone = [...new Set(data.happenings.map(({ contact_id }) => contact_id))];
  await insertAudienceData(api.clickhouse, data);
  await insertAudienceData(api.clickhouse, audienceData(12, OTHER_ACCOUNT, now_ms, 60));
  const of = { name: 'x', status: 'active', created_at: new Date(now_ms).toISOString(), updated_at: '' };
  for (const n of [0, 1, 2, 3]) {
    for (const [kind, id] of [
      ['offer', `off_${n}`],
      ['creative', `cre_${n}`],
      ['campaign', `cam_${n}`],
    ] as const) {
      const entity = { ...of, account_id: ACCOUNT, [`${kind}_id`]: id, coupon_codes: [] };
      await createEntity(api.redis, kind, id, entity as never);
    }
  }
});

afterAll(() => api?.stop());

async function create(of: object, account_id = ACCOUNT): Promise<string> {
  const answer = await api.send('POST', '/v2/audiences', { name: 'A', definition: of }, account_id);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.json().audience_id;
}

/** Whether the explanation of a contact, and of each condition in it, agrees with the evaluator. */
async function expectExplained(
  question: AudienceQuestion,
  wanted: Wanted,
  contact_id: string,
): Promise<void> {
  const isIn = (part: object): boolean => contactsByHand(data, part, now_ms).includes(contact_id);
  const explanation = await explainContact(api.clickhouse, question, contact_id);
  const why = `${contact_id} in ${JSON.stringify(wanted)}`;
  expect(explanation.in_audience, why).toBe(isIn(wanted));
  expect(explanation.known, why).toBe(everyone.includes(contact_id));
  for (const { path, holds } of explanation.known ? explanation.because : []) {
    const names = path.split('.');
    const condition = names.reduce((part: unknown, name) => (part as Record<string, unknown>)[name], wanted);
    expect(holds, why).toBe(isIn({ [names.at(-1) ?? '']: condition }));
  }
}

it(`is what the evaluator says on ${DEFINITIONS} random definitions, and each contact's reasons agree`, async () => {
  const random = seededRandom(2026);
  const definitions = Array.from({ length: DEFINITIONS }, (_, i) =>
    randomDefinition(random, data, now_ms, i % 4),
  );
  let telling = 0;
  const check = async (wanted: Wanted, i: number): Promise<void> => {
    const question = { account_id: ACCOUNT, definition: definition.parse(wanted), as_of_ms: now_ms };
    const expected = contactsByHand(data, wanted, now_ms);
    const found = await firstContacts(api.clickhouse, question, 10_000);
    expect(found, JSON.stringify(wanted)).toEqual(expected);
    if (expected.length > 0 && expected.length < everyone.length) telling++;
    if (i % 20 !== 0) return;
    for (const contact_id of [everyone[i % everyone.length] ?? '', expected[0] ?? 'nobody']) {
      await expectExplained(question, wanted, contact_id);
    }
  };
  for (let from = 0; from < DEFINITIONS; from += AT_ONCE) {
    await Promise.all(definitions.slice(from, from + AT_ONCE).map((wanted, i) => check(wanted, from + i)));
  }
  expect(telling).toBeGreaterThan(DEFINITIONS / 2);
  const parsed = definitions.map((wanted) => definition.parse(wanted));
  const of = { account_id: ACCOUNT, as_of_ms: now_ms };
  for (const contact_id of [...everyone.slice(0, 10), 'nobody']) {
    const fits = await fitsOf(api.clickhouse, of, parsed, contact_id);
    const expected = definitions.map((wanted) => contactsByHand(data, wanted, now_ms).includes(contact_id));
    expect(fits, contact_id).toEqual(expected);
  }
}, 600_000);

describe('an audience', () => {
  it('is kept, listed, changed, counted and read by the API', async () => {
    const wanted = { all: [{ clicked: { link_key: 'link1' } }, { did_not_convert: {} }] };
    const expected = contactsByHand(data, wanted, now_ms);
    expect(expected.length).toBeGreaterThan(10);
    const id = await create(wanted);
    expect(id).toMatch(/^aud_[0-9A-Za-z]{14}$/);
    expect((await api.get(`/v2/audiences/${id}`)).json()).toMatchObject({
      audience_id: id,
      name: 'A',
      definition: wanted,
      status: 'active',
      metadata: {},
    });
    expect((await api.get('/v2/audiences')).json()).toMatchObject({
      audiences: [{ audience_id: id }],
      total: 1,
    });

    const counted = (await api.get(`/v2/audiences/${id}/count`)).json();
    expect(counted).toEqual({ contacts: expected.length, as_of: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect((await api.send('POST', '/v2/audiences/count', { definition: wanted })).json().contacts).toBe(
      expected.length,
    );

    const lines = await api.get(`/v2/audiences/${id}/contacts`);
    expect(lines.headers['content-type']).toBe('application/x-ndjson');
    expect(lines.text).toBe(expected.map((contact_id) => `${JSON.stringify({ contact_id })}\n`).join(''));
    const csv = await api.get(`/v2/audiences/${id}/contacts`, { format: 'csv' });
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.text.split('\r\n').slice(0, -1)).toHaveLength(expected.length + 1);

    const changed = await api.send('PATCH', `/v2/audiences/${id}`, { definition: { converted: {} } });
    expect(changed.json()).toMatchObject({ name: 'A', definition: { converted: {} } });
    expect((await api.get(`/v2/audiences/${id}/count`)).json().contacts).toBe(
      contactsByHand(data, { converted: {} }, now_ms).length,
    );
  });

  it('shows its first contacts with what they did', async () => {
    const id = await create({ clicked: {} });
    const { contacts } = (await api.get(`/v2/audiences/${id}/preview`, { limit: '100' })).json();
    const expected = contactsByHand(data, { clicked: {} }, now_ms).slice(0, 100);
    expect(contacts.map((one) => one.contact_id)).toEqual(expected);
    for (const one of contacts) {
      const own = data.happenings.filter(({ contact_id }) => contact_id === one.contact_id);
      const of = (kind: string): number[] =>
        own
          .filter((each) => each.kind === kind && (kind !== 'conversions' || each.counts))
          .map((each) => each.at_ms);
      const last = (times: number[]): string =>
        times.length === 0 ? '' : new Date(Math.max(...times)).toISOString();
      const money = Map.groupBy(
        own.filter(({ kind }) => kind === 'conversions'),
        ({ currency }) => currency,
      );
      expect(one).toEqual({
        contact_id: one.contact_id,
        sent: of('sends').length,
        last_sent_at: last(of('sends')),
        clicks: of('clicks').length,
        last_clicked_at: last(of('clicks')),
        conversions: of('conversions').length,
        last_converted_at: last(of('conversions')),
        revenue: [...money]
          .map(([currency, list]) => ({
            currency,
            amount: (list.reduce((sum, { cents }) => sum + cents, 0) / 100).toFixed(2),
          }))
          .sort((a, b) => a.currency.localeCompare(b.currency)),
        because: [{ path: 'clicked', condition: {}, observed: { count: of('clicks').length }, holds: true }],
      });
    }
    const definition = { clicked: {} };
    const unsaved = await api.send('POST', '/v2/audiences/preview', { definition, limit: 3 });
    expect(unsaved.json().contacts).toEqual(contacts.slice(0, 3));
  });

  it('says why a contact is in it or not, whatever its id', async () => {
    const wanted = {
      all: [
        { clicked: { at_least: 2 } },
        { not: { converted: { revenue: { at_most: '-1', currency: 'EUR' } } } },
      ],
    };
    const id = await create(wanted);
    const expected = contactsByHand(data, wanted, now_ms);
    for (const contact_id of [
      "o'hara",
      '=1+1',
      'a "b", c',
      'back\\slash',
      'tab\\t',
      'ünï{p:String}',
      '?&/ %',
    ]) {
      const answer = await api.get(`/v2/audiences/${id}/contacts/${encodeURIComponent(contact_id)}`);
      const own = data.happenings.filter((one) => one.contact_id === contact_id);
      const euros = own.filter(({ kind, currency }) => kind === 'conversions' && currency === 'EUR');
      const clicks = own.filter(({ kind }) => kind === 'clicks').length;
      expect(answer.json()).toMatchObject({
        contact_id,
        known: true,
        in_audience: expected.includes(contact_id),
        because: [
          {
            path: 'all.0.clicked',
            condition: { at_least: 2 },
            observed: { count: clicks },
            holds: clicks >= 2,
          },
          {
            path: 'all.1.not.converted',
            observed: {
              count: euros.filter(({ counts }) => counts).length,
              revenue: {
                currency: 'EUR',
                amount: (euros.reduce((sum, { cents }) => sum + cents, 0) / 100).toFixed(2),
              },
            },
          },
        ],
      });
    }
    expect((await api.get(`/v2/audiences/${id}/contacts/nobody-here`)).json()).toMatchObject({
      known: false,
      in_audience: false,
    });
  });

  it('of another account is not there', async () => {
    const id = await create({ clicked: {} });
    for (const path of ['', '/count', '/preview', '/contacts', '/contacts/x']) {
      const answer = await api.get(`/v2/audiences/${id}${path}`, {}, OTHER_ACCOUNT);
      expect([answer.status, answer.json().error]).toEqual([404, 'not_found']);
    }
    const others = await api.send(
      'POST',
      '/v2/audiences/count',
      { definition: { was_sent: {} } },
      'acc_none',
    );
    expect(others.json().contacts).toBe(0);
  });

  it.each([
    [{ clicked: { offer_id: 'off_9' } }, /clicked\.offer_id: there is no offer off_9/],
    [
      { not: { was_sent: { campaign_id: 'cam_9' } } },
      /not\.was_sent\.campaign_id: there is no campaign cam_9/,
    ],
    [
      { any: [{ converted: { creative_id: 'cre_9' } }] },
      /any\.0\.converted\.creative_id: there is no creative cre_9/,
    ],
  ])('that names what the account does not have is refused: %j', async (wanted, message) => {
    for (const [path, body] of [
      ['/v2/audiences', { name: 'A', definition: wanted }],
      ['/v2/audiences/count', { definition: wanted }],
    ] as const) {
      const answer = await api.send('POST', path, body);
      expect(answer.json()).toMatchObject({
        error: 'invalid_request',
        message: expect.stringMatching(message),
      });
    }
  });
});

describe('a download', () => {
  let id: string;

  beforeAll(async () => {
    await api.clickhouse.command({
      query: `INSERT INTO trackly.sends (account_id, message_id, contact_id, sent_at, logged_at, expires_at)
        SELECT '${CROWD_ACCOUNT}', toString(number), leftPad(toString(number), 8, '0'), now64(3), now64(3),
          toDateTime('2099-01-01 00:00:00', 'UTC') FROM numbers(${CROWD})`,
    });
    id = await create({ did_not_click: {} }, CROWD_ACCOUNT);
  });

  it('holds every contact once, in order', async () => {
    const { text } = await api.get(`/v2/audiences/${id}/contacts`, { format: 'csv' }, CROWD_ACCOUNT);
    const contacts = text.trimEnd().split('\r\n').slice(1);
    expect(contacts).toHaveLength(CROWD);
    expect(contacts.every((one, i) => Number(one) === i)).toBe(true);
  });

  it('comes in groups, and ends the query when its reader leaves', async () => {
    const question = { account_id: CROWD_ACCOUNT, definition: { did_not_click: {} }, as_of_ms: Date.now() };
    // More often than the engine has sessions: none is held.
    for (let times = 0; times <= AT_ONCE; times++) {
      for await (const rows of await streamContacts(api.clickhouse, question)) {
        expect(rows.length).toBeLessThan(CROWD / 2);
        break;
      }
    }
  });

  it('is refused while others hold all places, and has its place again afterwards', async () => {
    const read = () => api.get(`/v2/audiences/${id}/contacts`, {}, CROWD_ACCOUNT);
    const statuses = (await Promise.all(Array.from({ length: 12 }, read))).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect((await read()).status).toBe(200);
  });
});

it('answers 503 while ClickHouse is down, and is still kept', async () => {
  const id = await create({ clicked: {} });
  await api.stopClickHouse();
  for (const path of ['/count', '/preview', '/contacts', '/contacts/x']) {
    const answer = await api.get(`/v2/audiences/${id}${path}`);
    expect([path, answer.status, answer.json().error]).toEqual([path, 503, 'unavailable']);
  }
  expect((await api.get(`/v2/audiences/${id}`)).status).toBe(200);
  expect((await api.send('PATCH', `/v2/audiences/${id}`, { status: 'archived' })).status).toBe(200);
});
