/** How fast are the reports, and every view of the dashboard, over many clicks? See README.md beside this file. */

import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type Campaign, createCampaign, createSender, senderAt } from '../../test/support/sender.ts';
import { type System, startSystem } from '../../test/support/system.ts';
import type { Bench } from '../bench.ts';
import { type Figure, figure, machine, progress, round } from '../support/measure.ts';

const CLICKS = 100_000_000;
const CLICKS_QUICK = 1_000_000;
/** Campaigns: one for each day with half of the day's messages, and some that send all the time with the other half. */
const SENDS = 30;
const ALWAYS = 5;
const DAYS = 30;
const ROUNDS = 5;
const INSERT_CLICKS = 1_000_000;
const INSERT_WITHIN_MS = 600_000;
const TZ = 'Europe/Berlin';

/** The state of the fill, stored in the data folder, so that an interrupted fill continues from there. */
interface Filling {
  account_id: string;
  api_key: string;
  campaigns: Campaign[];
  clicks: number;
}

const noteIn = (data_dir: string): string => join(data_dir, 'bench-reports.json');

async function readFilling(system: System): Promise<Filling> {
  const note = await readFile(noteIn(system.data_dir), 'utf8').catch(() => undefined);
  if (note !== undefined) return JSON.parse(note) as Filling;
  const sender = await createSender(system, { time_zone: TZ });
  const campaigns: Campaign[] = [];
  for (let n = 0; n < SENDS + ALWAYS; n++) campaigns.push(await createCampaign(sender, `Campaign ${n}`));
  return { account_id: sender.account_id, api_key: sender.api_key, campaigns, clicks: 0 };
}

/** Two clicks for each message, spread over 30 days until now; 30 % of them by bots, within an hour after the send. */
async function fill(system: System, filling: Filling, clicks: number): Promise<void> {
  const { campaigns } = filling;
  const list = (ids: string[]): string => `[${ids.map((id) => `'${id}'`).join(', ')}]`;
  const message = 'intDiv(number, 2)';
  const day_of = `toUInt64(${message} / ${clicks / 2} * ${SENDS})`;
  const campaign = `if(cityHash64(${message}, 1) % 2 = 0, ${day_of}, ${SENDS} + cityHash64(${message}, 8) % ${ALWAYS})`;
  const arm = `(cityHash64(${message}, 2) % 2)`;
  const link = `(cityHash64(number, 3) % 2)`;
  const sent = `(now64(3) - toIntervalMillisecond(${DAYS * 86_400_000} - toUInt64(${message} / ${clicks / 2} * ${(DAYS * 24 - 2) * 3_600_000})))`;
  const of = (ids: string[], at: string): string => `arrayElement(${list(ids)}, 1 + ${at})`;
  const creative = of(
    campaigns.flatMap(({ creative_ids }) => creative_ids),
    `(2 * (${campaign}) + ${arm})`,
  );
  const offer = (at: string): string =>
    of(
      campaigns.flatMap(({ offer_ids }) => offer_ids),
      `(2 * (${campaign}) + ${at})`,
    );
  const linkId = (at: string): string => `leftPad(toString(2 * ${message} + ${at}), 7, '0')`;
  const common = `'${filling.account_id}' AS account_id, concat('msg_', leftPad(toString(${message}), 14, '0')) AS message_id,
    concat('contact-', toString(cityHash64(${message}, 4) % ${Math.ceil(clicks / 8)})) AS contact_id,
    ${creative} AS creative_id, ${of(
      campaigns.map(({ campaign_id }) => campaign_id),
      campaign,
    )} AS campaign_id,
    ['A', 'B'][1 + ${arm}] AS variant_id, ${sent} AS sent_at, toDateTime('2099-01-01 00:00:00', 'UTC') AS expires_at`;
  const human = '(cityHash64(number, 5) % 10 >= 3)';
  const clickRows = `${common}, concat(leftPad(toString(number), 22, '0'), ${linkId(link)}) AS click_id, ${linkId(link)} AS link_id,
    concat('link', toString(1 + ${link})) AS link_key, ${offer(link)} AS offer_id,
    sent_at + toIntervalMillisecond(cityHash64(number, 6) % 3600000) AS clicked_at, 'GET' AS method,
    toIPv6(concat('::ffff:10.', toString(number % 200), '.7.', toString(number % 250))) AS ip,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15' AS user_agent,
    if(${human}, 'human', 'bot') AS verdict, if(${human}, [], ['user_agent:preview']) AS bot_reasons, 'bench' AS rules_version,
    toUInt8(${human} AND number % 2 = 0) AS is_first, is_first AS is_first_for_offer,
    toUInt32(cityHash64(number, 7) % 50 * 1000) AS asn, 'US' AS country, 'bench' AS batch,
    if(cityHash64(number, 9) % 20 = 0, 'tablet', 'phone') AS device, ['iOS', 'Android'][1 + cityHash64(number, 10) % 2] AS os,
    ['Safari', 'Chrome', 'Samsung Internet', 'Firefox'][1 + cityHash64(number, 11) % 4] AS browser,
    ['Instagram', 'Facebook', 'TikTok', '', '', '', '', ''][1 + cityHash64(number, 12) % 8] AS in_app`;
  const sendRows = `${common}, sent_at AS logged_at, ['link1', 'link2'] AS link_keys, [${linkId('0')}, ${linkId('1')}] AS link_ids,
    [${offer('0')}, ${offer('1')}] AS offer_ids, 'bench' AS batch`;
  const conversionRows = `${common}, ${offer('0')} AS offer_id, concat('txn:', toString(number)) AS transaction,
    concat('cnv_', toString(number)) AS conversion_id, 'sale' AS event, sent_at + toIntervalMinute(90) AS converted_at,
    converted_at AS received_at, 1 AS sign, 'attributed' AS status, sent_at AS credited_at, ${linkId('0')} AS link_id, 'link1' AS link_key,
    1 AS conversions, 'EUR' AS currency, toDecimal128(1 + cityHash64(number, 9) % 50, 6) AS sales`;
  const url = (await readFile(join(system.data_dir, 'clickhouse.url'), 'utf8')).trim();
  const client = createClient({
    url,
    request_timeout: INSERT_WITHIN_MS,
    log: { level: ClickHouseLogLevel.OFF },
  });
  const insert = (table: string, rows: string, numbers: string, without: string[] = []): Promise<unknown> => {
    const names = [...rows.matchAll(/ AS (\w+)(?=,|$)/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !without.includes(name));
    return client.command({
      query: `INSERT INTO trackly.${table} (${names.join(', ')}) SELECT ${names.join(', ')} FROM (SELECT ${rows} FROM ${numbers})`,
    });
  };
  for (let from = filling.clicks; from < clicks; from += INSERT_CLICKS) {
    const many = Math.min(INSERT_CLICKS, clicks - from);
    await insert('clicks', clickRows, `numbers(${from}, ${many})`);
    await insert('sends', sendRows, `(SELECT 2 * number AS number FROM numbers(${from / 2}, ${many / 2}))`);
    await insert(
      'conversions',
      conversionRows,
      `(SELECT 50 * number AS number FROM numbers(${from / 50}, ${many / 50}))`,
      ['expires_at'],
    );
    filling.clicks = from + many;
    await writeFile(noteIn(system.data_dir), JSON.stringify(filling), { mode: 0o600 });
    if ((from / INSERT_CLICKS) % 5 === 4) progress(`${filling.clicks} clicks`);
  }
  await client.close();
}

const day = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

const BREAKDOWNS_SHOWN = ['device', 'os', 'browser', 'in_app', 'country', 'network', 'hour_of_week'];

/** The dashboard's requests, page by page; the requests of a page are sent at once, like by a browser. */
function views(
  campaign_id: string,
  always_on_id: string,
  offer_id: string,
  message_id: string,
  link_id: string,
): Record<string, string[]> {
  const range = `from=${day(DAYS - 1)}&to=${day(0)}&tz=${TZ}`;
  const before = `from=${day(2 * DAYS - 1)}&to=${day(DAYS)}&tz=${TZ}`;
  const entity = (name: string, id: string): string[] => [
    `/v2/${name}s/${id}`,
    `/v2/reports/hours?${range}&${name}_id=${id}&by=day&per_page=1000&sort=hour`,
    ...(name === 'campaign' ? [`/v2/reports/variants?${range}&campaign_id=${id}`] : []),
    `/v2/reports/bots?${range}&by=reason&${name}_id=${id}`,
    `/v2/conversions?${range}&${name}_id=${id}&per_page=10`,
  ];
  const breakdowns = (filters: string): string[] =>
    BREAKDOWNS_SHOWN.map((by) => `/v2/reports/breakdown?${range}&by=${by}&limit=8${filters}`);
  const lists = ['campaigns', 'offers', 'creatives'];
  const today = `from=${day(0)}&to=${day(0)}&tz=${TZ}`;
  return {
    overview: [
      `/v2/reports/hours?${range}&by=day&per_page=1000&sort=hour`,
      `/v2/reports/hours?${before}&per_page=1`,
    ],
    ...Object.fromEntries(lists.map((kind) => [kind, [`/v2/reports/${kind}?${range}&per_page=50`]])),
    ...Object.fromEntries(
      ['messages', 'links'].map((kind) => [kind, [`/v2/reports/${kind}?${today}&per_page=50`]]),
    ),
    messages_of_30_days: [`/v2/reports/messages?${range}&per_page=50`],
    links_of_30_days: [`/v2/reports/links?${range}&per_page=50`],
    messages_of_30_days_by_clicks: [`/v2/reports/messages?${range}&per_page=50&sort=-clicks_total`],
    messages_searched: [`/v2/reports/messages?${today}&per_page=50&search=000123`],
    campaign: entity('campaign', campaign_id),
    campaign_always_on: entity('campaign', always_on_id),
    offer: entity('offer', offer_id),
    breakdowns_of_campaign: breakdowns(`&campaign_id=${campaign_id}`),
    breakdowns_of_campaign_always_on: breakdowns(`&campaign_id=${always_on_id}`),
    breakdown_of_all: [`/v2/reports/breakdown?${range}&by=device`],
    message: [`/v2/messages/${message_id}`],
    link: [`/v2/links/${link_id}`],
    health: ['/v2/health'],
  };
}

/** The figures of the campaigns report from raw tables: from the clicks alone, and with sends and conversions. */
const CLICKS_SCAN = `SELECT campaign_id, count() AS clicks_total, countIf(verdict = 'human') AS clicks_human, sum(is_first) AS clicks_unique
  FROM clicks WHERE account_id = {account_id:String} AND clicked_at >= toDateTime({from:String}, '${TZ}') GROUP BY campaign_id`;
const SCANS = {
  clicks: CLICKS_SCAN,
  campaigns: `SELECT campaign_id, clicks_total, clicks_human, clicks_unique, sent, conversions, revenue
    FROM (${CLICKS_SCAN}) AS clicked
    FULL JOIN (SELECT campaign_id, count() AS sent FROM sends
      WHERE account_id = {account_id:String} AND sent_at >= toDateTime({from:String}, '${TZ}') GROUP BY campaign_id) AS sent
      USING (campaign_id)
    FULL JOIN (SELECT campaign_id, sum(toInt64(sign) * conversions) AS conversions, sum(sign * (sales - refunds)) AS revenue
      FROM conversions WHERE account_id = {account_id:String} AND status = 'attributed'
        AND credited_at >= toDateTime({from:String}, '${TZ}') GROUP BY campaign_id) AS earned USING (campaign_id)`,
};

/** `--clicks 10000000`; `--data <folder>` keeps the inserted data there and continues from it. */
export const bench: Bench = async ({ quick, options }) => {
  const clicks = Number(options.clicks ?? (quick ? CLICKS_QUICK : CLICKS));
  const system = await startSystem({
    REDIRECT_PROCESSES: '1',
    ...(options.data === undefined ? {} : { DATA_DIR: resolve(options.data) }),
  });
  try {
    const filling = await readFilling(system);
    const { campaigns } = filling;
    const sender = senderAt(system, filling.account_id, filling.api_key);
    const started = performance.now();
    await fill(system, filling, clicks);
    const { campaign_id, creative_ids, offer_ids } = campaigns[SENDS - 2] as Campaign;
    const always_on = campaigns[SENDS] as Campaign;
    const filled_s = round((performance.now() - started) / 1_000, 0);
    const [message] = await sender.send([
      { contact_id: 'contact-1', campaign_id, creative_id: creative_ids[0], fields: { first_name: 'Kim' } },
    ]);
    const { message_id = '', links = [] } = message ?? {};
    const refused: Record<string, string> = {};
    const ask = async (view: string, path: string): Promise<void> => {
      const answer = await sender.call('GET', path);
      if (answer.status !== 200) refused[view] = `${answer.status} ${JSON.stringify(answer.body)}`;
    };
    const ms: Record<string, Figure> = {};
    for (const [name, paths] of Object.entries(
      views(campaign_id, always_on.campaign_id, offer_ids[0], message_id, links[0]?.link_id ?? ''),
    )) {
      const times: number[] = [];
      // A request that is refused because it takes too long is not repeated.
      for (let n = 0; n < ROUNDS && refused[name] === undefined; n++) {
        const began = performance.now();
        await Promise.all(paths.map((path) => ask(name, path)));
        times.push(performance.now() - began);
      }
      ms[name] = figure(times, 0);
      progress(`${name}: ${ms[name].median} ms ${refused[name] ?? ''}`);
    }
    const scans: Record<string, Figure> = {};
    const params = { account_id: sender.account_id, from: day(DAYS - 1) };
    for (const [name, query] of Object.entries(SCANS)) {
      const times: number[] = [];
      for (let n = 0; n < ROUNDS; n++) {
        const began = performance.now();
        await system.clickhouse.query({ query, query_params: params }).then((result) => result.text());
        times.push(performance.now() - began);
      }
      scans[name] = figure(times, 0);
    }
    return { ...machine(), clicks, filled_s, ms, refused, scan_ms: scans };
  } finally {
    await (options.data === undefined ? system.destroy() : system.stop());
  }
};
