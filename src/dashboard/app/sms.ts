/**
 * How a text is sent as SMS: in 7-bit characters (3GPP TS 23.038, the default alphabet and its extension table) if it has
 * no others, else in UCS-2, 16 bits each; and in how many parts, each charged as a message. Pure.
 */

/** Of the default alphabet; the escape character is no text. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Each takes two. */
const EXTENDED = new Set('\f^{}\\[~]|€');

/** Units in a message that is one part, and in each of several: those carry a header of 6 bytes. */
const UNITS = {
  gsm7: { single: 160, part: 153 },
  ucs2: { single: 70, part: 67 },
} as const;

export interface Segments {
  encoding: keyof typeof UNITS;
  /** 7-bit characters, or 16-bit units. */
  units: number;
  parts: number;
  /** Units that the last part still has room for. */
  left: number;
  /** The characters that need UCS-2; each once. */
  foreign: string[];
}

export function segmentsOf(text: string): Segments {
  const characters = [...text];
  const foreign = [...new Set(characters.filter((one) => !BASIC.has(one) && !EXTENDED.has(one)))];
  const encoding = foreign.length === 0 ? 'gsm7' : 'ucs2';
  const sizes = characters.map((one) => (encoding === 'ucs2' ? one.length : EXTENDED.has(one) ? 2 : 1));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const { single, part } = UNITS[encoding];
  if (units <= single) return { encoding, units, parts: units === 0 ? 0 : 1, left: single - units, foreign };
  let parts = 1;
  let used = 0;
  // A character is never cut in two: what does not fit whole begins the next part.
  for (const size of sizes) {
    if (used + size > part) {
      parts++;
      used = 0;
    }
    used += size;
  }
  return { encoding, units, parts, left: part - used, foreign };
}
