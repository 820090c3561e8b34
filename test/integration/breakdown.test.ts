/**
 * Taps with several phones from several places, from the listener to GET /v2/reports/breakdown: what it counts is what a
 * loop over the taps counts, also after a rejudgement made bots of some. Every dimension and filter over random rows is
 * in breakdown-counts.test.ts.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Breakdown } from '../../src/reports/breakdown-query.ts';
import { createPhones, PHONE, type Phones } from '../support/phones.ts';
import { callApi, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const ANDROID = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const SAMSUNG = `Mozilla/5.0 (Linux; Android 10; K) ${ANDROID} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`;
const TABLET = `Mozilla/5.0 (Linux; Android 10; K) ${ANDROID} Chrome/137.0.0.0 Safari/537.36`;
const INSTAGRAM = `Mozilla/5.0 (Linux; Android 15; SM-S928B Build/AP3A.240905.015.A2; wv) ${ANDROID} Version/4.0 Chrome/137.0.7151.61 Mobile Safari/537.36 Instagram 384.0.0.46.83 Android (35/15; 480dpi; 1080x2340; samsung; SM-S928B; e3q; qcom; de_DE; 740000000; IABMV/1)`;

/** Networks of Deutsche Telekom and Orange. */
const PLACES = {
  DE: { address: '84.140.7.', country: 'DE', network: '3320' },
  FR: { address: '83.200.7.', country: 'FR', network: '3215' },
} as const;
const AGENTS = {
  [PHONE]: { device: 'phone', os: 'iOS', browser: 'Safari', in_app: '' },
  [SAMSUNG]: { device: 'phone', os: 'Android', browser: 'Samsung Internet', in_app: '' },
  [TABLET]: { device: 'tablet', os: 'Android', browser: 'Chrome', in_app: '' },
  [INSTAGRAM]: { device: 'phone', os: 'Android', browser: 'Chrome', in_app: 'Instagram' },
} as const;

interface Tap {
  message: number;
  user_agent: keyof typeof AGENTS;
  place: keyof typeof PLACES;
}
/** In their order. */
const TAPS: Tap[] = [
  { message: 0, user_agent: SAMSUNG, place: 'DE' },
  { message: 0, user_agent: PHONE, place: 'DE' },
  { message: 1, user_agent: PHONE, place: 'FR' },
  { message: 1, user_agent: PHONE, place: 'FR' },
  { message: 2, user_agent: INSTAGRAM, place: 'DE' },
  { message: 2, user_agent: SAMSUNG, place: 'DE' },
  { message: 3, user_agent: SAMSUNG, place: 'FR' },
  { message: 4, user_agent: TABLET, place: 'DE' },
];
const MESSAGES = 6;

let system: System;
let sender: Sender;
let phones: Phones;
let campaign_id: string;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system, { bot_filter: 'filter' });
  phones = createPhones(system.redirect_url, 1);
  const campaign = await createCampaign(sender, 'Breakdown');
  campaign_id = campaign.campaign_id;
  const sent = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => ({
      contact_id: `contact-${i}`,
      creative_id: campaign.creative_ids[0],
      campaign_id,
      variant_id: 'A',
      fields: { first_name: 'Kim' },
      test: i === MESSAGES - 1,
    })),
  );
  const tap = async ({ message, user_agent, place }: Tap, i: number): Promise<void> => {
    const link_id = sent[message]?.links[0]?.link_id ?? '';
    const answer = await phones.open(
      `${link_id}?utm_source=${place}`,
      user_agent,
      'GET',
      PLACES[place].address + (10 + i),
    );
    expect(answer?.status).toBe(302);
  };
  for (const [i, one] of TAPS.entries()) await tap(one, i);
  await tap({ message: MESSAGES - 1, user_agent: TABLET, place: 'FR' }, TAPS.length);
});

afterAll(async () => {
  phones?.close();
  await system?.destroy();
});

type Counted = Record<string, [clicks_human: number, clicks_unique: number]>;

/** By a loop; `is_bot` says whose taps are none of people. */
function counted(by: Breakdown, is_bot: (tap: Tap) => boolean = () => false): Counted {
  const counts: Counted = {};
  const clicked = new Set<number>();
  for (const tap of TAPS) {
    if (is_bot(tap)) continue;
    const values: Record<string, string> = {
      ...AGENTS[tap.user_agent],
      ...PLACES[tap.place],
      parameter: tap.place,
    };
    const [human, unique] = counts[values[by] ?? ''] ?? [0, 0];
    counts[values[by] ?? ''] = [human + 1, unique + Number(!clicked.has(tap.message))];
    clicked.add(tap.message);
  }
  return counts;
}

async function breakdown(by: Breakdown, filters = ''): Promise<Counted> {
  const parameter = by === 'parameter' ? '&parameter=utm_source' : '';
  const { status, body } = await sender.call(
    'GET',
    `/v2/reports/breakdown?by=${by}${parameter}&tz=Europe/Berlin&campaign_id=${campaign_id}${filters}` as '/v2/reports/breakdown',
  );
  if (status !== 200 || typeof body === 'string') throw new Error(`${status}: ${JSON.stringify(body)}`);
  return Object.fromEntries(
    body.rows
      .filter((row) => row.clicks_human !== 0)
      .map(({ value, clicks_human, clicks_unique }) => [value, [clicks_human, clicks_unique]]),
  );
}

const DIMENSIONS = ['device', 'os', 'browser', 'in_app', 'country', 'network', 'parameter'] as const;

it('counts what people tapped with, from where and when; tests count nowhere', async () => {
  for (const by of DIMENSIONS) await untilSeen(`clicks by ${by}`, () => breakdown(by), counted(by));
  expect(await breakdown('device', '&country=DE&in_app=none&os=Android')).toEqual({
    phone: [2, 1],
    tablet: [1, 1],
  });
  const by_hour = Object.values(await breakdown('hour_of_week'));
  expect(by_hour.reduce((sum, [human]) => sum + human, 0)).toBe(TAPS.length);
});

it('shows a click with what it was made with', async () => {
  const result = await system.clickhouse.query({
    query: `SELECT device, os, browser, in_app, count() AS clicks FROM trackly.report_clicks
      WHERE account_id = {account_id:String} GROUP BY device, os, browser, in_app ORDER BY clicks DESC, os, device`,
    query_params: { account_id: sender.account_id },
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  const rows = await result.json<object>();
  expect(rows).toHaveLength(Object.keys(AGENTS).length);
  expect(rows).toContainEqual({ ...AGENTS[INSTAGRAM], clicks: 1 });
  expect(rows).toContainEqual({ ...AGENTS[SAMSUNG], clicks: 3 });
});

it('takes back what a rejudgement made a bot of, and gives its first click to the next', async () => {
  const bot_rules = { bot: { user_agents: [SAMSUNG] } };
  await callApi(system, system.admin_key, 'PATCH', `/v2/accounts/${sender.account_id}`, { bot_rules });
  await sender.call('POST', '/v2/rejudgements', { from: '2020-01-01' });
  const is_bot = ({ user_agent }: Tap): boolean => user_agent === SAMSUNG;
  for (const by of DIMENSIONS) await untilSeen(`people by ${by}`, () => breakdown(by), counted(by, is_bot));
});
