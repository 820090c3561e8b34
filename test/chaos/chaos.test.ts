/** A short run of chaos with every fault; the long ones are run by hand with `npm run chaos`. */
import { expect, it } from 'vitest';
import { runChaos } from '../support/chaos/chaos.ts';
import { FAULTS } from '../support/chaos/faults.ts';

it('loses and doubles nothing under every fault at once', async () => {
  const result = await runChaos({
    seed: 5,
    seconds: 180,
    rounds: 1,
    rate: 50,
    absence_s_max: 3,
    faults: Object.keys(FAULTS),
    say: (line) => console.error(line),
  });
  expect(result).toMatchObject({
    lost: 0,
    duplicated: 0,
    conversions_lost: 0,
    conversions_duplicated: 0,
    counted: result.answered,
  });
  expect(Object.keys(result.faults).toSorted()).toEqual(Object.keys(FAULTS).toSorted());
  expect(result.answered + result.skipped).toBe(result.offered);
}, 240_000);
