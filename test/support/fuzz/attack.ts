/**
 * What a hostile or broken client does with one connection. Text stands for bytes: one character each, up to
 * U+00FF.
 */
import type { Dice } from './dice.ts';

export interface Attack {
  kind: string;
  /** Written one after the other. */
  parts: string[];
  /** Between two parts, in ms. */
  pace_ms: number;
  /**
   * read  waits for an answer for a moment, then hangs up
   * fin   closes its side as soon as all is written
   * rst   resets the connection as soon as all is written
   * hold  keeps it open until the server closes it
   */
  end: 'read' | 'fin' | 'rst' | 'hold';
  /** Whether it is a good request after all, only sent oddly: it must be redirected. */
  good: boolean;
}

export interface Targets {
  /** Links whose visitors are sent on at once. */
  links: readonly string[];
  /** Links of an account that shows a preview page to suspicious visitors. */
  filtered: readonly string[];
}

/** Makes one attack of its kind, other than the last one. */
export type AttackMaker = (dice: Dice, targets: Targets) => Attack;

export function attack(kind: string, text: string | string[], change: Partial<Attack> = {}): Attack {
  const parts = typeof text === 'string' ? [text] : text;
  return { kind, parts, pace_ms: 0, end: 'read', good: false, ...change };
}

/** A request as a phone makes it, with other lines in front of the empty one. */
export function request(target: string, lines: readonly string[] = [], method = 'GET', body = ''): string {
  return `${[`${method} ${target} HTTP/1.1`, 'Host: trk.example', ...lines].join('\r\n')}\r\n\r\n${body}`;
}

export function anyLink(dice: Dice, { links, filtered }: Targets): string {
  return dice.pick(dice.chance(0.5) ? links : filtered);
}
