/**
 * A short run of chaos with every fault, while contacts are erased; the long ones are run by hand with `npm run chaos`.
 * CHAOS_MESSAGES and CHAOS_ERASE change the numbers.
 */
// @long: machines.test.ts has these faults in every run, sends, redis-lost and first-click tests those of single servers.
import { expect, it } from 'vitest';
import { runChaos } from '../support/chaos/chaos.ts';
import { FAULTS } from '../support/chaos/faults.ts';

const MESSAGES = Number(process.env['CHAOS_MESSAGES'] ?? 500);
const ERASE = Number(process.env['CHAOS_ERASE'] ?? 20);

it('loses and doubles nothing under every fault at once, and leaves nothing of erased contacts', async () => {
  const result = await runChaos({
    seed: 5,
    seconds: 180,
    rounds: 1,
    rate: 15,
    absence_s_max: 3,
    faults: Object.keys(FAULTS),
    messages: MESSAGES,
    erase: ERASE,
    say: (line) => console.error(line),
  });
  expect(result).toMatchObject({
    lost: 0,
    duplicated: 0,
    conversions_lost: 0,
    conversions_duplicated: 0,
    counted: result.answered,
  });
  expect(result.erasure).toMatchObject({
    contacts: ERASE,
    found: [],
    reports_changed: [],
    clicks_not_empty: 0,
  });
  const [messages, first] = result.erasure?.first_clicks ?? [];
  expect(first).toBe(messages);
  expect(Object.keys(result.faults).toSorted()).toEqual(Object.keys(FAULTS).toSorted());
  expect(result.answered + result.skipped).toBe(result.offered);
}, 400_000);
