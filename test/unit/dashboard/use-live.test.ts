/** How long the page waits for a stream that was refused. */
import { expect, it } from 'vitest';
import { reopenAfterMs } from '../../../src/dashboard/app/use-live.ts';

it('asks for a refused stream again and again, at last once a minute', () => {
  expect([1, 2, 3, 6, 2_000].map(reopenAfterMs)).toEqual([2_000, 4_000, 8_000, 60_000, 60_000]);
});
