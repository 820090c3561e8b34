/** Every drill, in the order in which all of them run. */
import type { Drill } from '../support/drills/drill.ts';
import { calm } from './calm.ts';
import { clickhouseGone } from './clickhouse-gone.ts';
import { redisEvicts } from './redis-evicts.ts';
import { redisGone } from './redis-gone.ts';
import { redisReplica } from './redis-replica.ts';
import { workersDead } from './workers-dead.ts';

export const DRILLS: readonly Drill[] = [
  calm,
  redisGone,
  workersDead,
  clickhouseGone,
  redisEvicts,
  redisReplica,
];
