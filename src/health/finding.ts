/** What a check says, and the words that checks share. Pure. */
import type { Present } from '../platform/presence.ts';

/** `failing`: somebody is refused something now. `degraded`: everything works, but not for long or not as it should. */
export const STATES = ['ok', 'degraded', 'failing'] as const;
export type State = (typeof STATES)[number];

export interface Finding {
  state: State;
  found: string;
  /** '' where nothing is to be done. */
  do: string;
}

export const ok = (found: string): Finding => ({ state: 'ok', found, do: '' });
export const degraded = (found: string, advice: string): Finding => ({
  state: 'degraded',
  found,
  do: advice,
});
export const failing = (found: string, advice: string): Finding => ({ state: 'failing', found, do: advice });
export const NOT_YET = ok('Not looked at yet.');

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Some names, and how many more there are. */
export const named = (names: readonly string[], count = names.length): string =>
  names.join(', ') + (count > names.length ? ` and ${count - names.length} more` : '');

/** `redirect-1@<host>` of a process. */
export const machineOf = ({ name }: Pick<Present, 'name'>): string => name.replace(/\/[^/]*$/, '');
