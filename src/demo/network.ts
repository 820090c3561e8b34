/**
 * What the demo's networks report: the orders of people, refunds, and what always comes with them: orders of a bot's
 * click, after the window, and of clicks that never were. And a network's export, that agrees with it but for a few
 * lines. Pure, by the seed.
 */
import { seededRandom } from '../platform/random.ts';
import type { LoggedTap } from './log-taps.ts';
import type { Order, Tap } from './play.ts';
import { type DemoOffer, OFFERS } from './scenario.ts';

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
/** Reports that can be credited to nothing, of each kind. */
const UNATTRIBUTED = 8;
/** The offer whose network sends its export, and what it lists otherwise. */
const RECONCILED = 'shoes';
const DIFFERENT = 2;
const LEFT_OUT = 3;

export interface Placed {
  logged: LoggedTap;
  by: Tap['by'];
  offer: DemoOffer;
  order: Order | undefined;
}

/** A line of POST /v2/conversions. */
export interface Report {
  click_id?: string;
  offer_id?: string;
  event: string;
  revenue: string;
  currency: string;
  txn_id: string;
  refund_id?: string;
  network: string;
  ts: string;
}

/** In the order of their times. */
export function networkReports(
  placed: readonly Placed[],
  { offers, seed, now_ms }: { offers: Readonly<Record<string, string>>; seed: number; now_ms: number },
): Report[] {
  const reports = placed.flatMap((one, i) => (one.order === undefined ? [] : ofOrder(one, one.order, i)));
  const random = seededRandom(seed + 1);
  reports.push(...uncredited(placed, offers, random, now_ms));
  return reports.sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

function ofOrder(
  { logged, offer }: Placed,
  { at_ms, amount, refunded_at_ms }: Order,
  number: number,
): Report[] {
  const { currency, event, network } = offer;
  const txn_id = `${offer.key}-${100_000 + number}`;
  const sale = {
    click_id: logged.click_id,
    event,
    revenue: amount,
    currency,
    txn_id,
    network,
    ts: timeOf(at_ms),
  };
  if (refunded_at_ms === undefined) return [sale];
  return [sale, { ...sale, event: 'refund', refund_id: `${txn_id}-back`, ts: timeOf(refunded_at_ms) }];
}

function uncredited(
  placed: readonly Placed[],
  offers: Readonly<Record<string, string>>,
  random: () => number,
  now_ms: number,
): Report[] {
  const shoes = OFFERS.find(({ key }) => key === RECONCILED) as DemoOffer;
  const make = (kind: string, i: number, at_ms: number, given: Partial<Report>): Report => ({
    event: shoes.event,
    revenue: shoes.pays[i % shoes.pays.length] as string,
    currency: shoes.currency,
    txn_id: `${kind}-${i + 1}`,
    network: shoes.network,
    ts: timeOf(Math.min(at_ms, now_ms - MINUTE_MS)),
    ...given,
  });
  const own = placed.filter(({ offer, logged }) => offer === shoes && logged.refused === undefined);
  const of_bots = own.filter(({ by }) => by === 'scanner').slice(0, UNATTRIBUTED);
  const window_ms = (Number(shoes.body['click_window_days']) + 2) * DAY_MS;
  const too_late = own
    .filter(({ by, order, logged }) => by === 'person' && !order && logged.at_ms + window_ms < now_ms)
    .slice(0, UNATTRIBUTED);
  return [
    ...of_bots.map(({ logged }, i) =>
      make('bot', i, logged.at_ms + 5 * MINUTE_MS, { click_id: logged.click_id }),
    ),
    ...too_late.map(({ logged }, i) =>
      make('late', i, logged.at_ms + window_ms, { click_id: logged.click_id }),
    ),
    // A macro that the network did not fill in, and ids of another tracker.
    ...Array.from({ length: UNATTRIBUTED }, (_, i) =>
      make('macro', i, now_ms - random() * 20 * DAY_MS, {
        ...(offers[RECONCILED] && { offer_id: offers[RECONCILED] }),
        click_id: i % 2 === 0 ? '{click_id}' : `other-${i}`,
      }),
    ),
  ];
}

/** The CSV of the network that sells the shoes: most lines agree, some it lists with another amount, some not at all. */
export function reconciledExport(
  reports: readonly Report[],
  offers: Readonly<Record<string, string>>,
): { offer_id: string; csv: string } {
  // Its currency is that of no other offer.
  const { currency: own_currency } = OFFERS.find(({ key }) => key === RECONCILED) as DemoOffer;
  const own = reports.filter(({ currency }) => currency === own_currency);
  const listed = own.slice(0, Math.max(0, own.length - LEFT_OUT));
  const lines = listed.map(({ txn_id, event, revenue, currency, refund_id = '', ts }, i) => {
    const amount = i < DIFFERENT ? (Number(revenue) - 5).toFixed(2) : revenue;
    return [txn_id, event, amount, currency, refund_id, ts].join(',');
  });
  const last = own.at(-1);
  if (last !== undefined) lines.push(`${RECONCILED}-999001,sale,59.90,${last.currency},,${last.ts}`);
  return {
    offer_id: offers[RECONCILED] as string,
    csv: `${['txn_id,event,revenue,currency,refund_id,time', ...lines].join('\n')}\n`,
  };
}

const timeOf = (at_ms: number): string => new Date(at_ms).toISOString();
