/** Many people behind one address, and one scanner that has many people's links; through the whole pipeline. */
// Own system: it waits until nothing waits any more.
// @long: thousands of taps; the rules themselves are in test/unit/bots in every run.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCampaign, createSender, type Sender } from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';

const CROWD = 500;
let system: System;
let sender: Sender;
let answered = 0;
let sent = 0;

beforeAll(async () => {
  system = await startSystem({ TRUST_PROXY: '1' });
  sender = await createSender(system);
});

afterAll(() => system?.destroy());

interface Phone {
  user_agent: string;
  headers: Record<string, string>;
}

/** Requests as the phones of the labelled set make them. */
const phones = (is: (user_agent: string) => boolean): Phone[] =>
  readFileSync(join(import.meta.dirname, '../../bench/bots/people.tuning.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Phone)
    .filter(({ user_agent }) => is(user_agent));

const open = (link_id: string, ip: string, { user_agent, headers }: Phone): Promise<number> =>
  new Promise((resolve, reject) => {
    const call = request(`${system.redirect_url}/${link_id}`, {
      headers: { ...headers, 'user-agent': user_agent, 'x-forwarded-for': ip },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    call.end();
  });

/** Sends to `CROWD` contacts now; `links` of each message are opened from one address. Verdicts by count. */
async function crowd(name: string, ip: string, links: number, phoneOf: (n: number) => Phone) {
  const campaign = await createCampaign(sender, name);
  const messages = await sender.send(
    Array.from({ length: CROWD }, (_, n) => ({
      message_id: `${name}-${n}`,
      contact_id: `${name}-${n}`,
      creative_id: campaign.creative_ids[0],
      campaign_id: campaign.campaign_id,
      fields: { first_name: 'Ann' },
    })),
  );
  sent += CROWD;
  for (const [n, message] of messages.entries()) {
    for (const link of message.links.slice(0, links)) {
      expect(await open(link.link_id, ip, phoneOf(n))).toBe(302);
      answered++;
    }
  }
  await untilSettled(system, answered, sent);
  const result = await system.clickhouse.query({
    query: `SELECT countIf(verdict = 'human') AS people, countIf(verdict = 'bot') AS bots, any(asn) AS asn,
      arraySort(groupUniqArrayArray(bot_reasons)) AS reasons FROM clicks WHERE startsWith(contact_id, {name:String})`,
    query_params: { name },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ people: string; bots: string; asn: number; reasons: string[] }>();
  return { people: Number(row?.people), bots: Number(row?.bots), asn: row?.asn, reasons: row?.reasons };
}

const pick = (list: Phone[], n: number): Phone => list[n % list.length] as Phone;

type Crowd = [name: string, ip: string, asn: number, is: (agent: string) => boolean];
/** A relay's people are judged as a carrier's are. */
const RELAY: Crowd = ['Private Relay', '172.224.226.1', 36183, (agent) => /iPhone.*Version\//.test(agent)];
const COMPANY: Crowd = ['a company', '165.225.0.10', 22616, (agent) => /iPhone|Android|Windows/.test(agent)];

it.each<Crowd>([
  RELAY,
  COMPANY,
  ['a carrier', '172.56.10.20', 21928, (agent: string) => /iPhone|Android/.test(agent)],
])(
  'takes 500 people behind one address of %s for people, right after the send',
  async (name, ip, asn, is) => {
    const list = phones(is);
    expect(list.length).toBeGreaterThan(10);
    expect(await crowd(name.replaceAll(' ', '-'), ip, 1, (n) => pick(list, n))).toMatchObject({
      people: CROWD,
      bots: 0,
      asn,
    });
  },
);

it('takes a scanner that opens 500 recipients’ links from one server within a minute for a bot, each time', async () => {
  const [phone] = phones((agent) => /iPhone.*Version\/1[678]/.test(agent));
  const seen = await crowd('scanner', '3.5.140.2', 2, () => phone as Phone);
  expect(seen).toMatchObject({ people: 0, bots: 2 * CROWD, asn: 16509 });
  expect(seen.reasons).toEqual(
    expect.arrayContaining(['network:hosting', 'rate:recipients', 'timing:seconds']),
  );

  const { body } = await sender.call('GET', '/v2/reports/addresses?recipients_min=400');
  expect(body.rows[0]).toMatchObject({ recipients: CROWD });
  expect(body.rows.find((row: { ip: string }) => row.ip === '3.5.140.2')).toMatchObject({
    recipients: CROWD,
    links: 2 * CROWD,
    clicks_bot: 2 * CROWD,
    user_agents: 1,
  });
  const bots = (await sender.call('GET', '/v2/reports/bots?by=asn')).body;
  expect(bots.rows).toMatchObject([{ asn: 16509, clicks_bot: 2 * CROWD, clicks_total: 2 * CROWD }]);
  const kinds = (await sender.call('GET', '/v2/reports/bots?by=kind')).body.rows;
  expect(kinds).toContainEqual({ kind: 'network', clicks_bot: 2 * CROWD });

  // Each message was opened at the links of two offers, from one creative: counted from the clicks themselves.
  const result = await system.clickhouse.query({
    query:
      "SELECT offer_id, any(creative_id) AS creative_id, count() AS clicks FROM clicks WHERE verdict = 'bot' GROUP BY offer_id",
    format: 'JSONEachRow',
  });
  const offers = await result.json<{ offer_id: string; creative_id: string; clicks: string }>();
  expect(offers).toHaveLength(2);
  for (const { offer_id, creative_id, clicks } of offers) {
    const of_offer = (await sender.call('GET', `/v2/reports/bots?by=kind&offer_id=${offer_id}`)).body.rows;
    expect(of_offer).toContainEqual({ kind: 'network', clicks_bot: Number(clicks) });
    const of_creative = await sender.call('GET', `/v2/reports/bots?by=kind&creative_id=${creative_id}`);
    expect(of_creative.body.rows).toEqual(kinds);
    const reasons = (await sender.call('GET', `/v2/reports/bots?offer_id=${offer_id}`)).body.rows;
    expect(reasons).toContainEqual({ reason: 'network:hosting', clicks_bot: Number(clicks) });
    expect((await sender.call('GET', `/v2/reports/bots?by=asn&offer_id=${offer_id}`)).status).toBe(400);
  }
});
