/** Thousands of clicks, and the client's own books: every report says the same numbers. */
// Own system: it compares whole tables with its books.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnsweredClick, countClicks, planClicks, type Run, runClicks } from '../support/click-plan.ts';
import { createPhones } from '../support/phones.ts';
import {
  type Campaign,
  type CreatedMessage,
  createCampaign,
  createSender,
  type Sender,
} from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const SEED = 20_261_123;
/** Several batches in every partition; `EXACT_CLICKS=20000` for more. */
const CLICKS = Number(process.env['EXACT_CLICKS'] ?? 2_000);
const MESSAGES = CLICKS / 4;
const CONNECTIONS = 64;

let system: System;
let sender: Sender;
let campaigns: [Campaign, Campaign];
let messages: CreatedMessage[];
let run: Run;

beforeAll(async () => {
  system = await startSystem();
  sender = await createSender(system);
  campaigns = [await createCampaign(sender, 'One'), await createCampaign(sender, 'Two')];
  messages = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => {
      const { campaign_id, creative_ids } = campaignOf(i);
      return {
        message_id: `m${i}`,
        contact_id: `contact-${i}`,
        campaign_id,
        variant_id: variantOf(i),
        creative_id: creative_ids[variantOf(i) === 'A' ? 0 : 1],
        fields: { first_name: `Name ${i}` },
      };
    }),
  );
  const phones = createPhones(system.redirect_url, CONNECTIONS);
  run = await runClicks(phones, messages, planClicks(SEED, CLICKS, MESSAGES), CONNECTIONS);
  phones.close();
  await untilSettled(system, CLICKS, MESSAGES);
});

afterAll(() => system?.destroy());

const campaignOf = (message: number): Campaign => campaigns[message % 2 === 0 ? 0 : 1];
const variantOf = (message: number): 'A' | 'B' => (message % 3 === 0 ? 'A' : 'B');

async function scalar(query: string): Promise<number> {
  const result = await system.clickhouse.query({ query, format: 'JSONCompactEachRow' });
  return Number((await result.json<[string]>())[0]?.[0]);
}

type Row = Record<string, string | number>;

async function compare(
  view: string,
  id: string,
  group: (click: AnsweredClick) => string,
  offer_level: boolean,
): Promise<void> {
  const once = (click: AnsweredClick): string =>
    // Each link of a message has an offer of its own here.
    offer_level ? `${click.message}/${click.link}` : String(click.message);
  const expected = countClicks(run.answered, group, once);
  const result = await system.clickhouse.query({
    query: `SELECT * FROM ${view} WHERE clicks_total > 0`,
    format: 'JSONEachRow',
  });
  const rows = await result.json<Row>();
  const seen = new Map(
    rows.map((row) => [
      String(row[id]),
      Object.fromEntries(
        ['clicks_total', 'clicks_human', 'clicks_bot', 'clicks_unique'].map((name) => [
          name,
          Number(row[name]),
        ]),
      ),
    ]),
  );
  expect(seen.size).toBe(expected.size);
  for (const [key, counts] of expected) expect(seen.get(key), `${view} ${key}`).toEqual(counts);
}

describe('thousands of clicks', () => {
  it('are all answered, each with an id of its own', () => {
    expect(run.wrong).toEqual([]);
    expect(run.unanswered).toBe(0);
    expect(new Set(run.answered.map((click) => click.click_id)).size).toBe(CLICKS);
  });

  it('are in ClickHouse exactly once, by their ids', async () => {
    const result = await system.clickhouse.query({
      query: 'SELECT click_id FROM clicks',
      format: 'JSONCompactEachRow',
    });
    const ids = (await result.json<[string]>()).map(([click_id]) => click_id).sort();
    expect(ids).toEqual(run.answered.map((click) => click.click_id).sort());
  });

  it('count the same as in the client’s books by message', () =>
    compare('report_messages', 'message_id', (click) => `m${click.message}`, false));
  it('… by link', () =>
    compare(
      'report_links',
      'link_id',
      (click) => messages[click.message]?.links[click.link]?.link_id ?? '',
      true,
    ));
  it('… by offer', () =>
    compare('report_offers', 'offer_id', (click) => campaignOf(click.message).offer_ids[click.link], true));
  it('… by creative', () =>
    compare(
      'report_creatives',
      'creative_id',
      (click) => campaignOf(click.message).creative_ids[variantOf(click.message) === 'A' ? 0 : 1],
      false,
    ));
  it('… by campaign', () =>
    compare('report_campaigns', 'campaign_id', (click) => campaignOf(click.message).campaign_id, false));

  it('… and so do the totals of the API', async () => {
    const expected = countClicks(
      run.answered,
      () => 'all',
      (click) => String(click.message),
    ).get('all');
    const { body } = await sender.call('GET', '/v2/reports/campaigns');
    expect(body.totals).toMatchObject({ sent: MESSAGES, ...expected });
  });

  it('count each send once though every message is created again', async () => {
    const again = await sender.send(
      messages.slice(0, 500).map((message, i) => ({
        message_id: message.message_id,
        contact_id: `contact-${i}`,
        campaign_id: campaignOf(i).campaign_id,
        variant_id: variantOf(i),
        creative_id: campaignOf(i).creative_ids[variantOf(i) === 'A' ? 0 : 1],
        fields: { first_name: `Name ${i}` },
      })),
    );
    expect(again).toEqual(messages.slice(0, 500));
    const [marker] = await sender.send([
      { contact_id: 'marker', creative_id: campaigns[0].creative_ids[0], fields: { first_name: 'M' } },
    ]);
    await untilSeen(
      'the marker',
      () => scalar(`SELECT count() FROM sends WHERE message_id = '${marker?.message_id}'`),
      1,
    );
    expect(await scalar('SELECT count() FROM sends')).toBe(MESSAGES + 1);
  });
});
