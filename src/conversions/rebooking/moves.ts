/**
 * What changes between two states of the money ledger: how many conversions and how much revenue get, lose or change what
 * they are credited to. Pure.
 */
import { formatDecimal, type Micros, parseDecimal } from '../../platform/decimal.ts';
import type { Line } from '../line.ts';

/**
 * `moved`: to another click. `gained`: it was credited to no click. `lost`: it will be credited to none. The same of
 * messages without a click, with `_view`.
 */
export const MOVE_KINDS = ['moved', 'gained', 'lost', 'moved_view', 'gained_view', 'lost_view'] as const;
export type MoveKind = (typeof MOVE_KINDS)[number];

/** The sum of what changes alike. Ids are '' where there is none. */
export interface Move {
  kind: MoveKind;
  from_campaign_id: string;
  to_campaign_id: string;
  from_message_id: string;
  to_message_id: string;
  currency: string;
  conversions: number;
  /** Decimal string: sales less refunds. */
  revenue: string;
}

type Sum = Omit<Move, 'revenue'> & { revenue: Micros };

/** Lines by what they credit: one conversion may have several, such as a refund of two sales. */
interface Credited {
  line: Line;
  revenue: Micros;
}

/** Adds up changes; `moves` of the messages are bounded by what the caller asks for. */
export class Moves {
  readonly #sums = new Map<string, Sum>();
  /** Conversions that count, before. */
  conversions = 0;

  /** Of one transaction: the lines in force, and those that would be. */
  add(before: readonly Line[], after: readonly Line[]): void {
    for (const status of ['attributed', 'view_through'] as const) {
      const lines = before.filter((one) => one.status === status);
      if (status === 'attributed') for (const { conversions } of lines) this.conversions += conversions;
      const before_of = Map.groupBy(lines, ({ conversion_id }) => conversion_id);
      const wanted = after.filter((one) => one.status === status);
      const after_of = Map.groupBy(wanted, ({ conversion_id }) => conversion_id);
      for (const id of new Set([...before_of.keys(), ...after_of.keys()])) {
        this.#addOne(before_of.get(id) ?? [], after_of.get(id) ?? []);
      }
    }
  }

  /** Of one conversion and status. */
  #addOne(before: readonly Line[], after: readonly Line[]): void {
    const [old, now] = [byCredit(before), byCredit(after)];
    const gone = [...old].filter(([key]) => !now.has(key)).map(([, one]) => one);
    const come = [...now].filter(([key]) => !old.has(key)).map(([, one]) => one);
    for (let i = 0; i < Math.max(gone.length, come.length); i++) this.#addMove(gone[i], come[i]);
  }

  #addMove(gone: Credited | undefined, come: Credited | undefined): void {
    const one = come ?? gone;
    if (one === undefined) return;
    const how = gone === undefined ? 'gained' : come === undefined ? 'lost' : 'moved';
    const kind: MoveKind = one.line.status === 'view_through' ? `${how}_view` : how;
    const key = {
      kind,
      from_campaign_id: gone?.line.campaign_id ?? '',
      to_campaign_id: come?.line.campaign_id ?? '',
      from_message_id: gone?.line.message_id ?? '',
      to_message_id: come?.line.message_id ?? '',
      currency: one.line.currency,
    };
    const name = JSON.stringify(key);
    const sum = this.#sums.get(name) ?? { ...key, conversions: 0, revenue: 0n };
    this.#sums.set(name, {
      ...sum,
      conversions: sum.conversions + one.line.conversions,
      revenue: sum.revenue + one.revenue,
    });
  }

  /** By kind and currency. */
  totals(): Move[] {
    return this.#summedBy(({ kind, currency }) => ({ kind, currency }));
  }

  /** By campaigns, the largest first. */
  byCampaign(): Move[] {
    return this.#summedBy(({ kind, currency, from_campaign_id, to_campaign_id }) => ({
      ...{ kind, currency, from_campaign_id, to_campaign_id },
    }));
  }

  /** By messages, the largest first. */
  byMessage(): Move[] {
    return this.#summedBy((one) => one);
  }

  #summedBy(keyOf: (sum: Sum) => Partial<Sum>): Move[] {
    const sums = new Map<string, Sum>();
    for (const sum of this.#sums.values()) {
      const { conversions: _c, revenue: _r, ...key } = { ...NOTHING, ...keyOf(sum) };
      const name = JSON.stringify(key);
      const there = sums.get(name) ?? { ...key, conversions: 0, revenue: 0n };
      there.conversions += sum.conversions;
      there.revenue += sum.revenue;
      sums.set(name, there);
    }
    return [...sums.values()]
      .toSorted((a, b) => b.conversions - a.conversions || Number(abs(b.revenue) - abs(a.revenue)))
      .map((sum) => ({ ...sum, revenue: formatDecimal(sum.revenue) }));
  }
}

const NOTHING: Sum = {
  kind: 'moved',
  from_campaign_id: '',
  to_campaign_id: '',
  from_message_id: '',
  to_message_id: '',
  currency: '',
  conversions: 0,
  revenue: 0n,
};

const abs = (amount: Micros): Micros => (amount < 0n ? -amount : amount);
const micros = (text: string): Micros => parseDecimal(text) ?? 0n;

/** The lines of a conversion by what they are credited to, with the amounts that it has there. */
function byCredit(lines: readonly Line[]): Map<string, Credited> {
  const credited = new Map<string, Credited>();
  for (const line of lines) {
    const { click_id, message_id, link_id, currency, sales, refunds } = line;
    const key = JSON.stringify([click_id, message_id, link_id, currency]);
    const revenue = micros(sales) - micros(refunds);
    const there = credited.get(key);
    if (there === undefined) credited.set(key, { line, revenue });
    else there.revenue += revenue;
  }
  return credited;
}
