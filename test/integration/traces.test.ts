import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entityKey } from '../../src/catalog/definitions.ts';
import { ClickIds } from '../../src/clicks/click-id.ts';
import { encodeLink, linkKey } from '../../src/links/link.ts';
import { partitionTag } from '../../src/log/keys.ts';
import { partitionOf } from '../../src/log/partitions.ts';
import { keysOf } from '../support/installation-keys.ts';
import { type Data, type DataClick, type DataSend, insertData, randomData } from '../support/report-data.ts';
import { ACCOUNT, type ReportsApi, startReportsApi } from '../support/reports-api.ts';

const click_ids = new ClickIds(keysOf());

const OTHER_ACCOUNT = 'acc_other';
const SENT_MS = Date.parse('2026-10-24T10:00:00.250Z');

let api: ReportsApi;
let data: Data;

/** One contact, two links to two offers, five clicks: a bot, the first, its repeat, the other offer's first. */
const send: DataSend = {
  account_id: ACCOUNT,
  message_id: 'msg/ü 1',
  contact_id: 'contact_x',
  creative_id: 'cre_1',
  campaign_id: 'cam_1',
  variant_id: 'a',
  sent_at_ms: SENT_MS,
  links: [
    { link_key: 'link1', link_id: 'AAAAAA1', offer_id: 'off_1' },
    { link_key: 'link2', link_id: 'AAAAAA2', offer_id: 'off_2' },
  ],
};

function click(link: number, after_ms: number, flags: Partial<DataClick> = {}): DataClick {
  const { links, ...message } = send;
  const clicked_at_ms = SENT_MS + after_ms;
  const place = links[link] as DataSend['links'][number];
  return {
    ...message,
    ...place,
    click_id: click_ids.create(clicked_at_ms, place.link_id),
    clicked_at_ms,
    verdict: 'human',
    is_first: false,
    is_first_for_offer: false,
    ...flags,
  };
}

const bot = click(0, 1_001, { verdict: 'bot' });
const first = click(0, 5_002, { is_first: true, is_first_for_offer: true });
const repeat = click(0, 9_003);
const second = click(1, 12_004, { is_first_for_offer: true });
const outside: DataClick = {
  ...click(0, 20_000, { is_first: true, is_first_for_offer: true }),
  message_id: '',
  campaign_id: '',
  variant_id: '',
  creative_id: '',
  link_key: '',
  offer_id: '',
  link_id: 'AAAAAA3',
};

beforeAll(async () => {
  api = await startReportsApi();
  data = randomData(9, ACCOUNT, 1_500);
  await insertData(
    api.clickhouse,
    { sends: [...data.sends, send], clicks: [...data.clicks, second, repeat, first, bot, outside] },
    'own',
  );
  await insertData(api.clickhouse, randomData(10, OTHER_ACCOUNT, 200), 'other');
  await api.redis.set(entityKey('offer', ACCOUNT, 'off_1'), JSON.stringify({ name: 'Shoes' }));
  await api.redis.set(entityKey('campaign', ACCOUNT, 'cam_1'), JSON.stringify({ name: 'Autumn' }));
});

afterAll(() => api.stop());

async function storeLink(
  link_id: string,
  changes: { account_id?: string; disabled?: boolean; expires_at_ms?: number } = {},
) {
  const { links, ...message } = send;
  const stored = {
    ...message,
    link_id,
    link_key: 'link1',
    domain: '',
    offer_id: 'off_1',
    url: '',
    fields: {},
    expires_at_ms: 0,
    disabled: false,
  };
  await api.redis.set(linkKey(link_id), encodeLink({ ...stored, ...changes }));
}

describe('an id that is not the caller’s', () => {
  it('of a click, a link or a message is 404, as one that nobody has', async () => {
    await storeLink('BBBBBB1', { account_id: OTHER_ACCOUNT });
    const paths = [
      `/v2/clicks/${first.click_id}`,
      `/v2/links/${first.link_id}`,
      `/v2/messages/${encodeURIComponent(send.message_id)}`,
    ] as const;
    for (const path of paths) {
      expect((await api.get(path)).status).toBe(200);
      const answer = await api.get(path, {}, OTHER_ACCOUNT);
      expect([answer.status, answer.json().error]).toEqual([404, 'not_found']);
    }
    expect((await api.get('/v2/links/BBBBBB1')).status).toBe(404);
    for (const path of [
      '/v2/clicks/x',
      `/v2/clicks/${click_ids.create(SENT_MS, 'AAAAAA1')}`,
      '/v2/links/AAAAAAA',
      '/v2/messages/none',
    ]) {
      expect((await api.get(path)).status, path).toBe(404);
    }
  });

  it.each([
    "' OR 1=1 --",
    'zzzzzzzzzzzzzzzzzzzzzz',
    '00000000000000000000\\',
    '{id:String}',
    '%00',
    'ÄÖÜÄÖÜÄ',
  ])('such as %s is 404', async (id) => {
    for (const kind of ['clicks', 'links', 'messages']) {
      expect((await api.get(`/v2/${kind}/${encodeURIComponent(id)}`)).status).toBe(404);
    }
  });

  it('that is too long is 400', async () => {
    expect((await api.get(`/v2/messages/${'x'.repeat(129)}`)).status).toBe(400);
  });
});

describe('a click', () => {
  it('tells its verdict, who it is, and that it is the first', async () => {
    const story = (await api.get(`/v2/clicks/${first.click_id}`)).json();
    expect(story).toMatchObject({
      click: {
        click_id: first.click_id,
        clicked_at: '2026-10-24T10:00:05.252Z',
        sent_at: '2026-10-24T10:00:00.250Z',
        contact_id: 'contact_x',
        ip: '192.0.2.7',
        headers: { accept: '*/*' },
        verdict: 'human',
        bot_reasons: [],
        rules_version: '1',
        batch: 'clicks-own',
      },
      first_click: {
        is_first: true,
        is_first_for_offer: true,
        first_click_id: first.click_id,
        first_click_id_for_offer: first.click_id,
      },
      names: { offer: 'Shoes', creative: null, campaign: 'Autumn' },
      link_url: '/v2/links/AAAAAA1',
      message_url: '/v2/messages/msg%2F%C3%BC%201',
    });
  });

  it('that is not the first names the one that is', async () => {
    const first_click = async (click_id: string) =>
      (await api.get(`/v2/clicks/${click_id}`)).json().first_click;
    expect(await first_click(repeat.click_id)).toMatchObject({
      is_first: false,
      first_click_id: first.click_id,
    });
    expect(await first_click(bot.click_id)).toMatchObject({
      is_first: false,
      first_click_id: first.click_id,
    });
    expect(await first_click(second.click_id)).toEqual({
      is_first: false,
      is_first_for_offer: true,
      first_click_id: first.click_id,
      first_click_id_for_offer: second.click_id,
    });
  });

  it('of a bot says why', async () => {
    expect((await api.get(`/v2/clicks/${bot.click_id}`)).json().click).toMatchObject({
      verdict: 'bot',
      bot_reasons: ['isbot'],
    });
  });

  it.each([
    ['first', first],
    ['repeat', repeat],
    ['bot', bot],
    ['outside a message', outside],
  ])('(%s) is in the row of each report that it names', async (_name, counted) => {
    const { reports } = (await api.get(`/v2/clicks/${counted.click_id}`)).json();
    const names = reports.map(({ report }) => report);
    expect(names).toEqual(
      counted === outside
        ? ['links', 'hours']
        : ['messages', 'offers', 'creatives', 'campaigns', 'variants', 'links', 'hours'],
    );
    for (const { url, counts_as } of reports) {
      const body = (await api.get(url)).json() as { rows: Record<string, unknown>[] };
      expect(body.rows, `${url}: ${JSON.stringify(body).slice(0, 300)}`).toHaveLength(1);
      for (const column of counts_as)
        expect(body.rows[0]?.[column], `${column} in ${url}`).toBeGreaterThan(0);
    }
  });
});

describe('a link', () => {
  it('is told with its state, totals and latest clicks', async () => {
    await storeLink('AAAAAA1');
    const story = (await api.get('/v2/links/AAAAAA1')).json();
    expect(story.link).toEqual({
      link_id: 'AAAAAA1',
      link_key: 'link1',
      message_id: send.message_id,
      contact_id: 'contact_x',
      offer_id: 'off_1',
      offer_name: 'Shoes',
      creative_id: 'cre_1',
      campaign_id: 'cam_1',
      variant_id: 'a',
      sent_at: '2026-10-24T10:00:00.250Z',
      is_test: false,
      taken_down: null,
      short_url: 'http://localhost:8080/AAAAAA1',
      url: '',
      url_params: {},
      query: null,
      counts_by: 'contact',
      expires_at: null,
      status: 'active',
    });
    expect(story.totals).toMatchObject({
      sent: 1,
      clicks_total: 3,
      clicks_human: 2,
      clicks_bot: 1,
      clicks_unique: 1,
      click_rate: 1,
    });
    expect(story.clicks.map((each) => each.click_id)).toEqual(
      [repeat, first, bot].map((each) => each.click_id),
    );
  });

  it('that is disabled, expired or gone says so', async () => {
    const status = async () => (await api.get('/v2/links/AAAAAA2')).json().link.status;
    expect(await status()).toBe('gone');
    await storeLink('AAAAAA2', { expires_at_ms: 1 });
    expect(await status()).toBe('expired');
    await storeLink('AAAAAA2', { disabled: true });
    expect(await status()).toBe('disabled');
  });

  it('without clicks has totals of nothing', async () => {
    await storeLink('CCCCCC1');
    expect((await api.get('/v2/links/CCCCCC1')).json()).toMatchObject({
      totals: { sent: 0, clicks_total: 0, revenue: '0.00' },
      clicks: [],
    });
  });
});

describe('a message', () => {
  const path = `/v2/messages/${encodeURIComponent(send.message_id)}` as const;

  async function storeRecord(message_id: string): Promise<void> {
    const id = `${ACCOUNT}:${message_id}`;
    const { contact_id, creative_id, campaign_id, variant_id } = send;
    const links = send.links.map((link) => [link.link_key, link.link_id, link.offer_id]);
    const times = { sent_at_ms: SENT_MS, logged_at_ms: SENT_MS + 10 };
    const record = {
      contact_id,
      creative_id,
      campaign_id,
      variant_id,
      ...times,
      fields: { first_name: 'Ada' },
      links,
    };
    await api.redis.set(`message:${partitionTag(partitionOf(id))}:${id}`, JSON.stringify(record));
  }

  const fromClickHouse = {
    message_id: send.message_id,
    contact_id: 'contact_x',
    creative_id: 'cre_1',
    creative_name: null,
    campaign_id: 'cam_1',
    campaign_name: 'Autumn',
    variant_id: 'a',
    sent_at: '2026-10-24T10:00:00.250Z',
    is_test: false,
    logged_at: '2026-10-24T10:00:00.250Z',
    fields: {},
    batch: 'sends-own',
    ...{ state: null, state_at: null, code: '', opted_out_at: null },
  };

  it('is told from ClickHouse once its record is gone', async () => {
    const story = (await api.get(path)).json();
    expect(story.message).toEqual(fromClickHouse);
    expect(story.links).toMatchObject([
      {
        link_key: 'link1',
        link_id: 'AAAAAA1',
        offer_id: 'off_1',
        offer_name: 'Shoes',
        totals: { sent: 1, clicks_total: 3, clicks_unique: 1 },
      },
      {
        link_key: 'link2',
        link_id: 'AAAAAA2',
        offer_id: 'off_2',
        offer_name: null,
        totals: { sent: 1, clicks_total: 1, clicks_unique: 1 },
      },
    ]);
    expect(story.totals).toMatchObject({
      sent: 1,
      clicks_total: 4,
      clicks_human: 3,
      clicks_bot: 1,
      clicks_unique: 1,
    });
    expect(story.clicks.map((each) => each.click_id)).toEqual(
      [bot, first, repeat, second].map((each) => each.click_id),
    );
  });

  it('shows its fields while the record is there', async () => {
    await storeRecord(send.message_id);
    const expected = {
      ...fromClickHouse,
      fields: { first_name: 'Ada' },
      logged_at: '2026-10-24T10:00:00.260Z',
    };
    expect((await api.get(path)).json().message).toEqual(expected);
  });

  it('that is not counted yet is told from its record alone', async () => {
    await storeRecord('msg_new');
    expect((await api.get('/v2/messages/msg_new')).json()).toMatchObject({
      message: { message_id: 'msg_new', batch: null },
      links: [{ link_id: 'AAAAAA1', totals: { sent: 0 } }, { link_id: 'AAAAAA2' }],
      totals: { sent: 0, clicks_total: 0 },
      clicks: [],
    });
  });

  it('keeps its totals after its raw rows have expired', async () => {
    const old = data.sends.find((each) =>
      data.clicks.some((one) => one.message_id === each.message_id),
    ) as DataSend;
    const before = (await api.get(`/v2/messages/${old.message_id}`)).json();
    for (const table of ['clicks', 'sends']) {
      await api.clickhouse.command({
        query: `ALTER TABLE trackly.${table} DELETE WHERE message_id = {id:String} SETTINGS mutations_sync = 1`,
        query_params: { id: old.message_id },
      });
    }
    const after = (await api.get(`/v2/messages/${old.message_id}`)).json();
    expect(after.message).toMatchObject({ contact_id: null, sent_at: null, campaign_id: old.campaign_id });
    expect(after.totals).toEqual(before.totals);
    expect(after.links).toEqual(before.links);
    expect(after.clicks).toEqual([]);
  });
});

it('answers 503 while ClickHouse is down', async () => {
  await api.stopClickHouse();
  for (const path of [`/v2/clicks/${first.click_id}`, '/v2/links/AAAAAA1', '/v2/messages/msg_new'] as const) {
    const answer = await api.get(path);
    expect([answer.status, answer.json().error]).toEqual([503, 'unavailable']);
  }
});
