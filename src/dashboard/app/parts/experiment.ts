/** Variants side by side: each rate with its interval, the chance to be best, and a plain sentence. */
import { h, type JSX } from 'preact';
import type { AnswerOf } from '../api.ts';
import { count, decimal, likely, percent } from '../format.ts';

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
    { name: 'Click rate', of: (variant) => variant.click_rate, show: percent },
    { name: 'Conversion rate', of: (variant) => variant.conversion_rate, show: percent },
    {
      name: `Revenue per message${currency ? `, ${currency}` : ''}`,
      of: (variant) => variant.revenue_per_message,
      show: decimal,
    },
  ];
  return h(
    'div',
    {},
    h('p', { class: 'verdict' }, verdict.sentence),
    warnings.map(({ code, message }) => h('p', { key: code, class: 'notice warn' }, message)),
    h(
      'div',
      { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Variants' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, 'Variant'),
            variants.map(({ variant_id, planned_percent }) =>
              h(
                'th',
                { scope: 'col', class: 'number', key: variant_id },
                variant_id,
                h(
                  'div',
                  { class: 'note' },
                  `${variant_id === control ? 'control, ' : ''}${planned_percent} % planned`,
                ),
              ),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          plain('Sent', variants, ({ sent }) => count(sent)),
          plain('Unique clicks', variants, ({ clicks_unique }) => count(clicks_unique)),
          plain('Conversions', variants, ({ conversions }) => count(conversions)),
          metrics.map((metric) =>
            h(
              'tr',
              { key: metric.name },
              h('th', { scope: 'row' }, metric.name),
              variants.map((variant) =>
                h(
                  'td',
                  { class: 'number', key: variant.variant_id },
                  h(Value, {
                    compared: metric.of(variant),
                    show: metric.show,
                    scale: scaleOf(variants.map(metric.of)),
                  }),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
    h(
      'p',
      { class: 'muted' },
      'In brackets the interval that holds the true value in 95 of 100 tests. Bots never count.',
    ),
  );
}

const plain = (name: string, variants: readonly Variant[], show: (variant: Variant) => string): JSX.Element =>
  h(
    'tr',
    {},
    h('th', { scope: 'row' }, name),
    variants.map((variant) => h('td', { class: 'number', key: variant.variant_id }, show(variant))),
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
  return h(
    'div',
    { class: 'compared' },
    h('strong', {}, show(value)),
    h('span', { class: 'note' }, reachOf(compared, show)),
    h(
      'div',
      { class: 'interval', 'aria-hidden': 'true' },
      low !== null &&
        high !== null &&
        h('div', { class: 'reach', style: `left:${at(low)};right:calc(100% - ${at(high)})` }),
      h('div', { class: 'point', style: `left:${at(value)}` }),
    ),
    chance_best !== null && h('div', { class: 'note' }, `best: ${likely(chance_best)}`),
    difference &&
      h(
        'div',
        { class: 'note' },
        `against control: ${signed(difference.value, show)}${reachOf(difference, (end) => signed(end, show))}`,
      ),
  );
}

const reachOf = ({ low, high }: Interval, show: (value: number) => string): string =>
  low === null || high === null ? '' : ` (${show(low)} to ${show(high)})`;

const signed = (value: number, show: (value: number) => string): string =>
  `${value < 0 ? '−' : '+'}${show(Math.abs(value))}`;
