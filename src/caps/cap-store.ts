/**
 * Takes places below the caps of an offer, settles them, and tells how full they are. Each call is one script on the
 * offer's keys, so that no two takers get the last place; each is safe to repeat. With Redis down every call rejects.
 */
import type { Offer } from '../catalog/definitions.ts';
import type { OfferCap } from '../catalog/offer-caps.ts';
import { formatDecimal } from '../platform/decimal.ts';
import type { RedisClient } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { type PlacedCap, periodOf, placeCaps } from './caps.ts';

const ADMIT_TAP = loadScript(new URL('./lua/admit-tap.lua', import.meta.url));
const COUNT_TAPS = loadScript(new URL('./lua/count-taps.lua', import.meta.url));
const ADMIT_CONVERSION = loadScript(new URL('./lua/admit-conversion.lua', import.meta.url));
/** Taps in one call: a few milliseconds of Redis's time. */
const TAPS_PER_CALL = 1_000;

const keysOf = (caps: readonly PlacedCap[]): string[] => caps.map(({ key }) => key);

/** A tap that asks to be let in. */
export interface AskingTap {
  member: string;
  at_ms: number;
  /** Whether it takes a place; a HEAD only asks. */
  takes: boolean;
}

/** The cap that is full, or undefined where the tap is let in. */
export async function admitTap(
  redis: RedisClient,
  caps: readonly PlacedCap[],
  { member, at_ms, takes }: AskingTap,
): Promise<PlacedCap | undefined> {
  const args = caps.flatMap(({ cap, limit, kept_s }) => [
    cap.count === 'first_clicks' ? 1 : 0,
    limit,
    kept_s,
  ]);
  const full = await ADMIT_TAP.run(redis, keysOf(caps), [member, at_ms, takes ? 1 : 0, ...args]);
  return caps[Number(full) - 1];
}

/** What became of a tap. */
export interface SettledTap {
  member: string;
  at_ms: number;
  is_first: boolean;
}

/** Settles the taps of one cap of first clicks, first clicks first. */
export async function countTaps(
  redis: RedisClient,
  { key, kept_s }: Pick<PlacedCap, 'key' | 'kept_s'>,
  taps: readonly SettledTap[],
): Promise<void> {
  const sorted = taps.toSorted((a, b) => Number(b.is_first) - Number(a.is_first));
  for (let from = 0; from < sorted.length; from += TAPS_PER_CALL) {
    const part = sorted.slice(from, from + TAPS_PER_CALL);
    const args = part.flatMap(({ member, at_ms, is_first }) => [member, is_first ? '+inf' : at_ms]);
    await COUNT_TAPS.run(redis, [key], [kept_s, ...args]);
  }
}

/** Whether a conversion fits below all caps; `adds` says what it adds to each, in its unit. */
export async function admitConversion(
  redis: RedisClient,
  caps: readonly PlacedCap[],
  conversion_id: string,
  adds: (cap: OfferCap) => number,
): Promise<boolean> {
  const args = caps.flatMap(({ cap, limit, kept_s }) => [adds(cap), limit, kept_s]);
  return Number(await ADMIT_CONVERSION.run(redis, keysOf(caps), [conversion_id, ...args])) === 0;
}

export interface CapState extends OfferCap {
  /** `2026-11-29T18`, `2026-11-29`, `2026-11`, by the clock of `tz`. */
  period: string;
  /** Places taken; of first clicks also by taps that are not counted yet. */
  used: number | string;
  /** Whether the offer takes no taps for it. */
  full: boolean;
}

/** How full the caps are now. */
export async function readCaps(
  redis: RedisClient,
  offer: Pick<Offer, 'offer_id' | 'caps'>,
  now_ms: number,
): Promise<CapState[]> {
  return Promise.all(
    placeCaps(offer, now_ms).map(async ({ cap, key, limit }): Promise<CapState> => {
      const period = periodOf(cap, now_ms);
      if (cap.count === 'first_clicks') {
        const used = await redis.zcard(key);
        return { ...cap, period, used, full: used >= limit };
      }
      const [total, refused] = await redis.hmget(key, 'total', 'refused');
      const used = cap.count === 'payout' ? formatDecimal(BigInt(total ?? 0)) : Number(total ?? 0);
      return { ...cap, period, used, full: Number(total ?? 0) >= limit || refused === String(limit) };
    }),
  );
}
