/**
 * Checks of what the installation runs on: servers, processes, disks, clocks, resolvers. Each says what was found and
 * what to do. Pure.
 */
import type { RedisShard } from '../platform/redis-shards.ts';
import { degraded, type Finding, failing, machineOf, NOT_YET, named, ok, percent } from './finding.ts';
import type { Found } from './found.ts';
import { CLOCK_OFF_S, DISK_FULL, REDIS_FULL } from './thresholds.ts';

export function checkRedis({ redis_up, redis_fault, parts: { redis } }: Found): Finding {
  if (!redis_up) {
    return failing(
      redis_fault || 'Redis does not answer, or takes no writes.',
      'Bring Redis back. Taps go on and their clicks go to the spools: do not throw a DATA_DIR away meanwhile.',
    );
  }
  if (redis?.evicts) {
    return failing(
      'Redis removes data when its memory is full.',
      'Set maxmemory-policy noeviction there: links and clicks would be lost.',
    );
  }
  if (redis !== undefined && redis.used_ratio > REDIS_FULL) {
    return degraded(`Redis uses ${percent(redis.used_ratio)} of its maxmemory.`, 'Raise maxmemory.');
  }
  return ok(redis && redis.used_ratio > 0 ? `Answers; ${percent(redis.used_ratio)} full.` : 'Answers.');
}

/** A shard without a replica is told of where it had one, or where others have: one server alone is as it was set up. */
export function checkRedisShards({ parts: { redis_shards } }: Found): Finding {
  if (redis_shards === undefined) return NOT_YET;
  const away = redis_shards.filter(({ up }) => !up);
  const count = redis_shards.length;
  if (away.length > 0) {
    return failing(
      `${named(away.slice(0, 3).map(shardName), away.length)} of ${count} shards of Redis: no master answers.`,
      'Bring it back, or let a replica take over (CLUSTER NODES on another node names it). Its clicks go to the spools meanwhile.',
    );
  }
  const most = Math.max(0, ...redis_shards.map(({ replicas }) => replicas));
  const short = redis_shards.filter(({ replicas }) => replicas < most);
  if (short.length > 0) {
    return degraded(
      `${named(short.slice(0, 3).map(shardName), short.length)} of ${count} shards of Redis: fewer replicas than the others.`,
      'Bring the missing node back: without a replica the next failure takes the shard away.',
    );
  }
  return ok(count === 1 ? `One server, ${most} replicas.` : `${count} shards, ${most} replicas each.`);
}

const shardName = ({ shard, master }: RedisShard): string =>
  master === '' ? `${shard}` : `${shard} (${master})`;

export function checkRecords({ records_lost }: Found): Finding {
  return records_lost
    ? failing('Redis came back without its data; nothing is counted.', 'Run npm run restore.')
    : ok('Redis has all records.');
}

export function checkClickHouse({ clickhouse_up, clickhouse_fault, shards }: Found): Finding {
  if (clickhouse_up && shards !== undefined && shards.away.length > 0) {
    return degraded(
      `Shard ${shards.away.join(', ')} of ${shards.count} is away (${shards.troubles.join('; ')}): reports are partial.`,
      'Bring the server back: what belongs to it waits in the logs, the rest goes on.',
    );
  }
  if (clickhouse_up && shards !== undefined && shards.troubles.length > 0) {
    return degraded(`A replica is away (${shards.troubles.join('; ')}).`, 'Bring it back.');
  }
  if (clickhouse_up) return ok('Answers.');
  return failing(
    clickhouse_fault || 'ClickHouse does not answer.',
    'Bring ClickHouse back: does it run, is its disk full? Reports stand still, clicks wait and none is lost.',
  );
}

export function checkRole(role: 'redirect' | 'worker', { redis_up, parts: { processes } }: Found): Finding {
  if (processes === undefined) return NOT_YET;
  const present = processes.filter((one) => one.role === role && one.present);
  const lost = processes.filter((one) => one.role === role && !one.present);
  if (!redis_up) return ok(`${present.length} when Redis was last seen.`);
  if (present.length === 0) {
    return failing(
      `No ${role} process runs, or none reaches Redis.`,
      role === 'redirect'
        ? 'Does a link open? Look at the log of the redirect processes, and at their /readyz.'
        : 'Start one: trackly worker. What waits is processed then.',
    );
  }
  if (lost.length > 0) {
    return degraded(
      `${present.length} run; ${named(lost.slice(0, 3).map(machineOf), lost.length)} ended without a word.`,
      'Look at the log of its supervisor. It is listed for ten minutes.',
    );
  }
  return ok(`${present.length} run.`);
}

export function checkDisks({ parts: { processes = [], clickhouse_disks = [] } }: Found): Finding {
  const machines = processes.flatMap((one) => {
    const { disk_free_bytes: free_bytes, disk_size_bytes: size_bytes } = one.notes;
    const has = one.present && free_bytes !== undefined && size_bytes !== undefined;
    return has ? [{ name: `DATA_DIR of ${machineOf(one)}`, free_bytes, size_bytes }] : [];
  });
  const disks = [
    ...machines,
    ...clickhouse_disks.map((disk) => ({ ...disk, name: `ClickHouse's ${disk.name}` })),
  ];
  const full = disks.filter(({ free_bytes, size_bytes }) => free_bytes < DISK_FULL * size_bytes);
  if (full.length === 0) return ok(`${disks.length} disks have room.`);
  const words = full.map(
    ({ name, free_bytes, size_bytes }) => `${name} (${percent(free_bytes / size_bytes)} free)`,
  );
  return degraded(`Nearly full: ${named(words.slice(0, 3), words.length)}.`, 'Make room there.');
}

export function checkClocks({ parts: { processes = [], clickhouse } }: Found): Finding {
  const offsets = [
    ...processes
      .filter((one) => one.present)
      .map((one) => [machineOf(one), one.notes.clock_offset_s] as const),
    ...(clickhouse === undefined
      ? []
      : [['this machine against ClickHouse', clickhouse.clock_offset_s] as const]),
  ];
  const off = offsets.filter(([, offset_s]) => Math.abs(offset_s) > CLOCK_OFF_S);
  if (off.length === 0) return ok('All clocks agree.');
  const words = off.map(([name, offset_s]) => `${name} by ${offset_s.toFixed(1)} s`);
  return degraded(
    `Clocks differ from that of Redis: ${named(words.slice(0, 3), words.length)}.`,
    'Let NTP set the clocks of all machines, that of Redis as well.',
  );
}

export function checkDns({ parts: { processes = [] } }: Found): Finding {
  const asking = processes.filter((one) => one.present && one.notes.resolvers_away !== undefined);
  const away = [...new Set(asking.flatMap(({ notes }) => notes.resolvers_away ?? []))];
  if (away.length === 0) return ok(asking.length === 0 ? 'Nothing is to be asked.' : 'The resolvers answer.');
  return degraded(
    `Resolvers do not answer: ${named(away)}.`,
    'Mend DNS, or name others in DNS_RESOLVERS. Domains are not verified and certificates not ordered meanwhile.',
  );
}
