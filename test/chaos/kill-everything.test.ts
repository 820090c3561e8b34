/** Every process in turn is killed with SIGKILL under load: nothing answered is lost or counted twice. */
// @long: chaos.test.ts kills the same processes in every run.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planClicks, type Run, runClicks } from '../support/click-plan.ts';
import { createPhones } from '../support/phones.ts';
import { type CreatedMessage, createCampaign, createSender } from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';

const SEED = 7;
/** Three hundred clicks between two kills; `KILL_CLICKS=20000` for more. */
const CLICKS = Number(process.env['KILL_CLICKS'] ?? 3_000);
const MESSAGES = CLICKS / 4;
const CONNECTIONS = 32;
/** Each is killed once on the way, in this order, again and again until the clicks are through. */
const VICTIMS = [
  'redirect-1',
  'worker-1',
  'clickhouse',
  'redis',
  'api',
  'redirect-2',
  'worker-1',
  'clickhouse',
  'redis',
];

let system: System;
let messages: CreatedMessage[];
let run: Run;
const killed: string[] = [];

beforeAll(async () => {
  system = await startSystem({ REDIRECT_PROCESSES: '2' });
  const sender = await createSender(system);
  const { campaign_id, creative_ids } = await createCampaign(sender, 'Chaos');
  messages = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => ({
      message_id: `m${i}`,
      contact_id: `contact-${i}`,
      campaign_id,
      creative_id: creative_ids[i % 2],
      fields: { first_name: 'Kim' },
    })),
  );
  const phones = createPhones(system.redirect_url, CONNECTIONS);
  let killing = Promise.resolve();
  run = await runClicks(phones, messages, planClicks(SEED, CLICKS, MESSAGES), CONNECTIONS, (done) => {
    // One kill every tenth of the way, each while clicks go on.
    const due = Math.floor((done * (VICTIMS.length + 1)) / CLICKS);
    while (killed.length < Math.min(due, VICTIMS.length)) {
      const victim = VICTIMS[killed.length] as string;
      killed.push(victim);
      killing = killing.then(() => system.kill(victim));
    }
  });
  await killing;
  phones.close();
  await untilSettled(system, run.answered.length, MESSAGES);
}, 240_000);

afterAll(() => system?.destroy());

async function count(query: string): Promise<number> {
  const result = await system.clickhouse.query({ query, format: 'JSONCompactEachRow' });
  return Number((await result.json<[string]>())[0]?.[0]);
}

it('kills every process while clicks are answered', () => {
  expect(killed).toEqual(VICTIMS);
  expect(run.wrong).toEqual([]);
  expect(run.answered).toHaveLength(CLICKS);
});

it('loses no answered click', async () => {
  const result = await system.clickhouse.query({
    query: 'SELECT click_id FROM clicks',
    format: 'JSONCompactEachRow',
  });
  const ids = new Set((await result.json<[string]>()).map(([click_id]) => click_id));
  expect(run.answered.filter((click) => !ids.has(click.click_id))).toEqual([]);
});

it('counts no click and no send twice', async () => {
  expect(await count('SELECT count() - uniqExact(click_id) FROM clicks')).toBe(0);
  expect(await count('SELECT count() FROM sends')).toBe(MESSAGES);
});

it('keeps the rollups equal to the rows', async () => {
  const rows = await count('SELECT count() FROM clicks');
  const firsts = await count('SELECT sum(is_first) FROM clicks');
  for (const rollup of ['rollup_links', 'rollup_quarter_hours']) {
    expect(await count(`SELECT sum(clicks_total) FROM ${rollup}`), rollup).toBe(rows);
    expect(await count(`SELECT sum(first_clicks) FROM ${rollup}`), rollup).toBe(firsts);
    expect(await count(`SELECT sum(messages_sent) FROM ${rollup}`), rollup).toBe(MESSAGES);
  }
});

it('gives every message that a person opened exactly one first click, and no bot any', async () => {
  expect(await count("SELECT countIf(is_first = 1 AND verdict = 'bot') FROM clicks")).toBe(0);
  expect(
    await count(
      "SELECT count() FROM (SELECT message_id, sum(is_first) AS firsts, countIf(verdict = 'human') AS people FROM clicks GROUP BY message_id) WHERE firsts != (people > 0)",
    ),
  ).toBe(0);
});
