/** The totals of two things beside each other: differences of rates in points, of all else in per cent of the first. */
import type { JSX } from 'react';
import type { Totals } from '../../../client/openapi.ts';
import { change, count, money, percent, points } from '../format.ts';
import { t } from '../strings/strings.ts';
import { type Column, Table } from './table.tsx';

interface Figure {
  name: string;
  a: string;
  b: string;
  /** Of b to a: points for rates, per cent for all else. */
  difference: string;
}

export function SideBySide({
  names,
  a,
  b,
}: {
  names: readonly [a: string, b: string];
  a: Totals;
  b: Totals;
}): JSX.Element {
  const columns: Column<Figure>[] = [
    { name: '', title: t.versus.measure, show: (row) => row.name },
    { name: '', title: names[0], number: true, show: (row) => row.a },
    { name: '', title: names[1], number: true, show: (row) => row.b },
    { name: '', title: t.versus.difference, number: true, show: (row) => row.difference || '–' },
  ];
  return (
    <>
      <Table caption={t.versus.figures} columns={columns} rows={figuresOf(a, b)} />
      <p className="note">{t.versus.how}</p>
    </>
  );
}

type NamesOf<T> = { [Name in keyof Totals]: Totals[Name] extends T ? Name : never }[keyof Totals];

function figuresOf(a: Totals, b: Totals): Figure[] {
  const counted = (name: NamesOf<number>): Figure => ({
    name: NAMES[name] ?? name,
    a: count(a[name]),
    b: count(b[name]),
    difference: change(b[name], a[name]),
  });
  const rate = (name: string, of_a: number | null, of_b: number | null): Figure => ({
    name,
    a: percent(of_a),
    b: percent(of_b),
    difference: of_a === null || of_b === null ? '' : t.comparing.points(points(of_b, of_a)),
  });
  const bots = ({ clicks_total, clicks_bot }: Totals): number =>
    clicks_total === 0 ? 0 : clicks_bot / clicks_total;
  const knows_delivery = [a, b].some(({ delivered, failed }) => delivered + failed > 0);
  return [
    counted('sent'),
    ...(knows_delivery ? [rate(t.measures.delivery_rate, a.delivery_rate, b.delivery_rate)] : []),
    counted('clicks_unique'),
    rate(t.measures.click_rate, a.click_rate, b.click_rate),
    ...(knows_delivery
      ? [rate(t.measures.click_rate_delivered, a.click_rate_delivered, b.click_rate_delivered)]
      : []),
    counted('clicks_total'),
    rate(t.versus.bots, bots(a), bots(b)),
    counted('conversions'),
    rate(t.measures.cvr, a.cvr, b.cvr),
    rate(t.measures.message_cvr, a.message_cvr, b.message_cvr),
    ...moneysOf(a, b),
  ];
}

const NAMES: Partial<Record<NamesOf<number>, string>> = {
  sent: t.measures.sent,
  clicks_unique: t.measures.clicks_unique,
  clicks_total: t.measures.clicks_total,
  conversions: t.shared.conversions,
};

/** Currencies are never added up: each has its own rows. */
function moneysOf(a: Totals, b: Totals): Figure[] {
  const currencies = [...new Set([...a.currencies, ...b.currencies].map(({ currency }) => currency))].sort();
  return currencies.flatMap((currency) => {
    const of = (totals: Totals): AmountsOf =>
      totals.currencies.find((one) => one.currency === currency) ?? NOTHING;
    const amount = (name: keyof AmountsOf, title: string): Figure => {
      const [one, other] = [of(a)[name], of(b)[name]];
      return {
        name: currencies.length > 1 ? `${title}, ${currency}` : title,
        a: money(one, currency),
        b: money(other, currency),
        difference: one === null || other === null ? '' : change(Number(other), Number(one)),
      };
    };
    return [
      amount('revenue', t.shared.revenue),
      amount('epc', t.measures.epc),
      amount('rpm', t.measures.rpm),
    ];
  });
}

type AmountsOf = Pick<Totals['currencies'][number], 'revenue' | 'epc' | 'rpm'>;
const NOTHING: AmountsOf = { revenue: '0', epc: '0', rpm: '0' };
