/** The condition of a scheduled report, which makes it an alert: its fields, and what they say to the API. */
import type { JSX } from 'react';
import type { Values } from '../drafts.ts';
import { t } from '../strings/strings.ts';
import { type Condition, isChange } from './condition-text.ts';
import { Choice, Field } from './form.tsx';
import { type ColumnName, isCount, isMoney, titles } from './sharing-columns.ts';

const COMPARISONS = ['below', 'above', 'fallen', 'risen'] as const;
const ALWAYS = 'always';
const FIRST: ColumnName = 'clicks_unique';

/** Whether people write the value as percent. */
const isPercent = (measure: ColumnName, is: string): boolean =>
  isChange(is) || (!isCount(measure) && !isMoney(measure));

export function ConditionFields({ values }: { values: Values }): JSX.Element {
  const is = values['if_is'] ?? ALWAYS;
  const measure = (values['if_measure'] ?? FIRST) as ColumnName;
  return (
    <>
      <Choice
        name="if_is"
        label={t.conditions.only_if}
        help={t.conditions.only_if_help}
        choices={[
          [ALWAYS, t.conditions.always],
          ...COMPARISONS.map((one) => [one, t.conditions.comparisons[one]] as const),
        ]}
        initial={ALWAYS}
      />
      {is !== ALWAYS && (
        <>
          <Choice
            name="if_measure"
            label={t.conditions.measure}
            choices={Object.entries(titles())}
            initial={FIRST}
          />
          <Field
            name="if_value"
            label={isPercent(measure, is) ? t.conditions.percent : t.conditions.value}
            inputmode="decimal"
          />
          {isMoney(measure) && (
            <Field
              name="if_currency"
              label={t.conditions.currency}
              placeholder="USD"
              help={t.conditions.currency_help}
            />
          )}
        </>
      )}
    </>
  );
}

/** What the form says; null: it is sent in any case. */
export function conditionOf(values: Values): Condition | null {
  const { if_is: is = ALWAYS, if_measure = FIRST, if_value = '', if_currency = '' } = values;
  if (is === ALWAYS) return null;
  const measure = if_measure as Condition['measure'];
  const given = Number(if_value.trim().replace(',', '.'));
  if (if_value.trim() === '' || Number.isNaN(given)) throw new Error(t.conditions.no_number);
  const isShare = isPercent(measure, is) && !isChange(is);
  return {
    measure,
    is: is as Condition['is'],
    value: isShare ? given / 100 : given,
    currency: isMoney(measure) ? if_currency.trim().toUpperCase() : '',
  };
}
