/**
 * Made-up clicks of one account, inserted into ClickHouse with all views on: what benchmarks of reports and of the console
 * read. See bench/reports/README.md for their shape.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type Campaign, createCampaign, createSender } from '../../test/support/sender.ts';
import type { System } from '../../test/support/system.ts';
import { progress } from './measure.ts';

/** Campaigns: one for each day with half of the day's messages, and some that send all the time with the other half. */
export const SENDS = 30;
const ALWAYS = 5;
export const DAYS = 30;
const INSERT_CLICKS = 1_000_000;
const INSERT_WITHIN_MS = 600_000;
export const TZ = 'Europe/Berlin';

/** The state of the fill, stored in the data folder, so that an interrupted fill continues from there. */
export interface Filling {
  account_id: string;
  api_key: string;
  campaigns: Campaign[];
  clicks: number;
}

const noteIn = (data_dir: string): string => join(data_dir, 'bench-reports.json');

export async function readFilling(system: System): Promise<Filling> {
  const note = await readFile(noteIn(system.data_dir), 'utf8').catch(() => undefined);
  if (note !== undefined) return JSON.parse(note) as Filling;
  const sender = await createSender(system, { time_zone: TZ });
  const campaigns: Campaign[] = [];
  for (let n = 0; n < SENDS + ALWAYS; n++) campaigns.push(await createCampaign(sender, `Campaign ${n}`));
  return { account_id: sender.account_id, api_key: sender.api_key, campaigns, clicks: 0 };
}

/** Two clicks for each message, spread over 30 days until now; 30 % of them by bots, within an hour after the send. */
export async function fill(system: System, filling: Filling, clicks: number): Promise<void> {
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
