/** What the pages of the operator share: a state in words and colour, and the way to the runbook. */
import type { JSX } from 'react';
import { t } from '../strings/strings.ts';

export type Tone = 'good' | 'warn' | 'bad' | '';

export const State = ({ tone, text }: { tone: Tone; text: string }): JSX.Element => (
  <span className={`state ${tone}`}>{text}</span>
);

export const Help = ({ href, of }: { href: string; of: string }): JSX.Element => (
  <a href={href} aria-label={t.operate.more_of(of)}>
    {t.operate.runbook}
  </a>
);
