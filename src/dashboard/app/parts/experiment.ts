/** Variants side by side: each rate with its interval, the chance to be best, and a plain sentence. */
import { h, type JSX } from 'preact';
import { count, decimal, likely, percent } from '../format.ts';
import type { Compared, Experiment, Variant } from '../types.ts';

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

const scaleOf = (all: readonly Compared[]): [number, number] => [
  Math.min(...all.map(({ low }) => low)),
  Math.max(...all.map(({ high }) => high)),
];

function Value({
  compared,
  show,
  scale,
}: {
  compared: Compared;
  show: (value: number) => string;
  scale: [number, number];
}): JSX.Element {
  const { value, low, high, chance_best, difference } = compared;
  const [from, to] = scale;
  const at = (x: number): string => `${to === from ? 50 : ((x - from) / (to - from)) * 100}%`;
  return h(
    'div',
    { class: 'compared' },
    h('strong', {}, show(value)),
    h('span', { class: 'note' }, ` (${show(low)} – ${show(high)})`),
    h(
      'div',
      { class: 'interval', 'aria-hidden': 'true' },
      h('div', { class: 'reach', style: `left:${at(low)};right:calc(100% - ${at(high)})` }),
      h('div', { class: 'point', style: `left:${at(value)}` }),
    ),
    h('div', { class: 'note' }, `best: ${likely(chance_best)}`),
    difference &&
      h(
        'div',
        { class: 'note' },
        `against control: ${signed(difference.value, show)} (${signed(difference.low, show)} … ${signed(difference.high, show)})`,
      ),
  );
}

const signed = (value: number, show: (value: number) => string): string =>
  `${value < 0 ? '−' : '+'}${show(Math.abs(value))}`;
