/** Caps of an offer, by real taps at once and by conversions: none goes over, and what is over is kept and says so. */
import { type Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMetrics } from '../support/metrics.ts';
import { NOON } from '../support/noon.ts';
import { BOT, keptConnections, PHONE } from '../support/phones.ts';
import { created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS } from '../support/until.ts';

const WITHIN_MS = HANGS_AFTER_MS;
const HOUR_MS = 3_600_000;
const CONNECTIONS = 1_000;
const LIMIT = 1_000;
const TAPS = 5_000;

let system: System;
let sender: Sender;
let agent: Agent;

/** Each tap from an address of its own, where `n` says which; no other file taps from there, so none is known for many recipients. */
function tap(link_id: string, n = 0, user_agent = PHONE): Promise<{ status: number; location: string }> {
  const { hostname, port } = new URL(system.redirect_url);
  const headers = {
    'user-agent': user_agent,
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'accept-language': 'en-GB,en;q=0.9',
    'accept-encoding': 'gzip, deflate, br',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'sec-fetch-site': 'none',
    'x-forwarded-for': `81.2.${100 + (n >> 8)}.${n & 255}`,
  };
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path: `/${link_id}`, agent, headers }, (response) => {
      response.resume();
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '' }),
      );
    });
    call.once('error', reject);
    call.end();
  });
}

const hostOf = ({ location }: { location: string }): string =>
  location === '' ? 'page' : new URL(location).hostname;
const clickIdOf = ({ location }: { location: string }): string =>
  new URL(location).searchParams.get('k') ?? '';

async function newOffer(name: string, fields: object = {}): Promise<string> {
  const destination_url = `https://${name}.example/?k={{click_id}}`;
  return created(await sender.call('POST', '/v2/offers', { name, destination_url, ...fields })).offer_id;
}

async function newLinks(offer_id: string, count: number): Promise<string[]> {
  const creative = await sender.call('POST', '/v2/creatives', {
    ...{ name: 'Hello', body: 'Hello {{link1}}', offer_links: [{ key: 'link1', offer_id }] },
  });
  const { creative_id } = created(creative);
  const sent_at = new Date(Date.now() - HOUR_MS).toISOString();
  const sent = await sender.send(
    Array.from({ length: count }, (_, i) => ({ contact_id: `${offer_id}-${i}`, creative_id, sent_at })),
  );
  return sent.map(({ links }) => links[0]?.link_id ?? '');
}

/** Taps that Redis did not answer for in time: such a tap is let in, so that it is answered. */
async function unasked(): Promise<number> {
  const [, count = 0] =
    /^trackly_cap_asks_total\{answer="unasked"\} (\d+)$/m.exec(await readMetrics(system)) ?? [];
  return Number(count);
}

const capsOf = async (offer_id: string) =>
  (await sender.call('GET', `/v2/offers/${offer_id}/caps`)).body.caps;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  agent = keptConnections(CONNECTIONS);
});

afterAll(async () => {
  agent?.destroy();
  await system?.destroy();
});

it('5,000 taps at once on a cap of 1,000 first clicks let 1,000 in, and no other that Redis was asked for', async () => {
  const spill = await newOffer('spill');
  const caps = [{ count: 'first_clicks', per: 'day', tz: NOON, limit: LIMIT }];
  const capped = await newOffer('capped', { caps, fallback_offer_id: spill });
  const links = await newLinks(capped, TAPS);
  const unasked_before = await unasked();
  const hosts = (await Promise.all(links.map((link_id, i) => tap(link_id, i)))).map(hostOf);
  const of_nobody = (await unasked()) - unasked_before;
  const let_in = hosts.filter((host) => host === 'capped.example').length;
  expect(let_in).toBeGreaterThanOrEqual(LIMIT);
  expect(let_in - LIMIT).toBeLessThanOrEqual(of_nobody);
  expect(hosts.filter((host) => host === 'spill.example')).toHaveLength(TAPS - let_in);
  // Whoever was let in is let in again, and takes no other place.
  const inside = links[hosts.indexOf('capped.example')] ?? '';
  expect(hostOf(await tap(inside))).toBe('capped.example');
  const counted = async () => {
    const { rows } = (await sender.call('GET', '/v2/reports/offers?range_by=event')).body;
    return Object.fromEntries(rows.map(({ offer_id, clicks_unique }) => [offer_id, clicks_unique]));
  };
  const all = { [capped]: let_in, [spill]: TAPS - let_in };
  await expect.poll(counted, { timeout: WITHIN_MS, interval: 500 }).toEqual(all);
  const full = [expect.objectContaining({ ...caps[0], used: let_in, full: true })];
  await expect.poll(() => capsOf(capped), { timeout: WITHIN_MS, interval: 250 }).toEqual(full);
});

it('a tap that goes to a fallback address is a click of its message, takes no place and is not paid', async () => {
  const caps = [{ count: 'first_clicks', per: 'day', tz: NOON, limit: 1 }];
  const paid = { payout_type: 'cpc', payout: '0.10', currency: 'EUR' };
  const offer_id = await newOffer('full', { caps, ...paid, fallback_url: 'https://elsewhere.example/' });
  const links = await newLinks(offer_id, 3);
  const hosts = [];
  for (const [i, link_id] of links.entries()) hosts.push(hostOf(await tap(link_id, i)));
  expect(hosts).toEqual(['full.example', 'elsewhere.example', 'elsewhere.example']);
  const row = async () => {
    const { body } = await sender.call('GET', `/v2/reports/offers?range_by=event&offer_id=${offer_id}`);
    const { clicks_total, clicks_unique, payout } = body.rows[0] ?? {};
    return { clicks_total, clicks_unique, payout };
  };
  const once = { clicks_total: 3, clicks_unique: 1, payout: '0.10' };
  await expect.poll(row, { timeout: WITHIN_MS, interval: 250 }).toEqual(once);
  const firsts = async () => {
    const stories = await Promise.all(
      links.map(async (link_id) => (await sender.call('GET', `/v2/links/${link_id}`)).body.clicks[0]),
    );
    return stories.map((click) => click?.is_first);
  };
  expect(await firsts()).toEqual([true, true, true]);
  expect(await capsOf(offer_id)).toEqual([expect.objectContaining({ used: 1, full: true })]);
});

it('a robot gives its place back once it is known as one', async () => {
  const caps = [{ count: 'first_clicks', per: 'day', tz: NOON, limit: 1 }];
  const offer_id = await newOffer('one', { caps });
  const [first = '', second = ''] = await newLinks(offer_id, 2);
  expect(hostOf(await tap(first, 1, BOT))).toBe('one.example');
  await expect
    .poll(async () => hostOf(await tap(second, 2)), { timeout: WITHIN_MS, interval: 250 })
    .toBe('one.example');
  expect(await tap(first, 3)).toMatchObject({ status: 410, location: '' });
});

describe('a cap of conversions', () => {
  it('keeps a late conversion as over_cap, unpaid, and closes the offer; the trace names the cap', async () => {
    const caps = [{ count: 'conversions', per: 'day', tz: NOON, limit: 2 }];
    const offer_id = await newOffer('converts', { caps, payout: '1.50' });
    const links = await newLinks(offer_id, 4);
    const clicks = [];
    for (const [i, link_id] of links.slice(0, 3).entries()) clicks.push(clickIdOf(await tap(link_id, i)));
    for (const click_id of clicks) {
      await sender.call('POST', '/v2/conversions', { conversions: [{ click_id, event: 'lead' }] });
    }
    const rows = async () =>
      (await sender.call('GET', `/v2/conversions?offer_id=${offer_id}`)).body.rows
        .map(({ status, reason, payout }) => [status, reason, payout])
        .toSorted();
    await expect.poll(rows, { timeout: WITHIN_MS, interval: 250 }).toEqual([
      ['attributed', '', '1.50'],
      ['attributed', '', '1.50'],
      ['unattributed', 'over_cap', '0.00'],
    ]);
    expect(await capsOf(offer_id)).toEqual([expect.objectContaining({ used: 2, full: true })]);
    expect(await tap(links[3] ?? '', 4)).toMatchObject({ status: 410 });
    const refused = async () =>
      (await sender.call('GET', `/v2/links/${links[3]}`)).body.refused.map(({ reason }) => reason);
    await expect.poll(refused, { timeout: WITHIN_MS, interval: 250 }).toEqual(['offer_capped']);
    const over = (await sender.call('GET', `/v2/conversions?offer_id=${offer_id}`)).body.rows.find(
      ({ reason }) => reason === 'over_cap',
    );
    const story = (await sender.call('GET', `/v2/conversions/${over?.conversion_id}`)).body;
    expect(story.explanation).toContain('cap of the offer');
    // A higher limit lets taps in again; what was over the cap stays so.
    await sender.call('PATCH', `/v2/offers/${offer_id}`, { caps: [{ ...caps[0], limit: 3 }] });
    await expect
      .poll(async () => hostOf(await tap(links[3] ?? '', 4)), { timeout: WITHIN_MS, interval: 50 })
      .toBe('converts.example');
    expect((await rows()).map(([, reason]) => reason)).toEqual(['', '', 'over_cap']);
  });

  it('of payout never goes over the amount', async () => {
    const caps = [{ count: 'payout', per: 'month', tz: NOON, limit: '4.00' }];
    const offer_id = await newOffer('pays', { caps, payout: '1.50' });
    const links = await newLinks(offer_id, 4);
    const answers = await Promise.all(links.map((link_id, i) => tap(link_id, i)));
    await sender.call('POST', '/v2/conversions', {
      conversions: answers.map((answer) => ({ click_id: clickIdOf(answer), event: 'lead' })),
    });
    const reasons = async () =>
      (await sender.call('GET', `/v2/conversions?offer_id=${offer_id}`)).body.rows
        .map(({ reason }) => reason)
        .toSorted();
    await expect
      .poll(reasons, { timeout: WITHIN_MS, interval: 250 })
      .toEqual(['', '', 'over_cap', 'over_cap']);
    expect(await capsOf(offer_id)).toEqual([expect.objectContaining({ used: '3.00', full: true })]);
  });

  it('of payout is refused for an offer that pays for clicks', async () => {
    const { status, body } = await sender.call('POST', '/v2/offers', {
      ...{ name: 'x', destination_url: 'https://x.example/', payout_type: 'cpc', payout: '0.10' },
      caps: [{ count: 'payout', per: 'day', tz: 'UTC', limit: '10.00' }],
    });
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('cap first_clicks')]);
  });
});
