/** Where an offer leads its taps, in words: its rules in their order, its fallback, and how full its caps are. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { Answered } from './states.tsx';
import { type Column, Table } from './table.tsx';
import { Words } from './words.tsx';

type Offer = AnswerOf<'/v2/offers/{id}'>;
type Rule = NonNullable<Offer['rules']>[number];
type Caps = AnswerOf<'/v2/offers/{id}/caps'>;
type Cap = Caps['caps'][number];
const RULES: Column<Rule>[] = [
  { name: '', title: t.leads.rule, show: (rule) => rule.name },
  { name: '', title: t.leads.where, show: (rule) => conditionsOf(rule) },
  { name: '', title: t.leads.leads_to, show: (rule) => targetsOf(rule) },
];

const CAPS: Column<Cap>[] = [
  { name: '', title: t.leads.cap, show: ({ count, per }) => t.leads.per(count.replace('_', ' '), per) },
  {
    name: '',
    title: t.leads.period,
    show: ({ period, tz }) => `${period.replace('T', t.leads.hour)} (${tz})`,
  },
  { name: '', title: t.leads.used, number: true, show: ({ used, limit }) => t.leads.used_of(used, limit) },
  { name: '', title: t.leads.state, show: ({ full }) => (full ? t.leads.full : t.leads.open) },
];

/** Nothing for an offer that leads to its own destination only. */
export function Leads({ offer }: { offer: Offer }): JSX.Element | null {
  const { rules = [], caps = [], fallback_offer_id } = offer;
  if (rules.length === 0 && caps.length === 0 && !fallback_offer_id) return null;
  return (
    <section aria-labelledby="leads">
      <h2 id="leads">{t.leads.title}</h2>
      {rules.length > 0 && <Table caption={t.leads.rules} columns={RULES} rows={rules} />}
      {caps.length > 0 && <CapStates id={offer.offer_id} />}
      {fallback_offer_id ? (
        <p>
          <Words
            text={t.leads.closed}
            offer={<a href={`/offers/${encodeURIComponent(fallback_offer_id)}`}>{fallback_offer_id}</a>}
          />
        </p>
      ) : null}
    </section>
  );
}

function CapStates({ id }: { id: string }): JSX.Element {
  const answer = useAnswer('/v2/offers/{id}/caps', { id });
  return (
    <Answered
      answer={answer}
      show={({ caps }) => <Table caption={t.leads.caps} columns={CAPS} rows={caps} />}
    />
  );
}

function conditionsOf({ when }: Rule): string {
  const { country, device, language, hours, dates, query } = when;
  return [
    country && t.leads.country(country.join(t.leads.or)),
    device && t.leads.device(device.join(t.leads.or).replaceAll('_', ' ')),
    language && t.leads.language(language.join(t.leads.or)),
    hours && t.leads.hours(hours.from, hours.to, hours.tz),
    dates && daysOf(dates),
    ...Object.entries(query ?? {}).map(([name, values]) =>
      values.length > 0 ? t.leads.parameter(name, values.join(t.leads.or)) : t.leads.parameter_given(name),
    ),
  ]
    .filter(Boolean)
    .join(', ');
}

function daysOf({ from, to, tz }: NonNullable<Rule['when']['dates']>): string {
  if (from === undefined) return t.leads.until(to ?? '', tz);
  return to === undefined ? t.leads.since(from, tz) : t.leads.between(from, to, tz);
}

function targetsOf({ to }: Rule): string {
  const weights = to.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return to
    .map(({ offer_id, url, weight = 1 }) => {
      const share = to.length === 1 ? '' : ` (${Math.round((100 * weight) / weights)} %)`;
      return `${offer_id ?? url}${share}`;
    })
    .join(', ');
}
