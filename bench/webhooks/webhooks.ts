/** What does a webhook that takes every human click cost the way of a click from the tap to the report? See README.md. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCampaign, created, createSender, type Sender } from '../../test/support/sender.ts';
import { untilSettled } from '../../test/support/settled.ts';
import { startSystem } from '../../test/support/system.ts';
import { until } from '../../test/support/until.ts';
import type { Bench } from '../bench.ts';
import { warmUp } from '../support/load.ts';
import { figure, inRounds, machine, quantile, ratio, round } from '../support/measure.ts';
import { createMessages } from '../support/messages.ts';
import { measureTaps, type Tapped } from '../support/pipeline.ts';

const MESSAGES = 10_000;
const CONNECTIONS = 64;
/** Taps a second, or as fast as they are answered if that is slower. */
const RATE = 26_000;
const EVENTS_MAX = 500;
const DELIVERED_WITHIN_MS = 300_000;
const EVENT_ID = Buffer.from('"id":"evt_');

interface Round extends Tapped {
  /** Events that came, and how long after the last answer the last of them. */
  delivered: number;
  delivered_after_s: number;
}

interface Receiver {
  url: string;
  events: number;
  close(): void;
}

/** Counts events, and reads nothing else of them: a real receiver has a machine of its own. */
async function openReceiver(): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    for (let at = body.indexOf(EVENT_ID); at >= 0; at = body.indexOf(EVENT_ID, at + 1)) receiver.events++;
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const receiver: Receiver = {
    ...{ url, events: 0 },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}

async function createWebhook(sender: Sender, url: string): Promise<string> {
  const answer = await sender.call('POST', '/v2/webhooks', {
    ...{ url, events: ['click.human'], batch: { events_max: EVENTS_MAX } },
  });
  return String(created(answer).webhook_id);
}

/** `--seconds 40`, `--rate 26000`; `--rate most`: as fast as taps are answered. */
export const bench: Bench = async ({ quick, options }) => {
  const seconds = Number(options.seconds ?? (quick ? 10 : 40));
  const rate = options.rate === 'most' ? undefined : Number(options.rate ?? RATE);
  const system = await startSystem({ LOG_MB: '8192', ALLOW_PRIVATE_ENDPOINTS: 'true' });
  const receiver = await openReceiver();
  try {
    const sender = await createSender(system);
    const { creative_ids } = await createCampaign(sender, 'Webhooks');
    const messages = await createMessages(sender, creative_ids[0], MESSAGES);
    const paths = messages.flatMap(({ links }) => links.map(({ link_id }) => `/${link_id}`));
    await warmUp(system.redirect_url, paths);
    await untilSettled(system, paths.length, MESSAGES);
    const pids = await system.pids();
    const tap = (): Promise<Tapped> =>
      measureTaps(system, {
        ...{ paths, messages: MESSAGES, seconds, connections: CONNECTIONS, rate, pids },
      });
    const measures = await inRounds<Round>(
      quick ? 2 : 5,
      {
        without: async () => ({ ...(await tap()), delivered: 0, delivered_after_s: 0 }),
        async with() {
          receiver.events = 0;
          const webhook_id = await createWebhook(sender, receiver.url);
          const tapped = await tap();
          const settled_at = performance.now();
          await until(
            () => receiver.events >= tapped.counted,
            DELIVERED_WITHIN_MS,
            () => `${receiver.events} of ${tapped.counted} events came`,
          );
          const after_s = (performance.now() - settled_at) / 1_000 + tapped.settled_after_s;
          await sender.call('DELETE', `/v2/webhooks/${webhook_id}` as '/v2/webhooks/:webhook_id');
          return { ...tapped, delivered: receiver.events, delivered_after_s: round(after_s) };
        },
      },
      (name, { sent, reported_per_s, delivered_after_s }) =>
        `${name}: ${sent.per_s}/s answered, ${reported_per_s}/s reported, events ${delivered_after_s} s later`,
    );
    const of = (name: string, value: (measure: Round) => number): number[] =>
      (measures[name] ?? []).map(value);
    const pair = (value: (measure: Round) => number) => ({
      without: figure(of('without', value)),
      with: figure(of('with', value)),
      ratio: ratio(of('with', value), of('without', value)),
    });
    const cpu = (name: string) => pair(({ cpu_us }) => cpu_us[name] ?? 0);
    return {
      ...machine(),
      ...{ seconds, connections: CONNECTIONS, offered_per_s: rate ?? 'most' },
      answered_per_s: pair(({ sent }) => sent.per_s),
      reported_per_s: pair(({ reported_per_s }) => reported_per_s),
      lag_p99_ms: pair(({ lags_ms }) => quantile(lags_ms, 0.99)),
      cpu_us: Object.fromEntries(Object.keys(pids).map((name) => [name, cpu(name)])),
      errors: of('with', ({ sent }) => sent.errors),
      counted: of('with', ({ counted }) => counted),
      delivered: of('with', ({ delivered }) => delivered),
      delivered_after_s: figure(of('with', ({ delivered_after_s }) => delivered_after_s)),
    };
  } finally {
    receiver.close();
    await system.destroy();
  }
};
