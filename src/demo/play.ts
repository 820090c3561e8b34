/**
 * Plays 30 days up to now: which contact gets which message when, what the carrier says of it, who opens its links and
 * who orders. The same for the same seed and moment. Nothing happens after that moment. Pure.
 */
import { seededRandom } from '../platform/random.ts';
import {
  type Contact,
  drawContact,
  person,
  picked,
  prefetcher,
  type Random,
  scanner,
  type Visitor,
} from './people.ts';
import {
  type Blast,
  CAMPAIGNS,
  CREATIVES,
  DAYS,
  type DemoCampaign,
  type DemoCreative,
  OFFERS,
} from './scenario.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Messages of the scenario for each of its contacts, who get several. */
const MESSAGES_A_CONTACT = 4.5;
const BLAST_MS = 40 * MINUTE_MS;

export interface PlayedMessage {
  message_id: string;
  contact: Contact;
  campaign: string;
  variant_id: string;
  creative: DemoCreative;
  sent_at_ms: number;
  /** What the carrier reports. */
  events: { state: 'delivered' | 'undelivered' | 'opted_out'; at_ms: number; code?: string }[];
  taps: Tap[];
}

export interface Tap {
  link_key: string;
  at_ms: number;
  visitor: Visitor;
  by: 'person' | 'scanner' | 'prefetcher';
  /** What came of it; only of a person's first tap on the link. */
  order?: Order;
}

export interface Order {
  at_ms: number;
  amount: string;
  /** When it was sent back. */
  refunded_at_ms?: number;
}

/** `size` is the share of the scenario's messages that are played. */
export interface Play {
  seed: number;
  now_ms: number;
  size: number;
}

/** In the order of sending. */
export function play({ seed, now_ms, size }: Play): PlayedMessage[] {
  const random = seededRandom(seed);
  const sends = CAMPAIGNS.flatMap((campaign) =>
    timesOf(random, campaign, now_ms, size).map((sent_at_ms) => ({ campaign, sent_at_ms })),
  ).sort((a, b) => a.sent_at_ms - b.sent_at_ms);
  const contacts = Array.from({ length: Math.ceil(sends.length / MESSAGES_A_CONTACT) }, (_, i) =>
    drawContact(random, i + 1),
  );
  return sends.map(({ campaign, sent_at_ms }, i) =>
    playMessage(random, {
      message_id: `demo-message-${String(i + 1).padStart(6, '0')}`,
      contact: picked(random, contacts),
      campaign,
      sent_at_ms,
      now_ms,
    }),
  );
}

/** Midnight UTC of a day before. */
export const dayAgo = (now_ms: number, days_ago: number): number =>
  (Math.floor(now_ms / DAY_MS) - days_ago) * DAY_MS;

function timesOf(
  random: Random,
  { blasts, daily = 0 }: DemoCampaign,
  now_ms: number,
  size: number,
): number[] {
  const times = blasts.flatMap(({ days_ago, hour, messages }: Blast) => {
    const from_ms = dayAgo(now_ms, days_ago) + hour * HOUR_MS;
    return Array.from({ length: Math.round(messages * size) }, () => from_ms + random() * BLAST_MS);
  });
  // Not before the first day of the last 30: the console compares them with the 30 before, of which there is nothing.
  const from_ms = dayAgo(now_ms, DAYS - 1);
  for (let i = 0; i < DAYS * daily * size; i++) times.push(from_ms + random() * (now_ms - from_ms));
  // A moment is whole milliseconds, and past.
  return times.map((time) => Math.floor(time)).filter((time) => time < now_ms - MINUTE_MS);
}

interface Sent {
  message_id: string;
  contact: Contact;
  campaign: DemoCampaign;
  sent_at_ms: number;
  now_ms: number;
}

function playMessage(random: Random, { campaign, now_ms, ...message }: Sent): PlayedMessage {
  const variant = picked(random, campaign.variants);
  const creative = CREATIVES.find(({ key }) => key === variant.creative) as DemoCreative;
  const { contact, sent_at_ms } = message;
  const fails = random() < contact.carrier.fails;
  const delivered_at_ms = sent_at_ms + Math.floor(2 * SECOND_MS + exponential(random, 8 * SECOND_MS));
  const events: PlayedMessage['events'] = fails
    ? [{ state: 'undelivered', at_ms: delivered_at_ms, code: contact.carrier.code }]
    : [{ state: 'delivered', at_ms: delivered_at_ms }];
  if (!fails && random() < 0.003)
    events.push({ state: 'opted_out', at_ms: delivered_at_ms + Math.floor(exponential(random, HOUR_MS)) });
  const taps = [
    ...machineTaps(random, { contact, creative, sent_at_ms }),
    ...(fails ? [] : peopleTaps(random, { contact, creative, delivered_at_ms, now_ms })),
  ];
  return {
    ...message,
    campaign: campaign.key,
    variant_id: variant.variant_id,
    creative,
    events: events.filter(({ at_ms }) => at_ms < now_ms),
    taps: taps.filter(({ at_ms }) => at_ms < now_ms),
  };
}

/** Scanners open every link seconds after the send, previews the first one. */
function machineTaps(
  random: Random,
  { contact, creative, sent_at_ms }: Pick<PlayedMessage, 'contact' | 'creative' | 'sent_at_ms'>,
): Tap[] {
  const taps: Tap[] = [];
  if (random() < contact.carrier.scans) {
    const visitor = scanner(random);
    const at_ms = sent_at_ms + Math.floor(SECOND_MS + random() * 6 * SECOND_MS);
    for (const [i, link_key] of Object.keys(creative.links).entries()) {
      taps.push({ link_key, at_ms: at_ms + i * 300, visitor, by: 'scanner' });
    }
  }
  if (random() < 0.025) {
    const at_ms = sent_at_ms + Math.floor(5 * SECOND_MS + exponential(random, MINUTE_MS));
    taps.push({ link_key: 'link1', at_ms, visitor: prefetcher(random, contact), by: 'prefetcher' });
  }
  return taps;
}

function peopleTaps(
  random: Random,
  {
    contact,
    creative,
    delivered_at_ms,
    now_ms,
  }: Pick<PlayedMessage, 'contact' | 'creative'> & { delivered_at_ms: number; now_ms: number },
): Tap[] {
  const taps: Tap[] = [];
  for (const [link_key, offer_key] of Object.entries(creative.links)) {
    const chance = link_key === 'link1' ? creative.click_rate : creative.click_rate * 0.4;
    if (random() >= chance) continue;
    const at_ms = delivered_at_ms + Math.floor(15 * SECOND_MS + untilRead(random));
    const visitor = person(random, contact);
    const order = playOrder(random, offer_key, at_ms, now_ms);
    taps.push({ link_key, at_ms, visitor, by: 'person', ...(order && { order }) });
    if (random() < 0.14)
      taps.push({
        link_key,
        at_ms: at_ms + Math.floor(MINUTE_MS + exponential(random, HOUR_MS)),
        visitor,
        by: 'person',
      });
  }
  return taps;
}

/** Two of three read a message within minutes, the others in the course of the day. */
const untilRead = (random: Random): number =>
  exponential(random, random() < 0.65 ? 8 * MINUTE_MS : 5 * HOUR_MS);

function playOrder(
  random: Random,
  offer_key: string,
  tapped_at_ms: number,
  now_ms: number,
): Order | undefined {
  const offer = OFFERS.find(({ key }) => key === offer_key);
  if (offer === undefined || random() >= offer.cvr) return undefined;
  const at_ms = tapped_at_ms + Math.floor(MINUTE_MS + exponential(random, 45 * MINUTE_MS));
  if (at_ms >= now_ms) return undefined;
  const order = { at_ms, amount: picked(random, offer.pays) };
  const refunded_at_ms = at_ms + Math.floor(DAY_MS + exponential(random, 4 * DAY_MS));
  return random() < offer.refunds && refunded_at_ms < now_ms ? { ...order, refunded_at_ms } : order;
}

const exponential = (random: Random, mean: number): number => -Math.log(1 - random()) * mean;
