/** Keys that lie all over a Redis Cluster. Pure. */
import { SLOTS, slotOf } from '../platform/redis-slots.ts';

/** A shard with fewer slots in a row than a range has may have no key. */
const RANGES = 64;

/** `<name>:{<number>}` for each range of slots, in order of slots; the smallest numbers that there are. */
export function keysOfSlotRanges(name: string): string[] {
  const keys = new Map<number, string>();
  for (let n = 0; keys.size < RANGES; n++) {
    const range = Math.floor((slotOf(String(n)) * RANGES) / SLOTS);
    if (!keys.has(range)) keys.set(range, `${name}:{${n}}`);
  }
  return [...keys].sort(([a], [b]) => a - b).map(([, key]) => key);
}
