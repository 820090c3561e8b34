/**
 * Ids of conversions: they sort as the reports came in, also those of one millisecond, because the last one may replace
 * those before it. Unique by 47 random bits beside the time.
 */
import { createHash } from 'node:crypto';
import { ALPHABET, drawsOf } from '../../platform/random.ts';
import { encodeTime } from '../../platform/time-text.ts';

const SEQUENCE_DIGITS = 6;
const SEQUENCE_MAX = 10 ** SEQUENCE_DIGITS;
const TAIL_LENGTH = 8;
const newTail = drawsOf(TAIL_LENGTH);

export class ConversionIds {
  #time_ms = 0;
  #sequence = 0;

  /** Larger than all ids before it of the same process, unless the clock was set back. */
  create(received_at_ms: number): string {
    this.#sequence = received_at_ms === this.#time_ms ? this.#sequence + 1 : 0;
    this.#time_ms = received_at_ms;
    const sequence = String(this.#sequence).padStart(SEQUENCE_DIGITS, '0');
    return `cnv_${encodeTime(received_at_ms)}${sequence}${newTail()}`;
  }
}

/**
 * The id of one report of a request that may be repeated: the same of the same request and position, so that logging it
 * again changes nothing. Ids sort by position.
 */
export function repeatableId(request_id: string, received_at_ms: number, position: number): string {
  const hash = createHash('sha256').update(`${request_id}\n${position}`).digest();
  const tail = [...hash.subarray(0, TAIL_LENGTH)]
    .map((byte) => ALPHABET.charAt(byte % ALPHABET.length))
    .join('');
  const time = encodeTime(received_at_ms + Math.floor(position / SEQUENCE_MAX));
  return `cnv_${time}${String(position % SEQUENCE_MAX).padStart(SEQUENCE_DIGITS, '0')}${tail}`;
}
