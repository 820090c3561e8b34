/** The draw of a variant. */
import { expect, it } from 'vitest';
import { drawShare } from '../../../src/messages/choices.ts';

const shares = [
  { variant_id: 'A', probability: 0.25 },
  { variant_id: 'B', probability: 0 },
  { variant_id: 'C', probability: 0.75 },
];

it.each([
  [0, 'A'],
  [0.249, 'A'],
  [0.25, 'C'],
  [0.999, 'C'],
])('at %d it is %s', (point, variant_id) => expect(drawShare(shares, point).variant_id).toBe(variant_id));

it('a sum that is a little less than 1 leaves no point without a variant', () => {
  const short = [
    { variant_id: 'A', probability: 0.1 + 0.2 },
    { variant_id: 'B', probability: 0.6999999 },
    { variant_id: 'C', probability: 0 },
  ];
  expect(drawShare(short, 0.99999999).variant_id).toBe('B');
});
