/**
 * Click ids: 29 characters, the click's time in ms in base 62, 83 random bits, the link's id. The time lets a trace
 * find the row by its time instead of scanning; the random part makes the id unguessable; the link lets a conversion
 * that names the click find its message without a record of every click. Generated in memory for every tap.
 */
import { TextPool } from '../platform/random.ts';
import { decodeTime, encodeTime, TIME_DIGITS } from '../platform/time-text.ts';

const RANDOM_DIGITS = 14;
const CLICK_ID = /^[0-9A-Za-z]{29}$/;

const tails = new TextPool(RANDOM_DIGITS);
/** Cached, because many clicks share one millisecond. */
const last = { time_ms: -1, text: '' };

export function newClickId(clicked_at_ms: number, link_id: string): string {
  if (clicked_at_ms !== last.time_ms) {
    last.time_ms = clicked_at_ms;
    last.text = encodeTime(clicked_at_ms);
  }
  return last.text + tails.next() + link_id;
}

/** The time in a click id, in ms, or undefined where the text is not a click id. */
export function clickIdTime(click_id: string): number | undefined {
  return CLICK_ID.test(click_id) ? decodeTime(click_id.slice(0, TIME_DIGITS)) : undefined;
}

/** The link in a click id, or undefined where the text is not a click id. */
export function linkIdOfClickId(click_id: string): string | undefined {
  return CLICK_ID.test(click_id) ? click_id.slice(TIME_DIGITS + RANDOM_DIGITS) : undefined;
}
