/** Where a Redis Cluster keeps a key: each of its primaries serves ranges of slots. Pure. */

export const SLOTS = 16_384;

/** Of each byte, by the CRC's high byte. Source: Redis cluster specification, appendix A (CRC16, XMODEM). */
const CRC_OF_BYTE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80_00 ? (crc << 1) ^ 0x10_21 : crc << 1) & 0xff_ff;
  return crc;
});

const crcWith = (crc: number, byte: number): number =>
  ((crc << 8) & 0xff_ff) ^ (CRC_OF_BYTE[(crc >>> 8) ^ byte] as number);

/** The slot of a hash tag. */
export function slotOf(tag: string): number {
  let crc = 0;
  for (let i = 0; i < tag.length; i++) {
    const code = tag.charCodeAt(i);
    if (code > ASCII_MAX) return slotOfBytes(Buffer.from(tag));
    crc = crcWith(crc, code);
  }
  return crc % SLOTS;
}

const ASCII_MAX = 0x7f;
const slotOfBytes = (bytes: Buffer): number => bytes.reduce(crcWith, 0) % SLOTS;

/** The slot of a key: of what stands between its first braces, else of all of it. */
export function slotOfKey(key: string): number {
  const from = key.indexOf('{') + 1;
  const to = key.indexOf('}', from);
  return slotOf(from > 0 && to > from ? key.slice(from, to) : key);
}

/**
 * A tag is 4 characters from @ to O, of which the first has 2 bits and each other one 4: the CRC is linear, and no two
 * of these 16,384 tags have one slot.
 */
const FIRST = '@'.charCodeAt(0);
const FOUR_BITS = 0xf;

function findTags(): string[] {
  const tags = new Array<string>(SLOTS).fill('');
  for (let bits = 0; bits < SLOTS; bits++) {
    const tag = String.fromCharCode(
      FIRST | (bits >>> 12),
      FIRST | ((bits >>> 8) & FOUR_BITS),
      FIRST | ((bits >>> 4) & FOUR_BITS),
      FIRST | (bits & FOUR_BITS),
    );
    tags[slotOf(tag)] = tag;
  }
  return tags;
}

/** A hash tag in each slot, for keys that are to lie beside others. They never change. */
export const TAG_OF_SLOT: readonly string[] = findTags();
