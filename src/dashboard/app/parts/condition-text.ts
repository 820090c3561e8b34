/** The condition of a scheduled report in words. */
import { count, money, percent } from '../format.ts';
import type { Schedule } from '../saved-views.ts';
import { t } from '../strings/strings.ts';
import { isCount, isMoney, titleOf } from './sharing-columns.ts';

export type Condition = NonNullable<Schedule['only_if']>;

/** Whether it is of the change against the period before, in percent. */
export const isChange = (is: string): boolean => is === 'fallen' || is === 'risen';

/** `Unique clicks below 100`. */
export function conditionText({ measure, is, value, currency }: Condition): string {
  return t.conditions.sentences[is](titleOf(measure), limitOf());
  function limitOf(): string {
    if (isChange(is)) return percent(value / 100);
    if (isMoney(measure)) return money(value, currency);
    return isCount(measure) ? count(value) : percent(value);
  }
}
