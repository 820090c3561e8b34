/** The guide's sum of how long a guess takes is made of the bounds that the code has. */
import { expect, it } from 'vitest';
import { UNKNOWN_MAX, WINDOW_MS } from '../../../src/redirect/guesses.ts';
import { readDocument } from '../../support/documents.ts';

const IDS = 62 ** 7;
const ALIVE = 10_000_000;
const UNITS_S: Record<string, number> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };
/** The guide rounds. */
const ROUNDING = 0.05;

const guide = readDocument('src/guides/abuse.md');
const number = (text: string): number => Number(text.replaceAll(',', ''));
const rows = [...guide.matchAll(/^\| ((?:before|now)[^|]*?) +\| ([\d,.]+) +\| ([\d,.]+) (\w+) +\|$/gm)].map(
  ([, who = '', rate = '', time = '', unit = '']) => ({
    who,
    per_second: number(rate),
    seconds: number(time) * (UNITS_S[unit] ?? Number.NaN),
  }),
);

it('says how many ids there are for each link that is alive', () => {
  expect(guide).toContain(`one id in ${Math.round(IDS / ALIVE).toLocaleString('en-US')} exists`);
  expect(guide).toContain(`Beyond ${UNKNOWN_MAX} in a window`);
  expect(WINDOW_MS).toBe(600_000);
  expect(guide).toContain(`${((100 * UNKNOWN_MAX * ALIVE) / IDS).toFixed(2)} %`);
});

it('says for every rate in which time a link is found', () => {
  expect(rows.length).toBe(7);
  for (const { who, per_second, seconds } of rows) {
    const right = IDS / ALIVE / per_second;
    expect(Math.abs(seconds - right) / right, who).toBeLessThan(ROUNDING);
  }
});

it('says how many guesses a second stay below the bound', () => {
  const below = rows.filter(({ who }) => who.includes('not noticed:'));
  expect(below.length).toBe(4);
  for (const { who, per_second } of below) {
    const addresses = number(/([\d,]+) address/.exec(who)?.[1] ?? '');
    const right = (addresses * UNKNOWN_MAX) / (WINDOW_MS / 1_000);
    expect(Math.abs(per_second - right) / right, who).toBeLessThan(ROUNDING);
  }
});
