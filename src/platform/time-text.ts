/** Times as short texts that sort as the times do. Pure. */
import { ALPHABET } from './random.ts';

/** Digits of base 62: until the year 8888. */
export const TIME_DIGITS = 8;

/** A time in ms as TIME_DIGITS digits of base 62. */
export function encodeTime(time_ms: number): string {
  let rest = Math.max(0, Math.floor(time_ms));
  let text = '';
  for (let i = 0; i < TIME_DIGITS; i++) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** The reverse; undefined where the text is no such time. */
export function decodeTime(text: string): number | undefined {
  if (text.length !== TIME_DIGITS) return undefined;
  let time = 0;
  for (let i = 0; i < TIME_DIGITS; i++) {
    const digit = ALPHABET.indexOf(text.charAt(i));
    if (digit < 0) return undefined;
    time = time * 62 + digit;
  }
  return time;
}
