/**
 * What a redirect process can and can't do now. It is ready while it can answer taps: with Redis away it does, from
 * memory, ClickHouse and the spool. Pure.
 */
import { type Readiness, readinessOf, type Trouble, troubleOf } from '../platform/readiness.ts';
import { redisFault } from '../platform/redis-faults.ts';
import type { ServerWatch } from '../platform/server-watch.ts';
import type { SpoolTrouble } from './click-log/spool-fallback.ts';

export interface RedirectState {
  /** The process takes no more connections. */
  closing: boolean;
  /** Why clicks do not go to Redis, and whether the spool takes them. */
  trouble: SpoolTrouble | undefined;
  redis_url: string;
  redis_ready: boolean;
  redis_watch: Pick<ServerWatch, 'fault'>;
  clock_watch: Pick<ServerWatch, 'fault'>;
  /** Whether ClickHouse can be asked for what Redis does not have. */
  has_archive: boolean;
}

const BRING_BACK = 'bring Redis back; nothing else is needed';

export function redirectReadiness(state: RedirectState): Readiness {
  const { closing, trouble, redis_url, redis_ready, redis_watch, clock_watch, has_archive } = state;
  const redis: Trouble | undefined =
    troubleOf(redis_watch.fault) ??
    (redis_ready ? undefined : { why: 'there is no connection to Redis', do: BRING_BACK });
  const spooling =
    trouble && spoolingTrouble(trouble, redis ?? troubleOf(redisFault(redis_url, trouble.cause)));
  return readinessOf([
    {
      what: 'answer taps',
      needed: true,
      trouble: closing
        ? { why: 'this process is stopping', do: 'ask another one, or wait for the next' }
        : trouble?.failure === undefined
          ? undefined
          : {
              why: `${spooling?.why}; the spool takes no more: ${diskWords(trouble.failure)}`,
              do: 'make room on the disk of DATA_DIR, or raise SPOOL_MB; then mend Redis',
            },
    },
    {
      what: 'put clicks into Redis',
      needed: false,
      trouble: spooling,
    },
    {
      what: 'look up links that are not in memory',
      needed: false,
      trouble: has_archive ? undefined : redis,
    },
    { what: 'take reports of conversions', needed: false, trouble: redis },
    { what: 'tell the right time', needed: false, trouble: troubleOf(clock_watch.fault) },
  ]);
}

/** In words for an operator: what a library says of Redis stands there only where nothing better is known. */
function spoolingTrouble({ cause, bytes }: SpoolTrouble, redis: Trouble | undefined): Trouble {
  const why = redis?.why ?? (cause instanceof Error ? cause.message : String(cause));
  return {
    why: `${why}; ${bytes} bytes of clicks are in the spool`,
    do: redis?.do ?? 'look whether workers run; keep the folder of the spool',
  };
}

const diskWords = (failure: string): string =>
  /^ENOSPC/.test(failure) ? 'the disk of DATA_DIR is full' : failure;
