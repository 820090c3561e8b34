/**
 * Ids of conversions: they sort as the reports came in, also those of one millisecond, because the last one may replace
 * those before it. Unique by 47 random bits beside the time.
 */
import { drawsOf } from '../../platform/random.ts';
import { encodeTime } from '../../platform/time-text.ts';

const SEQUENCE_DIGITS = 6;
const newTail = drawsOf(8);

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
