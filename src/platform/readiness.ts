/**
 * What a process can and can't do now, in the operator's words. It is ready while it can do everything that is needed of
 * it; the rest is said beside. Pure.
 */
import type { ServerFault } from './server-fault.ts';

/** Why something does not work, and what to do about it. */
export interface Trouble {
  why: string;
  do: string;
}

export interface Ability {
  what: string;
  /** Without it the process is not ready. */
  needed: boolean;
  /** Undefined while it works. */
  trouble: Trouble | undefined;
}

export interface Readiness {
  ready: boolean;
  can: string[];
  cannot: ({ what: string } & Trouble)[];
}

export function readinessOf(abilities: readonly Ability[]): Readiness {
  return {
    ready: abilities.every(({ needed, trouble }) => !needed || trouble === undefined),
    can: abilities.flatMap(({ what, trouble }) => (trouble === undefined ? [what] : [])),
    cannot: abilities.flatMap(({ what, trouble }) => (trouble === undefined ? [] : [{ what, ...trouble }])),
  };
}

/** Of the parts of something that is otherwise there, each in a sentence. */
export const troubleOfParts = (parts: readonly string[]): Trouble | undefined =>
  parts.length === 0
    ? undefined
    : { why: parts.join('; '), do: 'bring it back; what waits for it goes on then' };

export const troubleOf = (fault: ServerFault | undefined): Trouble | undefined =>
  fault && { why: `${fault.setting} (${fault.place}): ${fault.found}`, do: fault.advice };
