/** Shades by quantiles, and the outlines of countries that the map is drawn of. */
import { expect, it } from 'vitest';
import { worldMap } from '../../../deploy/world-map.mjs';
import { depthOf, shadesOf } from '../../../src/dashboard/app/shades.ts';

it('gives each shade as many cells as the others, whatever one outlier has', () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1_000_000];
  const shades = shadesOf(values);
  expect(shades).toEqual([1, 3, 5, 7, 9]);
  expect(values.map((value) => depthOf(value, shades))).toEqual([
    0.2, 0.2, 0.4, 0.4, 0.6, 0.6, 0.8, 0.8, 1, 1,
  ]);
});

it('gives equal values one shade, and nothing none', () => {
  expect(shadesOf([])).toEqual([]);
  expect(depthOf(5, [])).toBe(0);
  const shades = shadesOf([0, 7, 7, 7, 7]);
  expect(shades).toEqual([7]);
  expect([depthOf(0, shades), depthOf(7, shades), depthOf(-3, shades)]).toEqual([0, 1, 0]);
});

it('draws countries under their codes, within the view, and no Antarctica', () => {
  const { width, top, height, shapes } = worldMap();
  const paths = new Map(shapes);
  for (const code of ['DE', 'FR', 'US', 'RU', 'BR', 'XK', 'FJ', 'NZ', 'GF'])
    expect(paths.get(code)).toMatch(/^M/);
  expect(paths.has('AQ')).toBe(false);
  expect(shapes.every(([code]) => /^[A-Z]{2}$/.test(code))).toBe(true);
  for (const [, path] of shapes)
    for (const [, x, y] of path.matchAll(/M(-?\d+) (-?\d+)/g)) {
      expect(Math.abs(Number(x))).toBeLessThanOrEqual(width / 2);
      expect(Number(y) - top).toBeGreaterThanOrEqual(0);
      expect(Number(y) - top).toBeLessThanOrEqual(height);
    }
});
