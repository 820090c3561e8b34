/**
 * Fills an account with the demo, in this order: catalog, messages, taps, what became of the messages, orders and what
 * else networks report, a network's export. All of it goes through the API, with times of the past, but the taps, which
 * nobody can make in the past (log-taps.ts). Needs running workers; rejects when a server is down, and is not safe to
 * repeat: what is there of it is removed with its account.
 */
import type { InstallationKeySource } from '../access/key-ring.ts';
import { ClickIds } from '../clicks/click-id.ts';
import { notPassed, positionsIn } from '../log/backlog.ts';
import { refreshLayouts } from '../log/layouts.ts';
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { LOGS } from '../records/backup/redis-keys.ts';
import { DemoError } from './demo-error.ts';
import { type LoggedTap, logTaps } from './log-taps.ts';
import { networkReports, type Placed, reconciledExport } from './network.ts';
import { dayAgo, type PlayedMessage, play, type Tap } from './play.ts';
import { AUDIENCES, CAMPAIGNS, CREATIVES, type DemoOffer, OFFERS, PAUSED } from './scenario.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Lines of one request: the next one tells how far it is. */
const LINES_PER_CALL = 10_000;
const LOOK_EVERY_MS = 50;
const PROCESSED_WITHIN_MS = 120_000;

/** The API with the key of the demo's account. */
export interface AccountApi {
  call(method: string, path: string, body?: object): Promise<unknown>;
  /** Sends NDJSON and resolves with its answers in order; throws at the first that is an error. */
  lines(path: string, rows: readonly object[]): Promise<object[]>;
  csv(path: string, text: string): Promise<unknown>;
}

export interface Ground {
  redis: RedisClient;
  keys: InstallationKeySource;
  api: AccountApi;
  account_id: string;
  /** Name of the installation's own domain. */
  domain: string;
  log_bytes_max: number;
  tell(line: string): void;
}

/** Ids by the keys of the scenario. */
interface Catalog {
  offers: Record<string, string>;
  creatives: Record<string, string>;
  campaigns: Record<string, string>;
}

export interface Made {
  messages: number;
  taps: number;
  conversions: number;
}

/** `size` is the share of the scenario's messages that are made. */
export async function makeDemo(
  ground: Ground,
  { seed, size, now_ms }: { seed: number; size: number; now_ms: number },
): Promise<Made> {
  const { api, redis, tell } = ground;
  const played = play({ seed, size, now_ms });
  const catalog = await makeCatalog(api);
  const links = await sendMessages(ground, catalog, played);
  tell('taps');
  const placed = placeTaps(ground, catalog, played, links, now_ms);
  await logTaps(
    redis,
    placed.map(({ logged }) => logged),
    ground.log_bytes_max,
  );
  await sendLines(api, '/v2/messages/events', eventsOf(played));
  await untilProcessed(redis);
  tell('orders');
  const reports = networkReports(placed, { offers: catalog.offers, seed, now_ms });
  await sendLines(api, '/v2/conversions', reports);
  await api.call('PATCH', `/v2/offers/${catalog.offers[PAUSED.offer]}`, { status: 'paused' });
  await untilProcessed(redis);
  const { offer_id, csv } = reconciledExport(reports, catalog.offers);
  await api.csv(`/v2/conversions/reconcile?offer_id=${offer_id}&file_name=network-export.csv`, csv);
  return { messages: played.length, taps: placed.length, conversions: reports.length };
}

async function makeCatalog(api: AccountApi): Promise<Catalog> {
  const offers: Record<string, string> = {};
  const creatives: Record<string, string> = {};
  const campaigns: Record<string, string> = {};
  for (const { key, body } of OFFERS) offers[key] = await create(api, 'offer', body);
  for (const { key, name, body, links } of CREATIVES) {
    const offer_links = Object.entries(links).map(([link, offer]) => ({
      key: link,
      offer_id: offers[offer],
    }));
    creatives[key] = await create(api, 'creative', { name, body, offer_links });
  }
  for (const { key, name, variants } of CAMPAIGNS) {
    campaigns[key] = await create(api, 'campaign', {
      name,
      variants: variants.map(({ creative, ...variant }) => ({
        ...variant,
        creative_id: creatives[creative],
      })),
    });
  }
  for (const { name, define } of AUDIENCES)
    await create(api, 'audience', { name, definition: define(offers) });
  return { offers, creatives, campaigns };
}

async function create(api: AccountApi, kind: string, body: object): Promise<string> {
  const made = (await api.call('POST', `/v2/${kind}s`, body)) as Record<string, string>;
  return made[`${kind}_id`] as string;
}

async function sendLines(api: AccountApi, path: string, rows: readonly object[]): Promise<void> {
  for (let from = 0; from < rows.length; from += LINES_PER_CALL) {
    await api.lines(path, rows.slice(from, from + LINES_PER_CALL));
  }
}

type Links = Map<string, Record<string, string>>;

/** Resolves with the ids of each message's links, by their keys. */
async function sendMessages(
  { api, tell }: Ground,
  { creatives, campaigns }: Catalog,
  played: readonly PlayedMessage[],
): Promise<Links> {
  const links: Links = new Map();
  for (let from = 0; from < played.length; from += LINES_PER_CALL) {
    tell(`messages: ${from.toLocaleString('en')} of ${played.length.toLocaleString('en')}`);
    const rows = played.slice(from, from + LINES_PER_CALL).map((one) => ({
      message_id: one.message_id,
      contact_id: one.contact.contact_id,
      creative_id: creatives[one.creative.key],
      campaign_id: campaigns[one.campaign],
      variant_id: one.variant_id,
      sent_at: new Date(one.sent_at_ms).toISOString(),
      fields: { first_name: one.contact.first_name, country: one.contact.country },
    }));
    for (const answer of await api.lines('/v2/messages', rows)) {
      const { message_id, links: made } = answer as {
        message_id: string;
        links: { key: string; link_id: string }[];
      };
      links.set(message_id, Object.fromEntries(made.map(({ key, link_id }) => [key, link_id])));
    }
  }
  return links;
}

const eventsOf = (played: readonly PlayedMessage[]): object[] =>
  played.flatMap(({ message_id, events }) =>
    events.map(({ at_ms, ...event }) => ({ message_id, ...event, at: new Date(at_ms).toISOString() })),
  );

/** All taps, in order of time. */
function placeTaps(
  ground: Ground,
  catalog: Catalog,
  played: readonly PlayedMessage[],
  links: Links,
  now_ms: number,
): Placed[] {
  const click_ids = new ClickIds(ground.keys);
  const { days_ago, hour, minute } = PAUSED;
  const paused_from_ms = dayAgo(now_ms, days_ago) + hour * HOUR_MS + minute * MINUTE_MS;
  const all = played.flatMap((message) => message.taps.map((tap) => ({ message, tap })));
  all.sort((a, b) => a.tap.at_ms - b.tap.at_ms);
  return all.map(({ message, tap }) => {
    const offer_key = message.creative.links[tap.link_key] as string;
    const link_id = links.get(message.message_id)?.[tap.link_key] ?? '';
    const refused = offer_key === PAUSED.offer && tap.at_ms >= paused_from_ms;
    const logged: LoggedTap = {
      click_id: click_ids.create(tap.at_ms, link_id),
      at_ms: tap.at_ms,
      visitor: tap.visitor,
      domain: ground.domain,
      link: linkOf(message, link_id),
      placement: placementOf(ground.account_id, catalog, message, tap),
      refused: refused ? 'offer_paused' : undefined,
    };
    const offer = OFFERS.find(({ key }) => key === offer_key) as DemoOffer;
    return { logged, by: tap.by, offer, order: refused ? undefined : tap.order };
  });
}

const linkOf = ({ message_id, contact, sent_at_ms }: PlayedMessage, link_id: string): LoggedTap['link'] => ({
  link_id,
  message_id,
  contact_id: contact.contact_id,
  sent_at_ms,
  contact_country: contact.country,
});

const placementOf = (
  account_id: string,
  { offers, creatives, campaigns }: Catalog,
  { creative, campaign, variant_id }: PlayedMessage,
  { link_key }: Tap,
): LoggedTap['placement'] => ({
  account_id,
  offer_id: offers[creative.links[link_key] as string] as string,
  creative_id: creatives[creative.key] as string,
  campaign_id: campaigns[campaign] as string,
  variant_id,
  link_key,
  domain: '',
});

/** Until the workers have counted what is on the logs. */
async function untilProcessed(redis: RedisClient): Promise<void> {
  await refreshLayouts(redis);
  const positions = (await Promise.all(LOGS.map((log) => positionsIn(redis, log)))).flat();
  const until = performance.now() + PROCESSED_WITHIN_MS;
  while ((await notPassed(redis, positions)).length > 0) {
    if (performance.now() > until)
      throw new DemoError(
        'no worker takes the rows off the logs: look at GET /v2/health, then remove the demo and make it again',
      );
    await sleep(LOOK_EVERY_MS);
  }
}
