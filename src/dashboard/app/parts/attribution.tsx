/** Which click the conversions of an offer are credited to: its choices by date, and ranges that were booked anew. */
import type { JSX } from 'react';
import type { Offer, Rebooking } from '../../../client/openapi.ts';
import { addressOf } from '../api.ts';
import { count, time } from '../format.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { type Column, Table } from './table.tsx';

type Choice = Offer['attribution'][number];
const MODELS: Record<Choice['model'], string> = {
  first_click: t.attribution.first_click,
  last_click: t.attribution.last_click,
  view_through: t.attribution.view_through,
};

const windowOf = ({ window_days, view_window_hours }: Partial<Choice>): string =>
  [
    ...(window_days === undefined ? [] : [t.attribution.days(window_days)]),
    ...(view_window_hours === undefined ? [] : [t.attribution.views(view_window_hours)]),
  ].join(', ');
const REBOOKINGS: Column<Rebooking>[] = [
  { name: '', title: t.attribution.from, show: (row) => time(row.from) },
  { name: '', title: t.attribution.to, show: (row) => time(row.to) },
  { name: '', title: t.attribution.credited_by, show: (row) => MODELS[row.model] },
  { name: '', title: t.attribution.state, show: (row) => row.state.replaceAll('_', ' ') },
  {
    name: '',
    title: t.attribution.rechecked,
    number: true,
    show: (row) => t.attribution.of(count(row.rechecked), count(row.transactions)),
  },
  { name: '', title: t.attribution.changed, number: true, show: (row) => count(row.changed) },
];

export function Attribution({ offer }: { offer: Offer }): JSX.Element {
  const { value } = useAnswer('/v2/offers/{id}/attribution/rebookings', { id: offer.offer_id });
  const rebookings = value?.rebookings ?? [];
  const choices: readonly Partial<Choice>[] = [{ model: 'first_click' }, ...offer.attribution];
  return (
    <section aria-labelledby="attribution">
      <h2 id="attribution">{t.attribution.title}</h2>
      <ul>
        {choices.map((choice) => (
          <li key={choice.from ?? ''}>
            {[
              choice.from === undefined ? t.attribution.at_first : t.attribution.from_time(time(choice.from)),
              MODELS[choice.model ?? 'first_click'],
              windowOf(choice),
            ]
              .filter((part) => part !== '')
              .join(' · ')}
          </li>
        ))}
      </ul>
      {rebookings.length > 0 && <Table caption={t.attribution.anew} columns={REBOOKINGS} rows={rebookings} />}
      <p>
        <a href={addressOf('/guides/attribution')}>{t.attribution.meaning}</a>
      </p>
    </section>
  );
}
