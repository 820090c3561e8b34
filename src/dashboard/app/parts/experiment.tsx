/**
 * Variants side by side: what each says, one plain sentence a measure with its size, and each rate with its interval on
 * one axis for all variants.
 */
import type { JSX } from 'react';
import { isHopeless } from '../../../reports/experiments/hopeless.ts';
import type { AnswerOf } from '../api.ts';
import { count, decimal, likely, money, points, signed } from '../format.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { type Column, Table } from './table.tsx';
import './experiment.css';

type Experiment = NonNullable<NonNullable<AnswerOf<'/v2/reports/variants'>['experiment']>>;
type Variant = Experiment['variants'][number];

/** A rate, or revenue per message; the ends of the interval are null if all messages earned the same. */
type Compared = Variant['revenue_per_message'];
type Interval = Omit<Compared, 'chance_best' | 'difference'>;

interface Metric {
  name: string;
  of: (variant: Variant) => Compared;
  show: (value: number) => string;
  /** Of one value to another. */
  difference: (value: number) => string;
  /** What is said of the variant that is better for sure, and of none. */
  better: (name: string, value: string, other: string, difference: string) => string;
  open: string;
}

/** The catalog's part of a campaign. */
export interface Told {
  variants: readonly { variant_id: string; creative_id: string }[];
}

/** From this chance on the API calls a lead better. */
const BETTER_CHANCE = 0.95;
/** With these the API says why no lead by the plain figures is to be trusted. */
const DOUBTS = new Set(['sample_ratio_mismatch', 'too_early', 'chosen_by_results']);

export function ExperimentTable({
  experiment,
  campaign,
}: {
  experiment: Experiment;
  campaign: Told | undefined;
}): JSX.Element {
  const { variants, warnings } = experiment;
  const metrics = metricsOf(experiment);
  const doubtful = warnings.some(({ code }) => DOUBTS.has(code));
  return (
    <div>
      <p className="verdict">{metrics.map((metric) => sentenceOf(metric, variants, doubtful)).join(' ')}</p>
      <p>{verdictText(experiment)}</p>
      {warnings.map(({ code, message }) => (
        <p key={code} className="notice warn">
          {t.experiment.warnings[code](message)}
        </p>
      ))}
      {campaign !== undefined && <Texts campaign={campaign} />}
      <Table caption={t.experiment.variants} columns={COLUMNS} rows={rowsOf(experiment)} />
      {metrics.map((metric) => (
        <Intervals key={metric.name} metric={metric} variants={variants} />
      ))}
      <p className="muted">{t.experiment.brackets}</p>
    </div>
  );
}

/** In the reader's language; the API says it in English. */
function verdictText({ variants, verdict }: Experiment): string {
  const { outcome, best, second, chance, messages_needed: needed, sentence } = verdict;
  const sent = variants.reduce((sum, one) => sum + one.sent, 0);
  return t.experiment.verdict(sentence, {
    outcome,
    best: best ?? '',
    second: second ?? '',
    // Never certain.
    chance: likely(Math.min(chance ?? 0, 0.999)),
    needed:
      needed === null || needed === 0 || isHopeless(needed, sent) ? '' : count(Number(needed.toPrecision(2))),
  });
}

function metricsOf({ currency, warnings }: Experiment): Metric[] {
  const points_of = (value: number): string => t.comparing.points(points(value, 0));
  const shown = (value: number): string => (currency === '' ? decimal(value) : money(value, currency));
  const few_sales = warnings.some(({ code }) => code === 'few_sales');
  return [
    {
      name: t.experiment.click_rate,
      of: clickRateOf,
      show: likely,
      difference: points_of,
      better: t.ab.more_clicks,
      open: t.ab.clicks_open,
    },
    {
      name: t.experiment.cvr,
      of: (variant) => variant.message_cvr,
      show: likely,
      difference: points_of,
      better: t.ab.more_conversions,
      open: t.ab.conversions_open,
    },
    {
      name: currency ? t.experiment.revenue_in(currency) : t.experiment.revenue,
      of: ({ revenue_per_message: compared }) => (few_sales ? { ...compared, chance_best: null } : compared),
      show: shown,
      difference: (value) => signed(value, shown),
      better: t.ab.more_revenue,
      open: t.ab.revenue_open,
    },
  ];
}

/** Where the campaign chooses by results only weighted rates can be compared, and no chance is known of them. */
const clickRateOf = ({ click_rate, click_rate_weighted }: Variant): Compared =>
  click_rate_weighted === null ? click_rate : { ...click_rate_weighted, chance_best: null, difference: null };

/** Which variant is better by how much, or that nobody knows yet. */
function sentenceOf(metric: Metric, variants: readonly Variant[], doubtful: boolean): string {
  const ranked = variants.toSorted((a, b) => metric.of(b).value - metric.of(a).value);
  const [best, second] = ranked;
  if (best === undefined || second === undefined || doubtful) return metric.open;
  const [lead, next] = [metric.of(best), metric.of(second)];
  if ((lead.chance_best ?? 0) < BETTER_CHANCE) return metric.open;
  return metric.better(
    best.variant_id,
    metric.show(lead.value),
    metric.show(next.value),
    metric.difference(lead.value - next.value),
  );
}

function Texts({ campaign }: { campaign: Told }): JSX.Element {
  return (
    <ul className="variant-texts">
      {campaign.variants.map(({ variant_id, creative_id }) => (
        <li key={variant_id}>
          <Text variant_id={variant_id} creative_id={creative_id} />
        </li>
      ))}
    </ul>
  );
}

/** What the variant sends, as the creative stands now. */
function Text({ variant_id, creative_id }: Told['variants'][number]): JSX.Element {
  const { value, error } = useAnswer('/v2/creatives/{id}', { id: creative_id });
  return (
    <>
      <strong>{variant_id}</strong>{' '}
      <a href={`/creatives/${encodeURIComponent(creative_id)}`}>{value?.name || creative_id}</a>
      <p className="bubble">{value?.body ?? error?.message ?? t.shared.loading}</p>
    </>
  );
}

type Row = Variant & { control: boolean };

const rowsOf = ({ variants, control }: Experiment): Row[] =>
  variants.map((variant) => ({ ...variant, control: variant.variant_id === control }));

const COLUMNS: Column<Row>[] = [
  {
    name: '',
    title: t.experiment.variant,
    show: ({ variant_id, planned_percent, control }) => (
      <>
        {variant_id}{' '}
        <span className="note">
          {control ? t.experiment.control_planned(planned_percent) : t.experiment.planned(planned_percent)}
        </span>
      </>
    ),
  },
  { name: '', title: t.experiment.sent, number: true, show: ({ sent }) => count(sent) },
  { name: '', title: t.experiment.unique, number: true, show: ({ clicks_unique }) => count(clicks_unique) },
  { name: '', title: t.shared.conversions, number: true, show: ({ conversions }) => count(conversions) },
];

/** All variants on one axis, as wide for each. */
function Intervals({ metric, variants }: { metric: Metric; variants: readonly Variant[] }): JSX.Element {
  const [from, to] = scaleOf(variants.map(metric.of));
  const at = (x: number): string => `${to === from ? 50 : ((x - from) / (to - from)) * 100}%`;
  return (
    <section className="intervals" aria-label={metric.name}>
      <h3>{metric.name}</h3>
      <ul>
        {variants.map((variant) => {
          const compared = metric.of(variant);
          const { value, low, high } = compared;
          return (
            <li key={variant.variant_id}>
              <span className="name">{variant.variant_id}</span>
              <div className="interval" aria-hidden="true">
                {low !== null && high !== null && (
                  <div className="reach" style={{ left: at(low), right: `calc(100% - ${at(high)})` }} />
                )}
                <div className="point" style={{ left: at(value) }} />
              </div>
              <span className="value">
                <strong>{metric.show(value)}</strong>
                <span className="note">{reachOf(compared, metric.show)}</span>
                <Notes compared={compared} metric={metric} />
              </span>
            </li>
          );
        })}
        <li className="axis" aria-hidden="true">
          <span className="name" />
          <div className="ticks">
            {[...new Set([from, (from + to) / 2, to])].map((tick) => (
              <span key={tick}>{metric.show(tick)}</span>
            ))}
          </div>
        </li>
      </ul>
    </section>
  );
}

function Notes({ compared, metric }: { compared: Compared; metric: Metric }): JSX.Element {
  const { chance_best, difference } = compared;
  const notes = [
    ...(chance_best === null ? [] : [t.experiment.best(likely(chance_best))]),
    ...(difference === null
      ? []
      : [
          t.experiment.against(
            `${metric.difference(difference.value)}${reachOf(difference, metric.difference)}`,
          ),
        ]),
  ];
  return <span className="note block">{notes.join(' · ')}</span>;
}

/** The scale from the lowest to the highest end of all intervals, so that they can be compared by eye. */
function scaleOf(all: readonly Compared[]): [number, number] {
  const ends = all.flatMap(({ value, low, high }) => [low ?? value, high ?? value]);
  return [Math.min(...ends), Math.max(...ends)];
}

const reachOf = ({ low, high }: Interval, show: (value: number) => string): string =>
  low === null || high === null ? '' : t.experiment.reach(show(low), show(high));
