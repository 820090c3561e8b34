/** What the API can and can't do now: it is ready while it can make links. Pure. */
import type { DiskReserve } from '../platform/disk-reserve.ts';
import {
  type Ability,
  type Readiness,
  readinessOf,
  type Trouble,
  troubleOf,
  troubleOfParts,
} from '../platform/readiness.ts';
import { isReady, type RedisClient } from '../platform/redis.ts';
import type { ServerWatch } from '../platform/server-watch.ts';

export interface ApiState {
  redis: Pick<RedisClient, 'status'>;
  redis_watch: Pick<ServerWatch, 'fault'>;
  clickhouse_watch: Pick<ServerWatch, 'fault'>;
  clock_watch: Pick<ServerWatch, 'fault'>;
  /** Undefined where ClickHouse is one server. */
  nodes_away: readonly string[] | undefined;
  /** The disk under bodies, and under Redis where that is private. */
  disk: Pick<DiskReserve, 'state' | 'why'>;
  private_redis: boolean;
  records_lost: boolean;
  closing: boolean;
}

const MAKE_ROOM = 'make room on it, or give it a larger disk; taps go on meanwhile, and this heals by itself';

const diskTrouble = ({ state, why }: ApiState['disk']): Trouble | undefined =>
  state === 'room' ? undefined : { why, do: MAKE_ROOM };

/** Why nothing can be written to Redis. */
function storeTrouble({ redis, redis_watch, records_lost, closing }: ApiState): Trouble | undefined {
  if (closing) return { why: 'this process is stopping', do: 'ask another one, or wait for the next' };
  const fault = troubleOf(redis_watch.fault);
  if (fault !== undefined) return fault;
  if (!isReady(redis as RedisClient))
    return { why: 'there is no connection to Redis', do: 'look whether it runs' };
  if (records_lost) return { why: 'Redis has lost its data', do: 'run npm run restore' };
  return undefined;
}

export function apiReadiness(state: ApiState): Readiness {
  const store = storeTrouble(state);
  const disk = diskTrouble(state.disk);
  const abilities: Ability[] = [
    { what: 'make links', needed: true, trouble: store ?? (state.private_redis ? disk : undefined) },
    { what: 'take uploads', needed: false, trouble: store ?? disk },
    { what: 'change settings and take conversions', needed: true, trouble: store },
    { what: 'answer reports', needed: false, trouble: troubleOf(state.clickhouse_watch.fault) },
    ...(state.nodes_away === undefined
      ? []
      : [
          {
            what: 'reach every node of ClickHouse',
            needed: false,
            trouble: troubleOfParts(state.nodes_away),
          },
        ]),
    { what: 'tell the right time', needed: false, trouble: troubleOf(state.clock_watch.fault) },
  ];
  return readinessOf(abilities);
}
