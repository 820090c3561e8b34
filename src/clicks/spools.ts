/**
 * Which answered clicks wait in spools, on which machine. Each redirect process tells it of its own spool: Redis, or
 * ClickHouse while Redis is away. A spool is named until its clicks are in the log, also when its process is gone, so
 * that answered clicks that vanish with a disk are seen. With both servers away nothing is told; the log of the process
 * says it.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import type { Entry, Note } from '../log/append.ts';
import type { RedisClient } from '../platform/redis.ts';
import { countRefused } from './refused-tap.ts';

export const SPOOLS_KEY = 'spools';
/** Longer than trackly.spools keeps its rows: an emptied spool must not come back from there. */
const EMPTIED_KEPT_MS = 100 * 24 * 3_600_000;

export interface SpoolNotice {
  /** The name of the spool's folder; see log/spool-folders.ts. */
  owner: string;
  process: string;
  host: string;
  /** Where it is, on that host. */
  folder: string;
  clicks: number;
  bytes: number;
  at_ms: number;
}

/** The notes for the click ledger of an entry that waited in a spool: its rows were answered, as clicks or refused. */
export function notesOfSpooled({ rows, payload }: Entry): Note[] {
  const refused = countRefused(payload);
  return [
    { minute: 0, stage: 'answered', rows: rows - refused },
    ...(refused === 0 ? [] : [{ minute: 0, stage: 'refused', rows: refused }]),
  ];
}

/** Rejects when Redis is down. Safe to repeat. */
export async function tellRedis(redis: RedisClient, notice: SpoolNotice): Promise<void> {
  await redis.hset(SPOOLS_KEY, notice.owner, JSON.stringify(notice));
}

/** Rejects when ClickHouse is down. Safe to repeat: the latest row counts. */
export async function tellClickHouse(clickhouse: ClickHouseClient, notice: SpoolNotice): Promise<void> {
  const { at_ms, ...row } = notice;
  await clickhouse.insert({
    table: 'trackly.spools',
    values: [{ ...row, at: at_ms / 1_000 }],
    format: 'JSONEachRow',
    clickhouse_settings: { async_insert: 0 },
  });
}

/** A spool whose clicks are in the log now, or were given up. Rejects when Redis is down. Safe to repeat. */
export async function tellEmptied(redis: RedisClient, owner: string, at_ms: number): Promise<void> {
  const emptied: SpoolNotice = { owner, process: '', host: '', folder: '', clicks: 0, bytes: 0, at_ms };
  await redis.hset(SPOOLS_KEY, owner, JSON.stringify(emptied));
}

/** What Redis was told. Rejects when it is down. */
async function toldToRedis(redis: RedisClient, now_ms: number): Promise<Map<string, SpoolNotice>> {
  const texts = Object.values(await redis.hgetall(SPOOLS_KEY));
  const notices = texts.map((text) => JSON.parse(text) as SpoolNotice);
  const old = notices.filter(({ clicks, at_ms }) => clicks === 0 && now_ms - at_ms > EMPTIED_KEPT_MS);
  if (old.length > 0) await redis.hdel(SPOOLS_KEY, ...old.map(({ owner }) => owner));
  return new Map(notices.map((notice) => [notice.owner, notice]));
}

async function toldToClickHouse(clickhouse: ClickHouseClient): Promise<SpoolNotice[]> {
  const result = await clickhouse.query({
    query: `SELECT owner, process, host, folder, toFloat64(clicks) AS clicks, toFloat64(bytes) AS bytes,
      toFloat64(toUnixTimestamp64Milli(at)) AS at_ms FROM trackly.spools FINAL WHERE clicks > 0`,
    format: 'JSONEachRow',
  });
  return result.json<SpoolNotice>();
}

/** The spools in which clicks wait, the largest first. Rejects when one of the servers is down. */
export async function readSpools(
  redis: RedisClient,
  clickhouse: ClickHouseClient,
  now_ms: number,
): Promise<SpoolNotice[]> {
  const told = await toldToRedis(redis, now_ms);
  for (const notice of await toldToClickHouse(clickhouse)) {
    if (notice.at_ms > (told.get(notice.owner)?.at_ms ?? 0)) told.set(notice.owner, notice);
  }
  return [...told.values()].filter(({ clicks }) => clicks > 0).toSorted((a, b) => b.clicks - a.clicks);
}
