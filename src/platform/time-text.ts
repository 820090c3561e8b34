/** Encodes times as short texts that sort like the times. Pure. */
import { ALPHABET } from './random.ts';

/** Digits in base 62; enough until the year 8888. */
export const TIME_DIGITS = 8;

/** A time in ms as TIME_DIGITS digits in base 62. */
export function encodeTime(time_ms: number): string {
  let rest = Math.max(0, Math.floor(time_ms));
  let text = '';
  for (let i = 0; i < TIME_DIGITS; i++) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Decodes what encodeTime wrote; undefined for any other text. */
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
