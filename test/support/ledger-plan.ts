/**
 * A seeded plan of what networks report: all events, by all channels in, with repeats, several refunds, some before
 * their sales, voids, macros that were not filled in, wrong times and ids, and several currencies. Every report has a
 * time of its own, so that a repeat is the same report again.
 */
import { seededRandom } from './click-plan.ts';

export interface PlanOffer {
  offer_id: string;
  postback_secret: string;
  payout_type: 'cpa' | 'cpc' | 'revshare';
  /** Decimal; per cent for revshare. */
  payout: string;
  currency: string;
  coupon: string;
}

export interface PlanLink {
  link_id: string;
  message_id: string;
  contact_id: string;
  offer: PlanOffer;
  /** Ids of answered clicks, human or bot; empty where nobody has clicked when the plan is made. */
  click_ids: string[];
}

export type PlanChannel =
  | 'click'
  | 'link'
  | 'message'
  | 'offer_click'
  | 'coupon'
  | 'pixel'
  | 'json'
  | 'ndjson'
  | 'csv'
  | 'wrong';

export interface PlanReport {
  channel: PlanChannel;
  /** As they are sent; secrets and the pixel's link among them. */
  parameters: Record<string, string>;
  offer: PlanOffer;
  /** Whom it is about; undefined for a coupon without a contact, and for a wrong id. */
  link: PlanLink | undefined;
  /** Credited to the latest message to this contact. */
  coupon_contact: string | undefined;
  event: string;
  /** '' for a refund of everything. */
  amount: string;
  currency: string;
  /** '' without one. */
  txn_id: string;
  /** The same, or a macro that was not filled in. */
  sent_txn_id: string;
  /** '' without one, and for other events. */
  refund_id: string;
  converted_at_ms: number;
  /** A wrong id: never credited. */
  wrong: boolean;
}

const CURRENCIES = ['USD', 'EUR', 'GBP'];
const HOUR_S = 3_600;
/** What networks send where they have no transaction id. */
const NOTHING = ['', '{transaction_id}', '#tid#', 'null'];
export const CHANNELS: readonly PlanChannel[] = [
  'click',
  'link',
  'message',
  'offer_click',
  'coupon',
  'pixel',
  'json',
  'ndjson',
  'csv',
  'wrong',
];
/** What is reported on one transaction; `early` is long before every click, `r-1` the id of a refund. */
const STORIES = [
  ['sale'],
  ['sale'],
  ['sale', 'refund'],
  ['sale', 'refund', 'chargeback'],
  ['sale', 'rebill', 'refund'],
  ['sale', 'refund', 'refund', 'refund'],
  ['sale', 'refund r-1', 'refund r-2', 'chargeback r-1'],
  ['early sale', 'sale'],
  ['lead', 'void'],
  ['sale', 'refund', 'void'],
  ['lead'],
  ['install'],
  ['signup'],
  ['rebill'],
  ['refund'],
];
const eventOf = (what: string): string => what.replace(/^early /, '').replace(/ .*/, '');
export const EVENTS: readonly string[] = [...new Set(STORIES.flat().map(eventOf))];

/**
 * `reports` reports, a third of them repeats, in the order in which they are sent. `now_s`: Unix time that
 * conversions begin at, after the clicks.
 */
export function planReports(
  seed: number,
  reports: number,
  links: readonly PlanLink[],
  secret: string,
  now_s: number,
): PlanReport[] {
  const dice = diceOf(seed);
  const { pick } = dice;
  const plan: PlanReport[] = [];
  /** Subjects that have a transaction without an id already: they can have one only. */
  const withoutId = new Set<string>();
  for (let n = 0; plan.length < reports; n++) {
    const link = pick(links);
    const { channel, txn_id, currency, contact } = transactionOf(link, `txn-${seed}-${n}`, withoutId, dice);
    const amounts = new Set<string>();
    for (const what of pick(STORIES)) {
      // A coupon has no click that it could be before.
      if (what.startsWith('early') && channel === 'coupon') continue;
      const report = {
        event: eventOf(what),
        ...moneyOf(eventOf(what), currency, amounts, dice),
        txn_id,
        sent_txn_id: txn_id === '' ? pick(NOTHING) : txn_id,
        refund_id: /r-\d/.exec(what)?.[0] ?? '',
        converted_at_ms: (now_s + timeOf(what, plan.length % 97, dice)) * 1_000,
        ...address(channel, link, secret, contact, dice),
      };
      // A refund takes the channel of its sale; its channel may differ from the sale's only in the click.
      for (let times = timesSent(dice); times > 0; times--) plan.push(report);
    }
  }
  return shuffle(plan.slice(0, reports), dice.random);
}

interface Dice {
  /** From 0 to 1. */
  random(): number;
  /** A whole number. */
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
}

function diceOf(seed: number): Dice {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  return { random, below, pick: <T>(list: readonly T[]): T => list[below(list.length)] as T };
}

interface Transaction {
  channel: PlanChannel;
  txn_id: string;
  currency: string;
  /** Whom a coupon names. */
  contact: string | undefined;
}

/** `own_id` unless it goes without one; what does is added to `withoutId`. */
function transactionOf(
  link: PlanLink,
  own_id: string,
  withoutId: Set<string>,
  { random, pick }: Dice,
): Transaction {
  const subject = `${link.message_id} ${link.offer.offer_id}`;
  const given_id = random() < 0.85 || withoutId.has(subject) ? own_id : '';
  const currency = random() < 0.3 ? pick(CURRENCIES) : '';
  const channel = pick(CHANNELS);
  // A coupon alone says nothing of who: it needs a transaction id to be known again.
  const txn_id = channel === 'coupon' || channel === 'wrong' ? own_id : given_id;
  if (txn_id === '') withoutId.add(subject);
  return { channel, txn_id, currency, contact: random() < 0.7 ? link.contact_id : undefined };
}

/** Different for every report of a transaction, mostly after the click, sometimes before it. */
function timeOf(what: string, n: number, { random, below }: Dice): number {
  if (what.startsWith('early')) return -48 * HOUR_S + n;
  return random() < 0.03 ? -2 * HOUR_S + n : 7 * n + below(20 * HOUR_S);
}

/** Some reports are repeated. */
function timesSent({ random, below }: Dice): number {
  return random() < 0.35 ? 2 + below(3) : 1;
}

function randomAmount({ below, pick }: Dice): string {
  const decimals = pick([0, 2, 2, 2, 6]);
  const units = below(20_000) + 1;
  if (decimals === 0) return String(units);
  return `${below(300)}.${String(below(10 ** decimals)).padStart(decimals, '0')}`;
}

/** A refund mostly leaves the currency to its sale, and sometimes the amount; `used` are amounts of its transaction. */
function moneyOf(
  event: string,
  currency: string,
  used: Set<string>,
  dice: Dice,
): { amount: string; currency: string } {
  const reversal = event === 'refund' || event === 'chargeback';
  let amount = reversal && dice.random() < 0.3 ? '' : randomAmount(dice);
  // Without an id of its own a refund is known by its amount.
  while (used.has(String(Number(amount)))) amount = randomAmount(dice);
  used.add(String(Number(amount)));
  return {
    amount,
    currency: reversal && dice.random() < 0.9 ? '' : currency,
  };
}

/** How a report says whom it is about; `contact` is whom a coupon names. */
function address(
  channel: PlanChannel,
  link: PlanLink,
  secret: string,
  contact: string | undefined,
  { pick }: Dice,
): Pick<PlanReport, 'channel' | 'parameters' | 'offer' | 'link' | 'coupon_contact' | 'wrong'> {
  const { offer } = link;
  const own = { offer_id: offer.offer_id, postback_secret: offer.postback_secret };
  const click_id = link.click_ids.length > 0 ? pick(link.click_ids) : undefined;
  const click: Record<string, string> = click_id === undefined ? { link_id: link.link_id } : { click_id };
  const right = { offer, link, coupon_contact: undefined, wrong: false };
  switch (channel) {
    case 'click':
      return { channel, parameters: click, ...right };
    case 'link':
    case 'pixel':
      return { channel, parameters: { link_id: link.link_id }, ...right };
    case 'message':
      return { channel, parameters: { ...own, message_id: link.message_id }, ...right };
    case 'offer_click':
      return { channel, parameters: { ...own, ...click }, ...right };
    case 'coupon': {
      const parameters = {
        secret,
        code: ` ${offer.coupon.toLowerCase()}`,
        ...(contact === undefined ? {} : { contact_id: contact }),
      };
      return { channel, parameters, offer, link: undefined, coupon_contact: contact, wrong: false };
    }
    case 'wrong': {
      const parameters = pick([
        { ...own, click_id: '{clickid}' },
        // Made up: of a link that exists, and never given out.
        { ...own, click_id: `00000000AAAAAAAAAAAAAA${link.link_id}` },
        { ...own, message_id: 'no-such-message' },
        { ...own, link_id: 'AAAAAAA' },
        { ...own, click_id: '' },
      ]);
      return {
        channel,
        parameters: parameters as Record<string, string>,
        offer,
        link: undefined,
        coupon_contact: undefined,
        wrong: true,
      };
    }
    default:
      return { channel, parameters: click, ...right };
  }
}

function shuffle<T>(list: T[], random: () => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}
