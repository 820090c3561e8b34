import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linkIdOfPath } from '../../../src/redirect/link-path.ts';

it.each([
  '/abc1234',
  '/abc1234.',
  '/abc1234)',
  '/abc1234),',
  '/abc1234%29',
  '/abc1234%E2%80%A6',
  '/abc1234/',
  "/abc1234'",
])('finds the id in %s', (path) => {
  expect(linkIdOfPath(path)).toBe('abc1234');
});

it.each([
  '/',
  '/abc123',
  '/abc12345',
  '/abc1234x',
  '/abc1234.x',
  '/abc1234%',
  '/abc1234/x',
  '/äbc1234',
  `/abc1234${'.'.repeat(41)}`,
])('finds none in %s', (path) => {
  expect(linkIdOfPath(path)).toBeUndefined();
});

it('never throws and never gives anything but 7 letters and digits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const id = linkIdOfPath(`/${text}`);
      expect(id === undefined || /^[A-Za-z0-9]{7}$/.test(id)).toBe(true);
    }),
  );
});
