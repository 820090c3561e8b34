import { expect, it } from 'vitest';
import { isUrl } from '../../../src/platform/url.ts';

it('takes letters beyond ASCII, however often it was asked', () => {
  const wrong = Array.from({ length: 50_000 }, () => isUrl('https://bücher.example/straße')).filter(
    (is) => !is,
  );
  expect(wrong).toHaveLength(0);
});

it.each(['', 'x', 'https://', '//x.example', 'https://a b.example'])('%j is none', (text) => {
  expect(isUrl(text)).toBe(false);
});
