/**
 * A seeded plan of what networks report: all events, by all ways in, with repeats, refunds before their
 * sales, wrong ids and several currencies. Every report has a time of its own, so that a repeat is the same
 * report again.
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

export type PlanWay =
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
  way: PlanWay;
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
  converted_at_ms: number;
  /** A wrong id: never credited. */
  wrong: boolean;
}

const CURRENCIES = ['USD', 'EUR', 'GBP'];
const HOUR_S = 3_600;

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
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const amount = (): string => {
    const decimals = pick([0, 2, 2, 2, 6]);
    const units = below(20_000) + 1;
    if (decimals === 0) return String(units);
    return `${below(300)}.${String(below(10 ** decimals)).padStart(decimals, '0')}`;
  };
  /** Different for every report of a transaction, mostly after the click, sometimes long before it. */
  const time_s = (n: number): number =>
    random() < 0.03 ? now_s - 2 * HOUR_S + n : now_s + 7 * n + below(20 * HOUR_S);

  const plan: PlanReport[] = [];
  /** Subjects that have a transaction without an id already: they can have one only. */
  const withoutId = new Set<string>();
  for (let n = 0; plan.length < reports; n++) {
    const link = pick(links);
    const { offer } = link;
    const subject = `${link.message_id} ${offer.offer_id}`;
    const txn_id = random() < 0.85 || withoutId.has(subject) ? `txn-${seed}-${n}` : '';
    const currency = random() < 0.3 ? pick(CURRENCIES) : '';
    const by = pick<PlanWay>([
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
    ]);
    if (txn_id === '' && by !== 'coupon' && by !== 'wrong') withoutId.add(subject);
    const coupon_contact = random() < 0.7 ? link.contact_id : undefined;
    const events = pick([
      ['sale'],
      ['sale'],
      ['sale', 'refund'],
      ['sale', 'refund', 'chargeback'],
      ['sale', 'rebill', 'refund'],
      ['lead'],
      ['install'],
      ['signup'],
      ['rebill'],
      ['refund'],
    ]);
    for (const event of events) {
      const reversal = event === 'refund' || event === 'chargeback';
      const what = {
        event,
        amount: reversal && random() < 0.3 ? '' : amount(),
        currency: reversal && random() < 0.9 ? '' : currency,
        // A coupon alone says nothing of who: it needs a transaction id to be known again.
        txn_id: by === 'coupon' || by === 'wrong' ? `txn-${seed}-${n}` : txn_id,
        converted_at_ms: time_s(plan.length % 97) * 1_000,
      };
      const report = { ...what, ...address(by, link, offer, coupon_contact) };
      plan.push(report);
      // A refund takes the way of its sale; its way may differ from the sale's only in the click.
      for (let again = random() < 0.35 ? 1 + below(3) : 0; again > 0; again--) plan.push(report);
    }
  }
  return shuffle(plan.slice(0, reports), random);

  function address(
    way: PlanWay,
    link: PlanLink,
    offer: PlanOffer,
    contact: string | undefined,
  ): Pick<PlanReport, 'way' | 'parameters' | 'offer' | 'link' | 'coupon_contact' | 'wrong'> {
    const own = { offer_id: offer.offer_id, postback_secret: offer.postback_secret };
    const click_id = link.click_ids.length > 0 ? pick(link.click_ids) : undefined;
    const click: Record<string, string> = click_id === undefined ? { link_id: link.link_id } : { click_id };
    const right = { offer, link, coupon_contact: undefined, wrong: false };
    switch (way) {
      case 'click':
        return { way, parameters: click, ...right };
      case 'link':
      case 'pixel':
        return { way, parameters: { link_id: link.link_id }, ...right };
      case 'message':
        return { way, parameters: { ...own, message_id: link.message_id }, ...right };
      case 'offer_click':
        return { way, parameters: { ...own, ...click }, ...right };
      case 'coupon': {
        const parameters = {
          secret,
          code: ` ${offer.coupon.toLowerCase()}`,
          ...(contact === undefined ? {} : { contact_id: contact }),
        };
        return { way, parameters, offer, link: undefined, coupon_contact: contact, wrong: false };
      }
      case 'wrong': {
        const parameters = pick([
          { ...own, click_id: '{clickid}' },
          { ...own, message_id: 'no-such-message' },
          { ...own, link_id: 'AAAAAAA' },
          { ...own, click_id: '' },
        ]);
        return {
          way,
          parameters: parameters as Record<string, string>,
          offer,
          link: undefined,
          coupon_contact: undefined,
          wrong: true,
        };
      }
      default:
        return { way, parameters: click, ...right };
    }
  }
}

function shuffle<T>(list: T[], random: () => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}
