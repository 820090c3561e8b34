/**
 * Asks Redis whether a tap is let in by the caps of an offer, and takes its place. Only taps of offers with caps are
 * asked for, each by one short call. Where Redis can't be asked within ASK_WITHIN_MS the tap is let in, unless this
 * process has seen the cap full in the same period: an answered tap is counted, and a cap is the lesser promise.
 */

import { type AskingTap, admitTap } from '../caps/cap-store.ts';
import { type PlacedCap, placeCaps } from '../caps/caps.ts';
import type { Offer } from '../catalog/definitions.ts';
import type { OfferCap } from '../catalog/offer-caps.ts';
import { lruOf } from '../platform/lru.ts';
import type { RedisClient } from '../platform/redis.ts';
import { within } from '../platform/within.ts';

const ASK_WITHIN_MS = 250;
/** Caps that were seen full. */
const FULL_KEPT_MAX = 10_000;

export class CapGate {
  /** Taps that were let in, turned away, and those that Redis could not be asked for. */
  readonly counts = { admitted: 0, refused: 0, unasked: 0 };
  readonly #redis: RedisClient;
  /** Limit by the key of the cap and period. */
  readonly #full = lruOf<number>(FULL_KEPT_MAX);

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** The cap that turns the tap away, undefined where it is let in. Never rejects. */
  async ask(offer: Offer, tap: AskingTap): Promise<OfferCap | undefined> {
    const caps = placeCaps(offer, tap.at_ms);
    try {
      const full = await within(ASK_WITHIN_MS, () => admitTap(this.#redis, caps, tap));
      if (full === undefined) {
        this.counts.admitted++;
        return undefined;
      }
      this.#full.set(full.key, full.limit);
      this.counts.refused++;
      return full.cap;
    } catch {
      this.counts.unasked++;
      return caps.find((cap) => this.#wasFull(cap))?.cap;
    }
  }

  #wasFull({ key, limit }: PlacedCap): boolean {
    return this.#full.get(key) === limit;
  }
}
