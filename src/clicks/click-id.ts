/**
 * Click ids: 29 characters, the click's time in ms in base 62, 5 random digits, a signature of 9 digits, the link's id;
 * and 3 more where the click is one of another offer than its link's: the last ones of that offer's id, so that whoever
 * reports a conversion of the click need not name the offer. These are not signed: they credit nothing by themselves.
 * The time lets a trace find the row by its time instead of scanning; the link lets a conversion that names the click
 * find its message; the signature proves that this installation gave the id out, for this link at this time, without a
 * record of every click. It has 53 bits: with a million guesses a second one is right after 140 years on average.
 * Made in memory for every tap.
 */
import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { type InstallationKeySource, type RingKey, signingKey } from '../access/key-ring.ts';
import { tailOf } from '../catalog/definitions.ts';
import { ALPHABET, TextPool } from '../platform/random.ts';
import { SipHash, type SipState, sipState, sipWords, wordAt } from '../platform/siphash.ts';
import { decodeTime, encodeTime, TIME_DIGITS } from '../platform/time-text.ts';

const RANDOM_DIGITS = 5;
const SIGNATURE_DIGITS = 9;
const LINK_DIGITS = 7;
const LINK_FROM = TIME_DIGITS + RANDOM_DIGITS + SIGNATURE_DIGITS;
const TAIL_FROM = LINK_FROM + LINK_DIGITS;
const CLICK_ID = /^[0-9A-Za-z]{29}(?:[0-9A-Za-z]{3})?$/;
const PURPOSE = 'trackly: click ids';
const KEY_BYTES = 16;
/** Clocks of the machines that sign and check. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Two digits each: 62² texts. */
const PAIRS = Array.from(
  { length: 62 * 62 },
  (_, n) => ALPHABET.charAt(Math.floor(n / 62)) + ALPHABET.charAt(n % 62),
);
const FIVE_DIGITS = 62 ** 5;
const FOUR_DIGITS = 62 ** 4;

/** Makes and checks click ids under the keys of the installation, whichever they are at the moment. */
export class ClickIds {
  readonly #keys: InstallationKeySource;
  /** By installation key; as many as the ring has. */
  readonly #states = new Map<string, SipState>();
  readonly #sip = new SipHash();
  readonly #random = new TextPool(RANDOM_DIGITS);
  /** What is signed: time, random digits and link, 20 characters. */
  readonly #signed = sipWords('0'.repeat(TIME_DIGITS + RANDOM_DIGITS + LINK_DIGITS));
  /** Of the last click: many share one millisecond. */
  #time_ms = -1;
  #time = '';
  #state: SipState = new Int32Array(8);

  constructor(keys: InstallationKeySource) {
    this.#keys = keys;
  }

  create(clicked_at_ms: number, link_id: string): string {
    if (clicked_at_ms !== this.#time_ms) {
      this.#time_ms = clicked_at_ms;
      this.#time = encodeTime(clicked_at_ms);
      this.#state = this.#stateOf(signingKey(this.#keys));
    }
    const random = this.#random.next();
    return this.#time + random + this.#sign(this.#state, this.#time, random, link_id) + link_id;
  }

  /** Whether this installation gave it out. Ids of a key that has ended are good for clicks of its time. */
  isGenuine(click_id: string, now_ms: number): boolean {
    const time_ms = clickIdTime(click_id);
    if (time_ms === undefined) return false;
    const time = click_id.slice(0, TIME_DIGITS);
    const random = click_id.slice(TIME_DIGITS, TIME_DIGITS + RANDOM_DIGITS);
    const signature = Buffer.from(click_id.slice(TIME_DIGITS + RANDOM_DIGITS, LINK_FROM));
    const right = (key: string): string =>
      this.#sign(this.#stateOf(key), time, random, click_id.slice(LINK_FROM, TAIL_FROM));
    return this.#keys.ring.some(
      (one) => signedThen(one, time_ms, now_ms) && timingSafeEqual(signature, Buffer.from(right(one.key))),
    );
  }

  #stateOf(key: string): SipState {
    let state = this.#states.get(key);
    if (state === undefined) {
      state = sipState(new Uint8Array(hkdfSync('sha256', key, '', PURPOSE, KEY_BYTES)));
      this.#states.set(key, state);
    }
    return state;
  }

  #sign(state: SipState, time: string, random: string, link_id: string): string {
    const signed = this.#signed;
    signed[0] = wordAt(time, 0);
    signed[1] = wordAt(time, 4);
    signed[2] = wordAt(random, 0);
    signed[3] = random.charCodeAt(4) | (wordAt(link_id, 0) << 8);
    signed[4] = wordAt(link_id, 3);
    const sip = this.#sip;
    sip.hash(state, signed);
    // 31 bits of each half, so that the remainders are of small integers.
    const five = (sip.high >>> 1) % FIVE_DIGITS;
    const four = (sip.low >>> 1) % FOUR_DIGITS;
    const last = (five / 3_844) | 0;
    return (
      ALPHABET.charAt((last / 3_844) | 0) +
      PAIRS[last % 3_844] +
      PAIRS[five % 3_844] +
      PAIRS[(four / 3_844) | 0] +
      PAIRS[four % 3_844]
    );
  }
}

/** Whether the key signed at that time, as far as ids under it are accepted now. */
function signedThen({ ends_at_ms, leaked }: RingKey, time_ms: number, now_ms: number): boolean {
  if (ends_at_ms === null) return true;
  return time_ms < ends_at_ms + CLOCK_TOLERANCE_MS && !(leaked && now_ms >= ends_at_ms);
}

/** The time in a click id, in ms, or undefined where the text is not a click id. */
export function clickIdTime(click_id: string): number | undefined {
  return CLICK_ID.test(click_id) ? decodeTime(click_id.slice(0, TIME_DIGITS)) : undefined;
}

/** The link in a click id, or undefined where the text is not a click id. */
export function linkIdOfClickId(click_id: string): string | undefined {
  return CLICK_ID.test(click_id) ? click_id.slice(LINK_FROM, TAIL_FROM) : undefined;
}

/** The id of a click that was led to `led`, where that is not the link's own offer. */
export function ledClickId(
  click_id: string,
  led: { offer_id: string; planned_offer_id: string } | undefined,
): string {
  return led === undefined || led.offer_id === led.planned_offer_id
    ? click_id
    : click_id + tailOf(led.offer_id);
}

/** The end of the id of the offer that the click was led to; '' where it is the link's own. */
export const offerTailOf = (click_id: string): string =>
  CLICK_ID.test(click_id) ? click_id.slice(TAIL_FROM) : '';
