/**
 * A sender's whole business in small: a catalog, messages, links of every state, clicks of people and bots,
 * conversions of every fate. And everything that anybody can see of it, to be compared later.
 */

import { expect } from 'vitest';
import { BOT, clickIdOf, createPhones, PHONE } from './phones.ts';
import { createNetwork } from './postback.ts';
import { type Campaign, type CreatedMessage, createCampaign, createSender, type Sender } from './sender.ts';
import { untilSettled } from './settled.ts';
import type { System } from './system.ts';
import { withoutMarks } from './without-marks.ts';

export const MESSAGES = 60;
const REPORTS = ['messages', 'links', 'offers', 'creatives', 'campaigns', 'variants', 'hours'] as const;

export interface Business {
  sender: Sender;
  campaign: Campaign;
  messages: CreatedMessage[];
  /** As they were created, to be sent again. */
  inputs: { message_id: string; [field: string]: unknown }[];
  /** Links outside a message, one with an address of its own, one that is disabled. */
  shortened: string[];
  disabled: string;
  coupon: string;
  /** Clicks that were answered. */
  clicks: number;
}

export async function openBusiness(system: System, settings: object = {}): Promise<Business> {
  const sender = await createSender(system, { tracking_domain: 'go.brand.example', ...settings });
  const campaign = await createCampaign(sender, 'Business');
  const [offer_id, cpc] = campaign.offer_ids;
  const coupon = 'SPRING10';
  ok(
    await sender.call('PATCH', `/v2/offers/${cpc}`, { payout_type: 'cpc', payout: '0.05', currency: 'EUR' }),
  );
  ok(await sender.call('PATCH', `/v2/offers/${offer_id}`, { coupon_codes: [coupon], name: 'Renamed' }));
  const inputs = Array.from({ length: MESSAGES }, (_, i) => ({
    message_id: `order "${i}"\\`,
    contact_id: `contact/${i}`,
    campaign_id: campaign.campaign_id,
    variant_id: 'AB'[i % 2],
    creative_id: campaign.creative_ids[i % 2],
    fields: { first_name: `Zoë "${i}"`, country: 'DE' },
  }));
  const messages = await sender.send(inputs);
  ok(
    await sender.call('POST', '/v2/audiences', {
      name: 'Clicked twice',
      definition: { clicked: { offer_id, at_least: 2, window: { last_days: 30 } } },
    }),
  );
  const shorten = async (body: object): Promise<string> =>
    ok(await sender.call('POST', '/v2/links/shorten', body)).link_id;
  const shortened = [
    await shorten({ url: 'https://own.example/{{contact_id}}?click={{click_id}}', contact_id: 'x y' }),
    await shorten({ offer_id }),
  ];
  const disabled = await shorten({ offer_id });
  ok(await sender.call('PATCH', `/v2/links/${disabled}`, { status: 'disabled' }));
  return { sender, campaign, messages, inputs, shortened, disabled, coupon, clicks: 0 };
}

/** People and bots open links `from` … `to` of the messages, some twice; some of it is reported. */
export async function doBusiness(
  system: System,
  business: Business,
  from: number,
  to: number,
): Promise<void> {
  const phones = createPhones(system.redirect_url, 8);
  const network = createNetwork(system.redirect_url, 4);
  const { sender, messages, shortened, campaign, coupon } = business;
  try {
    const open = async (link_id: string, agent: string): Promise<string> => {
      const answer = await phones.open(link_id, agent);
      expect(answer?.status).toBe(302);
      business.clicks++;
      return answer === undefined ? '' : clickIdOf(answer);
    };
    const report = async (path: string, parameters: Record<string, string>): Promise<void> => {
      expect((await network.report(path, parameters))?.status).toBeLessThan(300);
    };
    for (const [i, { links }] of messages.slice(from, to).entries()) {
      const [one = '', two = ''] = links.map(({ link_id }) => link_id);
      await open(one, i % 5 === 0 ? BOT : PHONE);
      const click_id = await open(two, PHONE);
      if (i % 3 === 0) await open(two, PHONE);
      if (i % 2 === 0)
        await report('/conv', { click_id, txn_id: `t${from + i}`, revenue: '12.34', currency: 'EUR' });
    }
    for (const link_id of shortened) await open(link_id, PHONE);
    // Waits for its click, for its sale, and for its code.
    const last = messages.at(-1)?.links[0]?.link_id ?? '';
    await report('/conv', { link_id: last, txn_id: `early${from}`, revenue: '5' });
    const { body } = await sender.call('GET', '/v2/account');
    const secret = String(body.conversion_secret);
    await report('/conv/coupon', {
      secret,
      code: coupon,
      contact_id: 'contact/1',
      revenue: '3',
      txn_id: `c${from}`,
    });
    await report('/conv/coupon', { secret, code: 'LATER', revenue: '4', txn_id: `l${from}` });
    await report('/conv/offer', {
      secret,
      offer_id: campaign.offer_ids[0],
      event: 'refund',
      revenue: '1',
      txn_id: `unknown${from}`,
    });
  } finally {
    phones.close();
    network.close();
  }
  await untilSettled(system, business.clicks, MESSAGES);
}

/** All that the account's people see, without what depends on now. */
export async function lookAtAll(business: Business): Promise<Record<string, unknown>> {
  const { sender, messages, shortened, disabled } = business;
  const get = async <Path extends string>(path: Path) => ok(await sender.call('GET', path));
  const range = 'from=2020-01-01&to=2099-01-01&per_page=500';
  const seen: Record<string, unknown> = {};
  for (const report of REPORTS) {
    const { rows, totals } = withoutMarks(await get(`/v2/reports/${report}?${range}`));
    seen[report] = [byText(rows), totals];
  }
  for (const kind of ['offers', 'creatives', 'campaigns', 'audiences'])
    seen[`catalog ${kind}`] = await get(`/v2/${kind}`);
  seen['account'] = await get('/v2/account');
  seen['conversions'] = byText((await get(`/v2/conversions?${range}`)).rows);
  seen['unattributed'] = await get(`/v2/reports/unattributed?from=2020-01-01&to=2099-01-01`);
  for (const link_id of [...shortened, disabled, messages[3]?.links[0]?.link_id]) {
    seen[`link ${link_id}`] = await get(`/v2/links/${link_id}`);
  }
  const message_id = encodeURIComponent(messages[3]?.message_id ?? '');
  seen['message'] = await get(`/v2/messages/${message_id}`);
  return seen;
}

function ok<T>({ status, body }: { status: number; body: T }): T {
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Rows of one sort key may come in any order. */
const byText = (rows: unknown[]): unknown[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
