/** Every drill, in the order in which all of them run. */
import type { Drill } from '../support/drills/drill.ts';
import { backupNowhere } from './backup-nowhere.ts';
import { calm } from './calm.ts';
import { clickhouseGone } from './clickhouse-gone.ts';
import { clockOff } from './clock-off.ts';
import { diskFull } from './disk-full.ts';
import { dnsGone } from './dns-gone.ts';
import { guide } from './guide.ts';
import { halfOpen } from './half-open.ts';
import { memoryLimit } from './memory-limit.ts';
import { redisEvicts } from './redis-evicts.ts';
import { redisFailover } from './redis-failover.ts';
import { redisGone } from './redis-gone.ts';
import { redisReplica } from './redis-replica.ts';
import { sameHostName } from './same-host-name.ts';
import { slowDisk } from './slow-disk.ts';
import { spoolMoved } from './spool-moved.ts';
import { startWithoutRedis } from './start-without-redis.ts';
import { twoApis } from './two-apis.ts';
import { workersDead } from './workers-dead.ts';
import { wrongRedis } from './wrong-redis.ts';

export const DRILLS: readonly Drill[] = [
  calm,
  redisGone,
  workersDead,
  diskFull,
  clickhouseGone,
  redisEvicts,
  wrongRedis,
  backupNowhere,
  sameHostName,
  spoolMoved,
  startWithoutRedis,
  redisReplica,
  twoApis,
  clockOff,
  dnsGone,
  redisFailover,
  slowDisk,
  memoryLimit,
  halfOpen,
  guide,
];
