/** Figures side by side, each with what it was in the compared range. */
import type { JSX } from 'react';
import type { Totals } from '../../../client/openapi.ts';
import { change, count, money, percent, points } from '../format.ts';
import { isAlone } from '../series.ts';
import { t } from '../strings/strings.ts';

export interface Card {
  name: string;
  value: string;
  /** Small text beside the figure. */
  note?: string;
  /** The change, such as `+12 %`, and what it was. */
  moved?: string;
  /** The same figure over time, oldest first. */
  trend?: readonly number[] | undefined;
}

/** Figures that are known over time, by period. */
export type Trends = Readonly<Record<'sent' | 'clicks_unique' | 'clicks_total' | 'conversions', number[]>>;

export function Cards({ cards, label }: { cards: readonly Card[]; label: string }): JSX.Element {
  return (
    <dl className="cards" aria-label={label}>
      {cards.map(({ name, value, note, moved, trend = [] }) => (
        <div className="card" key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {trend.length > 1 && <Trend values={trend} />}
          </dd>
          {moved !== undefined && <dd className="note">{moved}</dd>}
          <dd className="note">{note ?? '\u00a0'}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Which way a figure goes, without axes, as the chart has it: what stands alone is a needle. The height is 24, and a line's width at its edges 2. */
function Trend({ values }: { values: readonly number[] }): JSX.Element {
  const max = Math.max(1, ...values);
  const points = values.map((value, i) => {
    const left = (i * 100) / (values.length - 1);
    const at = `${left},${23 - (value * 22) / max}`;
    return isAlone(values, i) ? `${left},23 ${at} ${left},23` : at;
  });
  return (
    <svg className="trend" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}

/** `+12 %, from 100`; of what was 0 there is no share. */
const movedFrom = (now: number, before: number): string =>
  t.comparing.moved(change(now, before), count(before));

/** Rates differ by points, never by per cent; without messages there is none. */
function clickRateMoved({ click_rate: now }: Totals, other: Totals | undefined): Pick<Card, 'moved'> {
  const before = other?.sent === 0 ? undefined : other?.click_rate;
  if (now === null || before === null || before === undefined) return {};
  return { moved: t.comparing.moved(t.comparing.points(points(now, before)), percent(before)) };
}

/** The figures of a report's totals; `before` are those of the compared range. */
export function cardsOf(totals: Totals, before?: Totals, trends?: Trends): Card[] {
  const moved = (name: keyof Trends): Pick<Card, 'moved' | 'trend'> => ({
    trend: trends?.[name],
    ...(before !== undefined && { moved: movedFrom(totals[name], before[name]) }),
  });
  const bots = totals.clicks_total === 0 ? 0 : totals.clicks_bot / totals.clicks_total;
  return [
    { name: t.cards.sent, value: count(totals.sent), ...moved('sent'), ...delivered(totals) },
    { name: t.cards.unique, value: count(totals.clicks_unique), ...moved('clicks_unique') },
    {
      name: t.cards.rate,
      value: percent(totals.click_rate),
      note: t.cards.rate_note,
      ...clickRateMoved(totals, before),
    },
    {
      name: t.cards.all,
      value: count(totals.clicks_total),
      ...moved('clicks_total'),
      note: t.cards.bots(percent(bots)),
    },
    {
      name: t.shared.conversions,
      value: count(totals.conversions),
      ...moved('conversions'),
      note: t.cards.per(percent(totals.cvr), percent(totals.message_cvr)),
    },
    ...revenues(totals, before),
  ];
}

/** Nothing where nobody has reported what became of messages. */
function delivered({ delivered: arrived, failed, opt_outs, delivery_rate }: Totals): { note?: string } {
  if (arrived + failed + opt_outs === 0) return {};
  const rate = t.cards.delivered(delivery_rate === null ? count(arrived) : percent(delivery_rate));
  return { note: opt_outs === 0 ? rate : t.cards.opt_outs(rate, count(opt_outs)) };
}

function revenues(totals: Totals, before: Totals | undefined): Card[] {
  const all = currenciesOf(totals, before);
  if (all.length === 0) return [{ name: t.shared.revenue, value: '–' }];
  return all.map((currency) => {
    const { revenue = '0', epc = null } = totals.currencies.find((one) => one.currency === currency) ?? {};
    const was = before?.currencies.find((one) => one.currency === currency)?.revenue ?? '0';
    return {
      name: all.length > 1 ? t.cards.revenue_in(currency) : t.shared.revenue,
      value: money(revenue, currency),
      note: t.cards.per_unique(money(epc, currency)),
      ...(before !== undefined && {
        moved: t.comparing.moved(change(Number(revenue), Number(was)), money(was, currency)),
      }),
    };
  });
}

/** Also those in which only the compared range has money. */
const currenciesOf = (...of: (Totals | undefined)[]): string[] =>
  [...new Set(of.flatMap((totals) => totals?.currencies.map(({ currency }) => currency) ?? []))].sort();
