/**
 * Identifiers from a cryptographic source (nanoid draws from the system's generator).
 * Unguessable ids are part of the product's safety: a link or click id must not be found by counting.
 */
import { randomBytes } from 'node:crypto';
import { customAlphabet } from 'nanoid';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const TIME_DIGITS = 8;
const CLICK_RANDOM_DIGITS = 14;
const CLICK_ID = /^[0-9A-Za-z]{29}$/;

/** Of a link id's form, but a route of the public listener. */
const RESERVED_LINK_ID = 'healthz';
const drawLinkId = customAlphabet(LETTERS, 7);

/** 7 characters `A-Za-z0-9`, 41 bits: 3.5e12 ids. The caller must handle a collision. */
export function newLinkId(): string {
  const link_id = drawLinkId();
  return link_id === RESERVED_LINK_ID ? newLinkId() : link_id;
}

const newEntityTail = customAlphabet(LETTERS, 14);
/** Drawn together: a call of the generator costs more than the letters that it draws. */
const CLICK_TAILS_DRAWN = 256;
const drawClickTails = customAlphabet(LETTERS, CLICK_RANDOM_DIGITS * CLICK_TAILS_DRAWN);
let clickTails = '';
let clickTailsUsed = 0;

/** `acc_`, `off_`, `cre_`, `cam_`, `aud_`, `msg_`, `cnv_` and 14 characters, 83 bits. */
export function newEntityId(prefix: 'acc' | 'off' | 'cre' | 'cam' | 'aud' | 'msg' | 'cnv'): string {
  return `${prefix}_${newEntityTail()}`;
}

/** Names one run of one process on a log; see stream-log.ts. */
export function newProducerId(): string {
  return newEntityTail();
}

/** `trk_` and 32 hex digits, 128 bits. Shown once, stored only as a hash. */
export function newApiKey(): string {
  return `trk_${randomBytes(16).toString('hex')}`;
}

let lastTime_ms = -1;
let lastTimePart = '';

/**
 * 29 characters: the click's time in ms in base 62, 83 random bits, the link's id. The time lets a trace
 * find the row by its time instead of scanning; the random part makes the id unguessable; the link lets a
 * conversion that names the click find its message without a record of every click.
 */
export function newClickId(clicked_at_ms: number, link_id: string): string {
  if (clicked_at_ms !== lastTime_ms) {
    lastTime_ms = clicked_at_ms;
    lastTimePart = encodeTime(clicked_at_ms);
  }
  return lastTimePart + newClickTail() + link_id;
}

function newClickTail(): string {
  if (clickTailsUsed >= clickTails.length) {
    clickTails = drawClickTails();
    clickTailsUsed = 0;
  }
  const from = clickTailsUsed;
  clickTailsUsed += CLICK_RANDOM_DIGITS;
  return clickTails.slice(from, clickTailsUsed);
}

/** The time in a click id, in ms, or undefined where the text is not a click id. */
export function clickIdTime(click_id: string): number | undefined {
  return CLICK_ID.test(click_id) ? decodeTime(click_id.slice(0, TIME_DIGITS)) : undefined;
}

/** The link in a click id, or undefined where the text is not a click id. */
export function linkIdOfClickId(click_id: string): string | undefined {
  return CLICK_ID.test(click_id) ? click_id.slice(TIME_DIGITS + CLICK_RANDOM_DIGITS) : undefined;
}

/** A time in ms as 8 digits of base 62, which sort as the times do. */
export function encodeTime(time_ms: number): string {
  let rest = Math.max(0, Math.floor(time_ms));
  let text = '';
  for (let i = 0; i < TIME_DIGITS; i++) {
    text = LETTERS.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** The reverse; undefined where the text is no such time. */
export function decodeTime(text: string): number | undefined {
  if (text.length !== TIME_DIGITS) return undefined;
  let time = 0;
  for (let i = 0; i < TIME_DIGITS; i++) {
    const digit = LETTERS.indexOf(text.charAt(i));
    if (digit < 0) return undefined;
    time = time * 62 + digit;
  }
  return time;
}
