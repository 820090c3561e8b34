/** Where a Redis Cluster keeps a key: each of its primaries serves ranges of slots. Pure. */

export const SLOTS = 16_384;

/** The slot of a hash tag. Source: Redis cluster specification, appendix A (CRC16, XMODEM). */
export function slotOf(tag: string): number {
  let crc = 0;
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80_00 ? (crc << 1) ^ 0x10_21 : crc << 1) & 0xff_ff;
  }
  return crc % SLOTS;
}

/** The slot of a key: of what stands between its first braces, else of all of it. */
export function slotOfKey(key: string): number {
  const from = key.indexOf('{') + 1;
  const to = key.indexOf('}', from);
  return slotOf(from > 0 && to > from ? key.slice(from, to) : key);
}
