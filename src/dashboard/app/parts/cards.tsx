/** Figures side by side, each with its previous value. */
import type { JSX } from 'react';
import type { Totals } from '../../../client/openapi.ts';
import { change, count, money, percent } from '../format.ts';
import { t } from '../strings/strings.ts';

export interface Card {
  name: string;
  value: string;
  /** Small text beside the figure. */
  note?: string;
  /** The change, such as `+12 %`. */
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
          <dd className="note">{[moved, note].filter(Boolean).join(' · ') || '\u00a0'}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Which way a figure goes, without axes: the chart has the numbers. The height is 24, and a line's width at its edges 2. */
function Trend({ values }: { values: readonly number[] }): JSX.Element {
  const max = Math.max(1, ...values);
  const points = values.map((value, i) => `${(i * 100) / (values.length - 1)},${23 - (value * 22) / max}`);
  return (
    <svg className="trend" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}

/** The figures of a report's totals; `before` are those of the period before. */
export function cardsOf(totals: Totals, before?: Totals, trends?: Trends): Card[] {
  const moved = (name: keyof Trends): Pick<Card, 'moved' | 'trend'> => {
    const text = before === undefined ? '' : change(totals[name], before[name]);
    return { trend: trends?.[name], ...(text !== '' && { moved: text }) };
  };
  const bots = totals.clicks_total === 0 ? 0 : totals.clicks_bot / totals.clicks_total;
  return [
    { name: t.cards.sent, value: count(totals.sent), ...moved('sent'), ...delivered(totals) },
    { name: t.cards.unique, value: count(totals.clicks_unique), ...moved('clicks_unique') },
    { name: t.cards.rate, value: percent(totals.click_rate), note: t.cards.rate_note },
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
    ...revenues(totals),
  ];
}

/** Nothing where nobody has reported what became of messages. */
function delivered({ delivered: arrived, failed, opt_outs, delivery_rate }: Totals): { note?: string } {
  if (arrived + failed + opt_outs === 0) return {};
  const rate = t.cards.delivered(delivery_rate === null ? count(arrived) : percent(delivery_rate));
  return { note: opt_outs === 0 ? rate : t.cards.opt_outs(rate, count(opt_outs)) };
}

function revenues(totals: Totals): Card[] {
  if (totals.currencies.length === 0) return [{ name: t.shared.revenue, value: '–' }];
  return totals.currencies.map(({ currency, revenue, epc }) => ({
    name: totals.currencies.length > 1 ? t.cards.revenue_in(currency) : t.shared.revenue,
    value: money(revenue, currency),
    note: t.cards.per_unique(money(epc, currency)),
  }));
}
