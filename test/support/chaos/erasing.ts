/**
 * Erases contacts under chaos. Each was sent two messages: one whose clicks and sales are all counted before, whose
 * reports must stay as they are to the cent, and one under load meanwhile. Afterwards their ids are looked for
 * everywhere.
 */
import { findEverywhere, removeOldPartsSoon } from '../erasure-search.ts';
import { clickIdOf, createPhones, PHONE } from '../phones.ts';
import type { TestRedis } from '../redis.ts';
import { createCampaign, type Sender } from '../sender.ts';
import { untilSettled } from '../settled.ts';
import type { System } from '../system.ts';
import { until } from '../until.ts';
import { withoutMarks } from '../without-marks.ts';

const TAPS_AT_ONCE = 16;
const ASK_AGAIN_MS = 500;
const DONE_WITHIN_MS = 600_000;
const REPORTS = ['campaigns', 'variants', 'creatives', 'offers', 'links', 'messages', 'hours'];

export interface ErasureResult {
  contacts: number;
  seconds: number;
  changed: object;
  /** Where one of the contacts was found. */
  found: string[];
  /** Reports that are not as they were before. */
  reports_changed: string[];
  /** Stored clicks of the erased contacts that have an address, an agent or parameters. */
  clicks_not_empty: number;
  /** Messages with human clicks, and first clicks: equal. */
  first_clicks: [messages: number, first: number];
}

export interface Prepared {
  contact_ids: string[];
  /** Clicks that were made. */
  taps: number;
  mark: string;
  before: Map<string, string>;
  system: System;
  sender: Sender;
  redis: TestRedis;
  campaign_id: string;
}

/** Sends each contact a message, taps its links and reports sales. Resolves when all of it is in the reports. */
export async function prepareErasing(
  system: System,
  sender: Sender,
  redis: TestRedis,
  count: number,
): Promise<Prepared> {
  await removeOldPartsSoon(system);
  const mark = `Erase${crypto.randomUUID().replaceAll('-', '')}`;
  const contact_ids = Array.from({ length: count }, (_, i) => `${mark}-${i}`);
  const { campaign_id, creative_ids } = await createCampaign(sender, 'Before');
  const messages = await sender.send(
    contact_ids.map((contact_id, i) => ({
      ...{ contact_id, campaign_id, creative_id: creative_ids[i % 2], variant_id: 'AB'[i % 2] },
      fields: { first_name: contact_id },
    })),
  );
  const phones = createPhones(system.redirect_url, TAPS_AT_ONCE);
  const links = messages.flatMap((message) => message.links.map(({ link_id }) => link_id));
  const conversions: object[] = [];
  for (let from = 0; from < links.length; from += TAPS_AT_ONCE) {
    const answers = await Promise.all(
      links.slice(from, from + TAPS_AT_ONCE).map((link_id) => phones.open(link_id, PHONE)),
    );
    for (const [i, answer] of answers.entries()) {
      if (answer?.status !== 302) throw new Error(`a link answered ${answer?.status}`);
      const sale = { event: 'sale', revenue: `${from + i}.37`, currency: 'USD' };
      if (i % 2 === 0) conversions.push({ ...sale, click_id: clickIdOf(answer) });
    }
  }
  phones.close();
  const reported = await sender.call('POST', '/v2/conversions', { conversions });
  if (reported.status !== 200) throw new Error(`conversions answered ${reported.status}`);
  await untilSettled(system, links.length, count);
  const prepared = { contact_ids, taps: links.length, mark, system, sender, redis, campaign_id };
  return { ...prepared, before: await readReports(prepared) };
}

async function readReports({
  sender,
  campaign_id,
}: Pick<Prepared, 'sender' | 'campaign_id'>): Promise<Map<string, string>> {
  const reports = new Map<string, string>();
  for (const name of REPORTS) {
    const path = `/v2/reports/${name}?from=2026-01-01&to=2030-01-01&campaign_id=${campaign_id}&per_page=500`;
    const { status, body } = await sender.call('GET', path as '/v2/reports/campaigns');
    if (status !== 200) throw new Error(`the report ${name} answered ${status}`);
    reports.set(name, JSON.stringify(withoutMarks(body)));
  }
  return reports;
}

export interface Erasing {
  /** After the load: waits for the erasure, and looks for what is left. */
  end(say: (line: string) => void): Promise<ErasureResult>;
}

/** Asks for the erasure, again until it is taken. */
export function beginErasing(prepared: Prepared): Erasing {
  const { contact_ids, sender } = prepared;
  const started = performance.now();
  const asked = askUntilTaken(sender, contact_ids);
  return {
    async end(say) {
      const path = `/v2/erasures/${await asked}` as '/v2/erasures/{id}';
      let seen: { state?: string; step?: string; waits_for?: string; changed?: object } = {};
      await until(
        async () => {
          const answer = await sender.call('GET', path).catch(() => undefined);
          if (answer?.status === 200) seen = answer.body;
          return seen.state === 'done';
        },
        DONE_WITHIN_MS,
        () => `the erasure is not done: ${JSON.stringify(seen)}`,
      );
      const seconds = Math.round((performance.now() - started) / 1_000);
      say(`erased after ${seconds} s; looking for what is left`);
      return {
        contacts: contact_ids.length,
        seconds,
        changed: seen.changed ?? {},
        ...(await look(prepared)),
      };
    },
  };
}

async function askUntilTaken(sender: Sender, contact_ids: string[]): Promise<string> {
  for (;;) {
    const answer = await sender.call('POST', '/v2/erasures', { contact_ids }).catch(() => undefined);
    if (answer?.status === 202) return answer.body.erasure_id;
    await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
  }
}

type Looked = Omit<ErasureResult, 'contacts' | 'seconds' | 'changed'>;

async function look(prepared: Prepared): Promise<Looked> {
  const { system, redis, mark, before } = prepared;
  const after = await readReports(prepared);
  const ask = async (query: string): Promise<number[]> => {
    const result = await system.clickhouse.query({ query, format: 'JSONCompactEachRow' });
    return ((await result.json<string[]>())[0] ?? []).map(Number);
  };
  const [clicks_not_empty = 0] = await ask(
    `SELECT count() FROM clicks WHERE startsWith(contact_id, 'erased_')
       AND (ip != toIPv6('::') OR user_agent != '' OR notEmpty(headers) OR notEmpty(query))`,
  );
  const [messages = 0, first = 0] = await ask(
    "SELECT uniqExactIf(message_id, verdict = 'human'), sum(is_first) FROM clicks",
  );
  return {
    found: await findEverywhere(system, [mark], [redis.dir]),
    reports_changed: REPORTS.filter((name) => before.get(name) !== after.get(name)),
    clicks_not_empty,
    first_clicks: [messages, first],
  };
}
