/**
 * Backs up the data that only Redis has: everything except what is rebuilt from ClickHouse and what is temporary.
 * Streams are read entry by entry, and last: every note about a row is then older than the row, and a missing note is
 * rebuilt from the row.
 */
import { AUDIT_LOG } from '../../access/audit/audit-entry.ts';

import { INSTALLATION_KEY } from '../../access/installation-key.ts';
import { CLICKS_LOG } from '../../clicks/click.ts';
import { CONVERSIONS_LOG } from '../../conversions/conversion.ts';
import { bytesKey, countsKey, streamKey } from '../../log/keys.ts';
import { CLOSED, refreshLayouts } from '../../log/layouts.ts';
import { allPartitions, isCurrent } from '../../log/partitions.ts';
import { EVENTS_LOG } from '../../messages/message-event.ts';
import { SENDS_LOG } from '../../messages/send.ts';
import { type Command, type RedisClient, runAll, scanKeys } from '../../platform/redis.ts';
import { loadScript } from '../../platform/script.ts';
import { RECORDS_LOG } from '../record.ts';
import { BackupError } from './manifest.ts';

export const LOGS = [CLICKS_LOG, SENDS_LOG, EVENTS_LOG, CONVERSIONS_LOG, RECORDS_LOG, AUDIT_LOG] as const;

/**
 * Not backed up: rebuilt from ClickHouse, or temporary, such as waiting lists, caches, which processes run, what waits in
 * their spools, and the reports that the inspector shows; nor sessions: one that was ended since would be alive again.
 */
const LEFT_OUT =
  /^(?:links?|placement|message|first|opened|session_token|sessions_of|totp_offer|guesses|sign_in_tries|reports|reports_unproven):|^processes:|^\{queue\}|^changes$|^spools$|^records:complete(?::|$)|^backup:|^[a-z]+:(?:paused|bytes):/;
const ENTRIES_PER_READ = 500;
const RESTORES_AT_ONCE = 500;

/**
 * A line of the file, one of:
 *   key    the value from DUMP in base64, and the remaining time to live in ms, 0 for ever
 *   hash   fields and values
 *   entry  an entry of a stream, with its id
 */
type Line =
  | ['key', key: string, dump: string, left_ms: number]
  | ['hash', key: string, ...fields: string[]]
  | ['entry', stream: string, id: string, ...fields: string[]];

const READ_COUNTS = loadScript(new URL('./lua/read-counts.lua', import.meta.url));

/** Of every layout that is remembered. */
const partitionsOf = (logs: readonly string[]) =>
  logs.flatMap((log) =>
    allPartitions().map((partition) => ({
      log,
      partition,
      stream: streamKey(log, partition),
      counts: countsKey(log, partition),
    })),
  );

/** All data that is backed up, in groups of lines. The logs must be paused. */
export async function* dumpRedis(redis: RedisClient): AsyncGenerator<string[]> {
  await refreshLayouts(redis);
  const partitions = partitionsOf(LOGS);
  const apart = new Set(partitions.flatMap(({ stream, counts }) => [stream, counts]));
  for await (const keys of scanKeys(redis, '*')) {
    yield await dumpKeys(
      redis,
      keys.filter((key) => !LEFT_OUT.test(key) && !apart.has(key)),
    );
  }
  for (const { stream, counts } of partitions) yield* dumpPartition(redis, stream, counts);
}

async function dumpKeys(redis: RedisClient, keys: readonly string[]): Promise<string[]> {
  const dumped = await Promise.all(
    keys.map(async (key) => ({ key, dump: await redis.dumpBuffer(key), left_ms: await redis.pttl(key) })),
  );
  return dumped.flatMap(({ key, dump, left_ms }) =>
    // The key expired since it was listed.
    dump === null ? [] : [textOf(['key', key, dump.toString('base64'), Math.max(0, left_ms)])],
  );
}

/** Reads counts and stream end together, so that the logged count matches the stream. */
async function* dumpPartition(redis: RedisClient, stream: string, counts: string): AsyncGenerator<string[]> {
  const [fields, newest] = (await READ_COUNTS.run(redis, [counts, stream], [])) as [string[], string];
  if (fields.length > 0) yield [textOf(['hash', counts, ...fields])];
  let from = '-';
  while (newest !== '') {
    const entries = (await redis.xrange(stream, from, newest, 'COUNT', ENTRIES_PER_READ)) as [
      string,
      string[],
    ][];
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries.map(([id, values]) => textOf(['entry', stream, id, ...values]));
    from = `(${last[0]}`;
  }
}

const textOf = (line: Line): string => JSON.stringify(line);

/** Restores lines into an empty Redis. Safe to repeat from the start. */
export async function restoreLines(redis: RedisClient, lines: readonly string[]): Promise<void> {
  for (let from = 0; from < lines.length; from += RESTORES_AT_ONCE) {
    await runAll(
      redis,
      lines.slice(from, from + RESTORES_AT_ONCE).map((line) => commandOf(JSON.parse(line) as Line)),
    );
  }
}

function commandOf(line: Line): Command {
  if (line[0] === 'key') return ['RESTORE', line[1], line[3], Buffer.from(line[2], 'base64'), 'REPLACE'];
  if (line[0] === 'hash') return ['HSET', ...line.slice(1)] as Command;
  const [, stream, id, ...fields] = line;
  return ['XADD', stream, id, ...fields];
}

/**
 * Restores the rows of the logs and counts their bytes again, in partitions that are closed or open as the layouts say
 * that this process knows; the caller rebuilds the data that belongs to each row.
 */
export async function* loggedRows(redis: RedisClient, log: string): AsyncGenerator<string[]> {
  for (const { partition, stream } of partitionsOf([log])) {
    let bytes = 0;
    let from = '-';
    for (;;) {
      const entries = (await redis.xrange(stream, from, '+', 'COUNT', ENTRIES_PER_READ)) as [
        string,
        string[],
      ][];
      const last = entries.at(-1);
      if (last === undefined) break;
      const payloads = entries.map(([, fields]) => fields[3] ?? '');
      for (const payload of payloads) bytes += Buffer.byteLength(payload);
      yield payloads.flatMap((payload) => payload.split('\n'));
      from = `(${last[0]}`;
    }
    await redis.set(bytesKey(log, partition), isCurrent(partition) ? String(bytes) : CLOSED);
  }
}

/** Throws BackupError when this Redis already holds an installation. */
export async function assertNoInstallation(redis: RedisClient): Promise<void> {
  const there = await redis.exists(INSTALLATION_KEY);
  if (there === 1) {
    throw new BackupError(
      'this Redis holds an installation already: a backup is restored into an empty one. Set DATA_DIR to an empty folder (or give an empty Redis).',
    );
  }
}
