/**
 * LRU caches of lru-cache whose memory grows with what they hold. Given `max`, the package reserves arrays for as many
 * entries when a cache is made: 20 MB for nine caches of 200,000 in every redirect process. Given `maxSize` it reserves
 * nothing, and a lookup costs the same.
 */
import { LRUCache } from 'lru-cache';

const one = (): number => 1;

/** At most `entries_max` entries; the one that was not used for longest goes first. `ttl_ms`: how long an entry is kept. */
export const lruOf = <Value extends object | string | number | boolean>(
  entries_max: number,
  ttl_ms = 0,
): LRUCache<string, Value> => new LRUCache({ maxSize: entries_max, sizeCalculation: one, ttl: ttl_ms });
