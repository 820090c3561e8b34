/** What became of the messages of a range, step by step, each with its rate of the step before and what it means. */
import type { JSX } from 'react';
import type { Totals } from '../../../client/openapi.ts';
import { count, money, percent } from '../format.ts';
import { t } from '../strings/strings.ts';
import { Words } from './words.tsx';
import './funnel.css';

interface Step {
  name: string;
  value: string;
  /** Of what was sent, for the bar. */
  share: number;
  /** Such as `13.9 % click rate`. */
  rates: string[];
  means: string;
}

export function Funnel({ totals }: { totals: Totals }): JSX.Element | null {
  if (totals.sent === 0) return null;
  return (
    <section aria-labelledby="funnel">
      <h2 id="funnel">{t.funnel.title}</h2>
      <ol className="funnel">
        {stepsOf(totals).map(({ name, value, share, rates, means }) => (
          <li key={name}>
            <span className="fill" style={{ width: `${Math.min(1, share) * 100}%` }} aria-hidden="true" />
            <strong>{name}</strong>
            <span className="number">{value}</span>
            <span className="note">{[...rates, means].join(' · ')}</span>
          </li>
        ))}
      </ol>
      <p className="note">
        <Words
          text={t.funnel.how}
          columns={<a href="/guides/read-reports#columns">{t.funnel.columns}</a>}
          ranges={<a href="/guides/ranges-and-rates">{t.funnel.ranges}</a>}
        />
      </p>
    </section>
  );
}

function stepsOf(totals: Totals): Step[] {
  const { sent, delivered, failed, opt_outs, clicks_unique, conversions } = totals;
  const knows_delivery = delivered + failed + opt_outs > 0;
  const rate = (value: number | null, name: string): string[] =>
    value === null ? [] : [`${percent(value)} ${name}`];
  const steps: Step[] = [
    { name: t.measures.sent, value: count(sent), share: 1, rates: [], means: t.funnel.sent },
  ];
  if (knows_delivery) {
    steps.push({
      name: t.measures.delivered,
      value: count(delivered),
      share: delivered / sent,
      rates: rate(totals.delivery_rate, t.funnel.of_sent),
      means: t.funnel.delivered,
    });
  }
  steps.push(
    {
      name: t.measures.clicks_unique,
      value: count(clicks_unique),
      share: clicks_unique / sent,
      rates: [
        ...rate(totals.click_rate, t.funnel.of_sent),
        ...(knows_delivery ? rate(totals.click_rate_delivered, t.funnel.of_delivered) : []),
      ],
      means: t.funnel.clicked,
    },
    {
      name: t.shared.conversions,
      value: count(conversions),
      share: conversions / sent,
      rates: [...rate(totals.cvr, t.funnel.of_clicks), ...rate(totals.message_cvr, t.funnel.of_sent)],
      means: t.funnel.converted,
    },
    ...totals.currencies.map(
      ({ currency, revenue, epc, rpm }): Step => ({
        name: t.cards.revenue_in(currency),
        value: money(revenue, currency),
        share: 0,
        rates: [
          ...(epc === null ? [] : [`${money(epc, currency)} ${t.funnel.per_click}`]),
          ...(rpm === null ? [] : [`${money(Number(rpm).toFixed(2), currency)} ${t.funnel.per_thousand}`]),
        ],
        means: t.funnel.earned,
      }),
    ),
  );
  return steps;
}
