/** Parts and encoding of a text as SMS, by the limits of 3GPP TS 23.038 and 23.040. */
import { expect, it } from 'vitest';
import { segmentsOf } from '../../../src/dashboard/app/sms.ts';

it.each([
  ['nothing', '', 'gsm7', 0, 0, 160],
  ['a full 7-bit message', 'a'.repeat(160), 'gsm7', 160, 1, 0],
  ['one more makes two parts of 153', 'a'.repeat(161), 'gsm7', 161, 2, 145],
  ['two full parts', 'a'.repeat(306), 'gsm7', 306, 2, 0],
  ['the euro sign takes two', '€'.repeat(80), 'gsm7', 160, 1, 0],
  ['and is never cut in two', `${'a'.repeat(152)}${'€'.repeat(10)}`, 'gsm7', 172, 2, 133],
  ['German umlauts and line breaks are 7-bit', 'Grüße\nß', 'gsm7', 7, 1, 153],
  ['one foreign character makes all of it 16-bit', `${'a'.repeat(69)}ç`, 'ucs2', 70, 1, 0],
  ['and parts of 67', `${'a'.repeat(70)}ç`, 'ucs2', 71, 2, 63],
  ['an emoji takes two units', '🎉'.repeat(35), 'ucs2', 70, 1, 0],
  ['and is never cut in two either', `${'a'.repeat(66)}🎉${'a'.repeat(10)}`, 'ucs2', 78, 2, 55],
] as const)('%s', (_name, text, ...expected) => {
  const { encoding, units, parts, left } = segmentsOf(text);
  expect([encoding, units, parts, left]).toEqual(expected);
});

it('names the characters that need 16 bits, each once', () => {
  expect(segmentsOf('a“b”“🎉').foreign).toEqual(['“', '”', '🎉']);
});
