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
  '/abc1234❤️',
  '/abc1234%E2%9D%A4%EF%B8%8F',
  '/abc1234查看',
  '/abc1234%E6%9F%A5%E7%9C%8B now',
  '/abc1234.查看abc',
  '/abc1234\u200e',
  '/abc1234%E2%80%8E',
  '/abc1234%E2%80%8Eabc',
  '/abc1234%C3%A9t%C3%A9',
  '/abc1234/%E6%9F%A5',
  `/abc1234${encodeURIComponent('请点击这里查看您的订单'.repeat(4))}`.slice(0, 254),
  `/abc1234${encodeURIComponent('请点击这里查看您的订单'.repeat(4))}`.slice(0, 255),
  '/abc1234)%E6%9F',
  `/abc1234${'.'.repeat(200)}`,
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
  '/abc1234%00',
  '/abc1234%20x',
  '/abc1234x%E2%80%A6',
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
