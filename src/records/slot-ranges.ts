/** Keys that lie all over a Redis Cluster. Pure. */

const SLOTS = 16_384;
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

/** The slot of a hash tag. Source: Redis cluster specification, appendix A (CRC16, XMODEM). */
export function slotOf(tag: string): number {
  let crc = 0;
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80_00 ? (crc << 1) ^ 0x10_21 : crc << 1) & 0xff_ff;
  }
  return crc % SLOTS;
}
