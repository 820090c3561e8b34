/** Variants side by side: each rate with its interval, the chance to be best, and a plain sentence. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { count, decimal, likely, percent } from '../format.ts';
import { t } from '../strings/strings.ts';
import { Scroll } from './scroll.tsx';

type Experiment = NonNullable<NonNullable<AnswerOf<'/v2/reports/variants'>['experiment']>>;
type Variant = Experiment['variants'][number];

/** A rate, or revenue per message; the ends of the interval are null if all messages earned the same. */
type Compared = Variant['revenue_per_message'];
type Interval = Omit<Compared, 'chance_best' | 'difference'>;

interface Metric {
  name: string;
  of: (variant: Variant) => Compared;
  show: (value: number) => string;
}

export function ExperimentTable({ experiment }: { experiment: Experiment }): JSX.Element {
  const { variants, control, currency, warnings, verdict } = experiment;
  const metrics: Metric[] = [
    { name: t.experiment.click_rate, of: (variant) => variant.click_rate, show: percent },
    { name: t.experiment.cvr, of: (variant) => variant.message_cvr, show: percent },
    {
      name: currency ? t.experiment.revenue_in(currency) : t.experiment.revenue,
      of: (variant) => variant.revenue_per_message,
      show: decimal,
    },
  ];
  return (
    <div>
      <p className="verdict">{verdict.sentence}</p>
      {warnings.map(({ code, message }) => (
        <p key={code} className="notice warn">
          {message}
        </p>
      ))}
      <Scroll label={t.experiment.variants}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.experiment.variant}</th>
              {variants.map(({ variant_id, planned_percent }) => (
                <th scope="col" className="number" key={variant_id}>
                  {variant_id}
                  <div className="note">
                    {variant_id === control
                      ? t.experiment.control_planned(planned_percent)
                      : t.experiment.planned(planned_percent)}
                  </div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plain(t.experiment.sent, variants, ({ sent }) => count(sent))}
            {plain(t.experiment.unique, variants, ({ clicks_unique }) => count(clicks_unique))}
            {plain(t.shared.conversions, variants, ({ conversions }) => count(conversions))}
            {metrics.map((metric) => (
              <tr key={metric.name}>
                <th scope="row">{metric.name}</th>
                {variants.map((variant) => (
                  <td className="number" key={variant.variant_id}>
                    <Value
                      compared={metric.of(variant)}
                      show={metric.show}
                      scale={scaleOf(variants.map(metric.of))}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="muted">{t.experiment.brackets}</p>
    </div>
  );
}

const plain = (
  name: string,
  variants: readonly Variant[],
  show: (variant: Variant) => string,
): JSX.Element => (
  <tr>
    <th scope="row">{name}</th>
    {variants.map((variant) => (
      <td className="number" key={variant.variant_id}>
        {show(variant)}
      </td>
    ))}
  </tr>
);

/** The scale from the lowest to the highest end of all intervals, so that they can be compared by eye. */
function scaleOf(all: readonly Compared[]): [number, number] {
  const ends = all.flatMap(({ value, low, high }) => [low ?? value, high ?? value]);
  return [Math.min(...ends), Math.max(...ends)];
}

interface ValueProps {
  compared: Compared;
  show: (value: number) => string;
  scale: [number, number];
}

function Value({ compared, show, scale }: ValueProps): JSX.Element {
  const { value, low, high, chance_best, difference } = compared;
  const [from, to] = scale;
  const at = (x: number): string => `${to === from ? 50 : ((x - from) / (to - from)) * 100}%`;
  return (
    <div className="compared">
      <strong>{show(value)}</strong>
      <span className="note">{reachOf(compared, show)}</span>
      <div className="interval" aria-hidden="true">
        {low !== null && high !== null && (
          <div className="reach" style={{ left: at(low), right: `calc(100% - ${at(high)})` }} />
        )}
        <div className="point" style={{ left: at(value) }} />
      </div>
      {chance_best !== null && <div className="note">{t.experiment.best(likely(chance_best))}</div>}
      {difference && (
        <div className="note">
          {t.experiment.against(
            `${signed(difference.value, show)}${reachOf(difference, (end) => signed(end, show))}`,
          )}
        </div>
      )}
    </div>
  );
}

const reachOf = ({ low, high }: Interval, show: (value: number) => string): string =>
  low === null || high === null ? '' : t.experiment.reach(show(low), show(high));
const signed = (value: number, show: (value: number) => string): string =>
  `${value < 0 ? '−' : '+'}${show(Math.abs(value))}`;
