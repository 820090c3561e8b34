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
}

export function Cards({ cards, label }: { cards: readonly Card[]; label: string }): JSX.Element {
  return (
    <dl className="cards" aria-label={label}>
      {cards.map(({ name, value, note, moved }) => (
        <div className="card" key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          <dd className="note">{[moved, note].filter(Boolean).join(' · ') || '\u00a0'}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The figures of a report's totals; `before` are those of the period before. */
export function cardsOf(totals: Totals, before?: Totals): Card[] {
  const moved = (name: 'sent' | 'clicks_unique' | 'clicks_total' | 'conversions'): { moved?: string } => {
    const text = before === undefined ? '' : change(totals[name], before[name]);
    return text === '' ? {} : { moved: text };
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
