/** The choices of a field that is true or false. */
import { t } from '../strings/strings.ts';
import type { ChoiceProps } from './form.tsx';

export const yesOrNo: ChoiceProps['choices'] = [
  ['true', t.shared.yes],
  ['false', t.shared.no],
];
