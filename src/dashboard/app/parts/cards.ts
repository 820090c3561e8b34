/** Figures side by side, each with its previous value. */
import { h, type JSX } from 'preact';
import type { Totals } from '../../../client/openapi.ts';
import { change, count, money, percent } from '../format.ts';

export interface Card {
  name: string;
  value: string;
  /** Small text beside the figure. */
  note?: string;
  /** The change, such as `+12 %`. */
  moved?: string;
}

export function Cards({ cards, label }: { cards: readonly Card[]; label: string }): JSX.Element {
  return h(
    'dl',
    { class: 'cards', 'aria-label': label },
    cards.map(({ name, value, note, moved }) =>
      h(
        'div',
        { class: 'card', key: name },
        h('dt', {}, name),
        h('dd', {}, value),
        h('dd', { class: 'note' }, [moved, note].filter(Boolean).join(' · ') || '\u00a0'),
      ),
    ),
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
    { name: 'Sent', value: count(totals.sent), ...moved('sent') },
    { name: 'Unique clicks', value: count(totals.clicks_unique), ...moved('clicks_unique') },
    { name: 'Click rate', value: percent(totals.click_rate), note: 'unique per sent' },
    {
      name: 'All clicks',
      value: count(totals.clicks_total),
      ...moved('clicks_total'),
      note: `${percent(bots)} bots`,
    },
    { name: 'Conversions', value: count(totals.conversions), ...moved('conversions') },
    ...revenues(totals),
  ];
}

function revenues(totals: Totals): Card[] {
  if (totals.currencies.length === 0) return [{ name: 'Revenue', value: '–' }];
  return totals.currencies.map(({ currency, revenue, epc }) => ({
    name: totals.currencies.length > 1 ? `Revenue ${currency}` : 'Revenue',
    value: money(revenue, currency),
    note: `${money(epc, currency)} per unique click`,
  }));
}
