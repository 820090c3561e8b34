import { expect, it } from 'vitest';
import { SipHash, sipState, sipWords } from '../../../src/platform/siphash.ts';

/** The reference vectors of its authors: key 00 … 0f, texts 00, 01 … of each length; results little-endian. */
const VECTORS: [number, string][] = [
  [0, '310e0edd47db6f72'],
  [1, 'fd67dc93c539f874'],
  [2, '5a4fa9d909806c0d'],
  [3, '2d7efbd796666785'],
  [4, 'b7877127e09427cf'],
  [5, '8da699cd64557618'],
  [6, 'cee3fe586e46c9cb'],
  [7, '37d1018bf50002ab'],
  [8, '6224939a79f5f593'],
  [15, 'e545be4961ca29a1'],
];

it.each(VECTORS)('gives the reference value of %i bytes', (length, result) => {
  const sip = new SipHash();
  const key = Uint8Array.from({ length: 16 }, (_, i) => i);
  sip.hash(sipState(key), sipWords(String.fromCharCode(...Array.from({ length }, (_, i) => i))));
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(sip.low, 0);
  bytes.writeUInt32LE(sip.high, 4);
  expect(bytes.toString('hex')).toBe(result);
});

it('refuses a key of another length', () => {
  expect(() => sipState(new Uint8Array(15))).toThrow('16 bytes');
});
