/**
 * What happens to an account's clicks and money reaches its webhooks: each event once under its id, signed, in order, what
 * is asked for and nothing else, tried again and replayed under the same ids.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { connectRedis, probeRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { BACKLOG_MAX, NO_PROGRESS, noteProgress } from '../../src/webhooks/delivery-progress.ts';
import type { WebhookEvent } from '../../src/webhooks/webhook.ts';
import { WebhookCache } from '../../src/webhooks/webhook-cache.ts';
import { backlogBound } from '../../workers/webhooks/deliver-messages.ts';
import { createWorkerMetrics } from '../../workers/worker-metrics.ts';
import { BOT, clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createNetwork, type Network } from '../support/postback.ts';
import {
  type Campaign,
  callApi,
  createCampaign,
  created,
  createSender,
  type Sender,
} from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';
import { openReceiver, type Receiver } from '../support/webhook-receiver.ts';

let system: System;
let sender: Sender;
let other: Sender;
let campaign: Campaign;
let phones: Phones;
let network: Network;
let redis: RedisClient;
const receivers: Receiver[] = [];

beforeAll(async () => {
  system = await sharedSystem();
  [sender, other] = await Promise.all([createSender(system), createSender(system)]);
  campaign = await createCampaign(sender, 'Hooked');
  phones = createPhones(system.redirect_url, 4);
  network = createNetwork(system.redirect_url, 4);
  redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
  await untilReady(redis, 5_000);
});

afterAll(async () => {
  phones?.close();
  network?.close();
  redis?.disconnect();
  await Promise.all(receivers.map((one) => one.close()));
  await system?.destroy();
});

interface Hook {
  webhook_id: string;
  receiver: Receiver;
}

async function hook(given: object, by = sender): Promise<Hook> {
  const receiver = await openReceiver();
  receivers.push(receiver);
  const body = created(await by.call('POST', '/v2/webhooks', { name: 'Test', url: receiver.url, ...given }));
  receiver.verify(String(body.secret));
  return { webhook_id: body.webhook_id, receiver };
}

/** Link ids of a new message, by its first link. */
async function newLinks(count: number, by = sender, of = campaign): Promise<string[]> {
  const messages = await by.send(
    Array.from({ length: count }, () => ({
      contact_id: `contact-${crypto.randomUUID()}`,
      creative_id: of.creative_ids[0],
      campaign_id: of.campaign_id,
      variant_id: 'A',
      fields: { first_name: 'Kim' },
    })),
  );
  return messages.map(({ links }) => links[0]?.link_id ?? '');
}

const tap = async (link: string, agent = PHONE): Promise<string> => {
  const answer = await phones.open(link, agent);
  return clickIdOf(answer ?? { status: 0, location: '' });
};
/** By their numbers: requests are sent side by side, so a later one may come first. */
const inOrder = ({ taken }: Receiver) => taken.toSorted((a, b) => a.sequence - b.sequence);
const eventsOf = (receiver: Receiver): WebhookEvent[] => inOrder(receiver).flatMap(({ events }) => events);
const told = (receiver: Receiver): string[] =>
  eventsOf(receiver).map(({ type, data }) => `${type} ${String(data['click_id'])}`);

describe('a webhook of clicks', () => {
  it('is told each click once, in order, signed, and bots only when it asks for them', async () => {
    const all = await hook({ events: ['click.human', 'click.first'] });
    const bots = await hook({ events: ['click.bot'], fields: ['click_id', 'bot_reasons'] });
    const foreign = await hook({ events: ['click.human', 'click.bot'] }, other);
    const [link = ''] = await newLinks(1);
    const first = await tap(`${link}?sub1=blue`);
    await untilSeen('the first click', () => told(all.receiver).length, 2);
    const second = await tap(link);
    const bot = await tap(link, BOT);
    await untilSeen('all clicks', () => told(all.receiver), [
      `click.human ${first}`,
      `click.first ${first}`,
      `click.human ${second}`,
    ]);
    await untilSeen('the bot', () => told(bots.receiver), [`click.bot ${bot}`]);
    const messages = inOrder(all.receiver);
    expect(messages.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    const [human] = messages;
    expect(human).toMatchObject({
      id: human?.events[0]?.id,
      events: [
        {
          id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
          type: 'click.human',
          data: {
            ...{ click_id: first, link_id: link, offer_id: campaign.offer_ids[0], verdict: 'human' },
            ...{ campaign_id: campaign.campaign_id, is_first: true, query: { sub1: 'blue' } },
            contact_id: expect.stringMatching(/^contact-/),
          },
        },
      ],
    });
    const told_of = await sender.call('GET', `/v2/webhooks/${all.webhook_id}/deliveries/${human?.id}`);
    expect(told_of.body['payload']).toEqual(human?.events);
    expect(Object.keys(eventsOf(bots.receiver)[0]?.data ?? {}).toSorted()).toEqual([
      'bot_reasons',
      'click_id',
    ]);
    expect(new Set(eventsOf(all.receiver).map(({ id }) => id)).size).toBe(3);
    expect([...all.receiver.wrong, ...bots.receiver.wrong]).toEqual([]);
    expect(foreign.receiver.taken).toEqual([]);
  });

  it('gets batches, and only what its filter lets through', async () => {
    const batched = await hook({
      events: ['click.human'],
      batch: { events_max: 100 },
      filter: { offer_id: [campaign.offer_ids[0]] },
    });
    const none = await hook({ events: ['click.human'], filter: { offer_id: ['off_nobody'] } });
    const links = await newLinks(30);
    const ids = await Promise.all(links.map((link) => tap(link)));
    await untilSeen(
      'all clicks',
      () =>
        eventsOf(batched.receiver)
          .map(({ data }) => data['click_id'])
          .toSorted(),
      ids.toSorted(),
    );
    expect(batched.receiver.taken.length).toBeLessThan(10);
    expect(batched.receiver.taken.every(({ id }) => id.startsWith('msg_'))).toBe(true);
    expect(batched.receiver.wrong).toEqual([]);
    expect(none.receiver.taken).toEqual([]);
  });

  it('is told nothing of tests', async () => {
    const { receiver } = await hook({ events: ['click.human', 'click.first'] });
    const tested = await sender.send([
      {
        contact_id: 'tester',
        creative_id: campaign.creative_ids[0],
        test: true,
        fields: { first_name: 'T' },
      },
    ]);
    await tap(tested[0]?.links[0]?.link_id ?? '');
    const [link = ''] = await newLinks(1);
    const click_id = await tap(link);
    await untilSeen('the real click', () => told(receiver), [
      `click.human ${click_id}`,
      `click.first ${click_id}`,
    ]);
  });
});

describe('money and verdicts', () => {
  it('what is booked and reversed sums up to what the reports say', async () => {
    const own = await createSender(system);
    const of = await createCampaign(own, 'Money');
    const { receiver } = await hook({ events: ['conversion.booked', 'conversion.reversed'] }, own);
    const links = await newLinks(3, own, of);
    const clicks = await Promise.all(links.map((link) => tap(`${link}?gclid=g1`)));
    for (const [i, click_id] of clicks.entries())
      await network.report('/conv', {
        click_id,
        event: 'sale',
        revenue: '12.5',
        currency: 'USD',
        txn_id: `t${i}`,
      });
    await untilSeen('three sales', () => eventsOf(receiver).length, 3);
    await network.report('/conv', { click_id: clicks[0] ?? '', event: 'void', txn_id: 't0' });
    await network.report('/conv', {
      click_id: clicks[1] ?? '',
      event: 'refund',
      revenue: '2.5',
      currency: 'USD',
      txn_id: 't1',
    });
    const sum = (): number =>
      eventsOf(receiver).reduce(
        (total, { data }) => total + Number(data['sign']) * Number(data['revenue']),
        0,
      );
    await untilSeen('the sum of the events', sum, 22.5);
    const { body } = await own.call('GET', '/v2/reports/campaigns?from=2026-01-01&range_by=event');
    expect(Number(body.totals.revenue)).toBe(22.5);
    const [sale] = eventsOf(receiver);
    expect(sale).toMatchObject({
      type: 'conversion.booked',
      data: { event: 'sale', currency: 'USD', status: 'attributed', query: { gclid: 'g1' } },
    });
    expect(eventsOf(receiver).map(({ type }) => type)).toContain('conversion.reversed');
    expect(new Set(eventsOf(receiver).map(({ id }) => id)).size).toBe(eventsOf(receiver).length);
  });

  it('a verdict that changes is told with the one before', async () => {
    const own = await createSender(system);
    const of = await createCampaign(own, 'Judged again');
    const { receiver } = await hook({ events: ['verdict.changed'] }, own);
    const [link = ''] = await newLinks(1, own, of);
    const click_id = await tap(link);
    await untilSeen(
      'the click',
      async () => (await own.call('GET', `/v2/links/${link}`)).body.clicks?.length,
      1,
    );
    const bot_rules = { bot: { user_agents: [PHONE] } };
    await callApi(system, system.admin_key, 'PATCH', `/v2/accounts/${own.account_id}`, { bot_rules });
    await own.call('POST', '/v2/rejudgements', { from: '2020-01-01' });
    await untilSeen('the changed verdict', () => told(receiver), [`verdict.changed ${click_id}`]);
    expect(eventsOf(receiver)[0]?.data).toMatchObject({
      ...{ verdict: 'bot', verdict_before: 'human', is_first: false, is_first_before: true },
      contact_id: expect.stringMatching(/^contact-/),
    });
  });
});

describe('a receiver that fails', () => {
  it('gets the same id again, and a slow one delays no other', async () => {
    const failing = await hook({ events: ['click.first'] });
    const slow = await hook({ events: ['click.first'] });
    const good = await hook({ events: ['click.first'] });
    failing.receiver.answers.push({ status: 500 }, { status: 302, headers: { location: good.receiver.url } });
    const { promise, resolve: release } = Promise.withResolvers<void>();
    slow.receiver.held = promise;
    const links = await newLinks(2);
    const ids: string[] = [];
    for (const link of links) ids.push(await tap(link));
    await untilSeen('both at the good one', () => told(good.receiver).length, 2);
    // The slow one has not answered yet.
    expect(slow.receiver.answered).toBe(0);
    release();
    await untilSeen('both at the slow one', () => new Set(told(slow.receiver)).size, 2);
    await untilSeen('both at the failing one', () => told(failing.receiver).length, 2);
    const refused = failing.receiver.refused.map(({ id }) => id);
    expect(refused.toSorted()).toEqual(failing.receiver.taken.map(({ id }) => id).toSorted());
    expect(failing.receiver.wrong).toEqual([]);
  });

  it('is paused when it answers 410, which the audit log says; what it took can be replayed', async () => {
    const { webhook_id, receiver } = await hook({ events: ['click.first'] });
    const path = `/v2/webhooks/${webhook_id}` as '/v2/webhooks/:webhook_id';
    const [one = '', two = ''] = await newLinks(2);
    await tap(one);
    await untilSeen('the first', () => receiver.taken.length, 1);
    const [sent] = receiver.taken;
    receiver.otherwise = { status: 410 };
    await tap(two);
    await untilSeen('the pause', async () => (await sender.call('GET', path)).body.paused?.reason, 'gone');
    await untilSeen(
      'the audit log',
      async () => (await sender.call('GET', `/v2/audit?action=webhook.paused`)).body.entries.length,
      (length) => length > 0,
    );
    receiver.otherwise = { status: 204 };
    await sender.call('PATCH', path, { status: 'active' });
    const replay = await sender.call('POST', `${path}/replay`, { ids: [sent?.id] });
    expect(replay.status).toBe(202);
    // Beside what it had refused, which it takes now.
    const replayed = () => receiver.taken.filter(({ id }) => id === sent?.id).map(({ sequence }) => sequence);
    await untilSeen('the replay', replayed, [sent?.sequence, sent?.sequence]);
    expect(receiver.wrong).toEqual([]);
  });

  it('what waits while it is paused is sent later, of an erased contact without what is known of it', async () => {
    const own = await createSender(system);
    const of = await createCampaign(own, 'Erased');
    const { webhook_id, receiver } = await hook({ events: ['click.first'] }, own);
    const path = `/v2/webhooks/${webhook_id}` as '/v2/webhooks/:webhook_id';
    await own.call('PATCH', path, { status: 'paused' });
    const messages = await own.send(
      ['erased-one', 'kept-one'].map((contact_id) => ({
        ...{ contact_id, creative_id: of.creative_ids[0], fields: { first_name: 'Kim' } },
      })),
    );
    for (const { links } of messages) await tap(`${links[0]?.link_id}?sub1=secret`);
    const waiting = async (): Promise<number> => (await own.call('GET', path)).body.state?.waiting ?? 0;
    await untilSeen('what waits', waiting, 2);
    const known = await fetch(`${system.api_url}/v2/contacts/erased-one/export`, {
      headers: { 'x-api-key': own.api_key },
    });
    const told = (await known.text()).split('\n').filter((line) => line.includes('webhook_event'));
    expect(told.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        ...{ kind: 'webhook_event', webhook_id, type: 'click.first' },
        data: expect.objectContaining({ contact_id: 'erased-one', query: { sub1: 'secret' } }),
      }),
    ]);
    const { body } = await own.call('DELETE', '/v2/contacts/erased-one' as '/v2/contacts/:contact_id');
    await untilSeen(
      'the erasure',
      async () =>
        (await own.call('GET', `/v2/erasures/${body.erasure_id}` as '/v2/erasures/:erasure_id')).body.state,
      'done',
      300_000,
    );
    expect(receiver.taken).toEqual([]);
    await own.call('PATCH', path, { status: 'active' });
    await untilSeen('both', () => receiver.taken.length, 2);
    // Two links may be of two parts of the log, which are counted in any order.
    const data = eventsOf(receiver).map((event) => event.data);
    const [erased, kept] = data.sort((a) => (a['contact_id'] === 'kept-one' ? 1 : -1));
    expect(erased?.['contact_id']).toMatch(/^erased_/);
    expect(erased).not.toHaveProperty('query');
    expect(kept).toMatchObject({ contact_id: 'kept-one', query: { sub1: 'secret' } });
  }, 400_000);
});

/** As the sequencer stores it; what a row of a webhook has. */
const insert = (table: string, values: object[]): Promise<unknown> =>
  system.clickhouse.insert({ table: `trackly.${table}`, values, format: 'JSONEachRow' });
const moveHead = (webhook_id: string, sequence: number): Promise<unknown> =>
  insert('webhook_heads', [{ account_id: sender.account_id, webhook_id, sequence }]);

describe('numbers whose messages are not there yet, because a replica is behind', () => {
  // Events are looked for when their messages say that they were inserted.
  const at = new Date().toISOString().replace('T', ' ').slice(0, 23);
  const rowOf = (webhook_id: string, sequence: number) => {
    const event_id = `evt_${webhook_id}_${sequence}`;
    const batch = `late-${webhook_id}`;
    const { account_id } = sender;
    return {
      message: {
        ...{ account_id, webhook_id, sequence, message_id: event_id, shard: 0, event_ids: [event_id] },
        ...{ types: ['click.human'], batches: [batch], happened_at: at, block: 0 },
        ...{ events_from: at, events_to: at },
      },
      event: {
        ...{ account_id, webhook_id, events_max: 1, event_id, position: sequence, type: 'click.human' },
        ...{ happened_at: at, click_id: `c${sequence}`, conversion_id: '', contact_id: 'ann' },
        ...{ body: JSON.stringify({ click_id: `c${sequence}` }), private: '', batch, inserted_at: at },
      },
    };
  };

  /** Messages first: events of a batch that no message has are numbered. */
  async function store(webhook_id: string, messages: number[], events: number[]): Promise<void> {
    if (messages.length > 0)
      await insert(
        'webhook_messages',
        messages.map((sequence) => rowOf(webhook_id, sequence).message),
      );
    if (events.length > 0)
      await insert(
        'webhook_events',
        events.map((sequence) => rowOf(webhook_id, sequence).event),
      );
  }

  it('are waited for, and those after them too', async () => {
    const gap = await hook({ events: ['click.human'] });
    const none = await hook({ events: ['click.human'] });
    const whole = await hook({ events: ['click.human'] });
    await store(gap.webhook_id, [1, 3], [1, 2, 3]);
    await moveHead(gap.webhook_id, 3);
    await moveHead(none.webhook_id, 2);
    await store(whole.webhook_id, [1], [1]);
    await moveHead(whole.webhook_id, 1);
    await untilSeen('what has no gap', () => whole.receiver.taken.length, 1);
    expect([gap.receiver.taken, none.receiver.taken]).toEqual([[], []]);
    await store(gap.webhook_id, [2], []);
    await store(none.webhook_id, [1, 2], [1, 2]);
    const numbersOf = ({ receiver }: Hook) => receiver.taken.map(({ sequence }) => sequence).toSorted();
    await untilSeen('all', () => [numbersOf(gap), numbersOf(none)], [
      [1, 2, 3],
      [1, 2],
    ]);
    expect([...gap.receiver.wrong, ...none.receiver.wrong]).toEqual([]);
  });
});

describe('the bound of a backlog', () => {
  it('pauses those whose backlog is over it and grows, and no other', async () => {
    const hooks = await Promise.all(Array.from({ length: 4 }, () => hook({ events: ['click.human'] })));
    const ids = hooks.map(({ webhook_id }) => webhook_id);
    const [growing = '', draining = '', unnoted = '', at_bound = ''] = ids;
    const { account_id } = sender;
    const at = (webhook_id: string) => `/v2/webhooks/${webhook_id}` as '/v2/webhooks/:webhook_id';
    // Nobody delivers to them, so that the progress is what is noted here.
    for (const id of ids) await sender.call('PATCH', at(id), { status: 'paused' });
    const note = (webhook_id: string, taken: number): Promise<void> =>
      noteProgress(
        redis,
        { account_id, webhook_id },
        { ...NO_PROGRESS, done: taken, taken, noted_ms: Date.now() },
      );
    const metrics = createWorkerMetrics();
    const logger = createLogger('test', 'silent');
    const webhooks = new WebhookCache(redis);
    const look = backlogBound({
      ...{ redis, clickhouse: system.clickhouse, webhooks, metrics, logger },
      mail: undefined,
    });
    const reasons = async (): Promise<unknown[]> =>
      Promise.all(ids.map(async (id) => (await sender.call('GET', at(id))).body.paused?.reason));

    for (const id of [growing, draining, at_bound]) await note(id, 0);
    for (const id of [growing, draining, unnoted]) await moveHead(id, BACKLOG_MAX + 10);
    await moveHead(at_bound, BACKLOG_MAX - 10);
    await look();
    expect(await reasons()).toEqual(['request', 'request', 'request', 'request']);

    await note(draining, 100);
    for (const id of [growing, draining, unnoted]) await moveHead(id, BACKLOG_MAX + 20);
    await moveHead(at_bound, BACKLOG_MAX);
    await look();
    expect(await reasons()).toEqual(['full', 'request', 'request', 'request']);
    for (const id of ids) await sender.call('DELETE', at(id));
  });
});
