/** How fast are the reports, and every view of the dashboard, over many clicks? See README.md beside this file. */

import { resolve } from 'node:path';
import { type Campaign, senderAt } from '../../test/support/sender.ts';
import { startSystem } from '../../test/support/system.ts';
import type { Bench } from '../bench.ts';
import { type Figure, figure, machine, progress, round } from '../support/measure.ts';
import { DAYS, fill, readFilling, SENDS, TZ } from '../support/report-rows.ts';

const CLICKS = 100_000_000;
const CLICKS_QUICK = 1_000_000;
const ROUNDS = 5;

const day = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

const ITEMS = ['campaign_id', 'offer_id', 'creative_id'];
const BREAKDOWNS_SHOWN = [
  ...['device', 'os', 'browser', 'in_app', 'country', 'network', 'domain', 'hour_of_week'],
  ...ITEMS,
];

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
  const breakdowns = (filters: string): string[] => [
    `/v2/reports/breakdowns?${range}&by=${BREAKDOWNS_SHOWN.join()}&limit=8${filters}`,
    `/v2/reports/breakdown?${range}&by=parameter&parameter=utm_source&limit=8${filters}`,
  ];
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
    messages_of_30_days_by_revenue: [`/v2/reports/messages?${range}&per_page=50&sort=-revenue`],
    links_of_30_days_by_clicks: [`/v2/reports/links?${range}&per_page=50&sort=-clicks_human`],
    messages_searched: [`/v2/reports/messages?${today}&per_page=50&search=000123`],
    campaign: entity('campaign', campaign_id),
    campaign_always_on: entity('campaign', always_on_id),
    offer: entity('offer', offer_id),
    breakdowns_of_campaign: breakdowns(`&campaign_id=${campaign_id}`),
    breakdowns_of_campaign_always_on: breakdowns(`&campaign_id=${always_on_id}`),
    explore: breakdowns(''),
    send_times: [`/v2/reports/send-times?${range}`],
    send_times_of_campaign: [`/v2/reports/send-times?${range}&campaign_id=${always_on_id}`],
    cohorts: [`/v2/reports/cohorts?${range}&by=day`],
    cohorts_of_campaign: [`/v2/reports/cohorts?${range}&by=week&campaign_id=${always_on_id}`],
    bots: [
      `/v2/reports/hours?${range}&by=day&range_by=event&per_page=1000&sort=hour`,
      ...['reason', 'kind', 'delay', 'asn', 'country', ...ITEMS].map(
        (by) => `/v2/reports/bots?${range}&by=${by}&limit=8`,
      ),
    ],
    clicks_of_bots: [`/v2/clicks?${range}&verdict=bot`],
    clicks_of_a_rare_reason: [`/v2/clicks?${range}&reason=network:security`],
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
