/** What a redirect process says that it can and can't do, in an operator's words. */
import { expect, it } from 'vitest';
import { type RedirectState, redirectReadiness } from '../../../src/redirect/readiness.ts';

const WELL: RedirectState = {
  closing: false,
  trouble: undefined,
  redis_url: 'redis://:secret@redis.example:6379',
  redis_ready: true,
  redis_watch: { fault: undefined },
  clock_watch: { fault: undefined },
  has_archive: true,
};
const whyNot = (state: Partial<RedirectState>) =>
  Object.fromEntries(
    redirectReadiness({ ...WELL, ...state }).cannot.map(({ what, why, do: advice }) => [
      what,
      { why, advice },
    ]),
  );

it('is ready while the spool takes clicks, and says in plain words why Redis does not', () => {
  const cause = new Error("Stream isn't writeable and enableOfflineQueue options is false");
  const state = { trouble: { cause, bytes: 120, failure: undefined } };
  expect(redirectReadiness({ ...WELL, ...state }).ready).toBe(true);
  expect(whyNot(state)).toEqual({
    'put clicks into Redis': {
      why: 'REDIS_URL (redis.example:6379): there is no connection; 120 bytes of clicks are in the spool',
      advice: 'look whether it runs, and whether this machine reaches it',
    },
  });
});

it('is not ready when the disk of the spool is full as well', () => {
  const cause = new Error('MISCONF Errors writing to the AOF file: No space left on device');
  const state = { trouble: { cause, bytes: 0, failure: 'ENOSPC: no space left on device, write' } };
  expect(redirectReadiness({ ...WELL, ...state }).ready).toBe(false);
  expect(whyNot(state)['answer taps']).toEqual({
    why: 'REDIS_URL (redis.example:6379): it can not write to its disk; 0 bytes of clicks are in the spool; the spool takes no more: the disk of DATA_DIR is full',
    advice: 'make room on the disk of DATA_DIR, or raise SPOOL_MB; then mend Redis',
  });
});
