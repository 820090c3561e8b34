/**
 * A durable log in Redis Streams, cut into batches that are processed exactly once: the machinery
 * between an answered request and an inserted row, without a word about what the rows mean.
 *
 *   append   a producer adds an entry of rows under its own sequence number; sending the same number
 *            again (a lost reply, a killed Redis) changes nothing
 *   freeze   fixes the oldest entries of a partition as its open batch, durably, before any insert
 *   read     returns the rows of a frozen batch, the same ones every time
 *   decide   keeps what was decided to insert for a batch, where that depends on more than its rows
 *   finish   after the insert: removes exactly that range and closes the batch
 *
 * A partition has at most one open batch, so its rows are processed in order. All keys of a partition
 * share a hash tag. With Redis down every call rejects; each is safe to repeat.
 */
import { Cluster, defineScript, type RedisClient } from '../platform/redis.ts';

/** Partitions of every log. Changing it needs drained logs: rows find their partition by hash. */
export const PARTITIONS = 4;
/** Entries a partition may hold before it refuses more; one entry carries up to ROWS_PER_ENTRY_MAX rows. */
export const ENTRIES_MAX = 1_000_000;
export const ROWS_PER_ENTRY_MAX = 512;
/** A frozen batch ends at the entry that reaches this many rows: one insert, far below one block. */
export const BATCH_ROWS_MAX = 10_000;
/** With so many bytes of payload, most of a full batch, it waits for no more. */
export const BATCH_BYTES_ENOUGH = 4_194_304;
const FREEZE_READ_ENTRIES = 16;
const BATCH_ENTRIES_MAX = BATCH_ROWS_MAX;
/**
 * How long a producer's last sequence number is remembered after its last append: longer than Redis may be
 * away with entries of unknown fate in a spool.
 */
const PRODUCER_TTL_S = 30 * 24 * 3_600;
/** The ledger's grain. */
export const MINUTE_MS = 60_000;

/** A frozen range of one partition of one log. `token` names it for ever: the range never changes. */
export interface Batch {
  log: string;
  partition: number;
  first_id: string;
  last_id: string;
  rows: number;
  frozen_at_ms: number;
  token: string;
}

/** The log is at its bound; nothing was added. */
export class LogFullError extends Error {
  readonly code = 'log_full';
}

/** Counts for the ledger, of the minute (since 1970) in which the rows were logged. */
export interface Note {
  minute: number;
  stage: 'answered' | 'aborted' | 'lost';
  rows: number;
}

/** FNV-1a over UTF-16 units: stable across processes and versions. */
export function partitionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash ^= key.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % PARTITIONS;
}

/** The hash tag that keeps a partition's keys on one cluster node. */
export const partitionTag = (partition: number): string => `{p${partition}}`;
export const streamKey = (log: string, partition: number): string => `${log}:${partitionTag(partition)}`;
const openKey = (log: string, partition: number): string => `${log}:open:${partitionTag(partition)}`;
const decisionKey = (log: string, partition: number): string => `${log}:decision:${partitionTag(partition)}`;
/** Bytes of payload in the partition. */
export const bytesKey = (log: string, partition: number): string => `${log}:bytes:${partitionTag(partition)}`;
/** While it is there, no new batch is frozen. */
export const pausedKey = (log: string, partition: number): string =>
  `${log}:paused:${partitionTag(partition)}`;
/** Hash of `<minute> <process> <stage>` → rows, until the ledger takes it to ClickHouse. */
export const ledgerKey = (log: string, partition: number): string =>
  `${log}:ledger:${partitionTag(partition)}`;
const producerKey = (log: string, partition: number, producer: string): string =>
  `${log}:producer:${partitionTag(partition)}:${producer}`;

/**
 * What a script that adds entries begins with: KEYS[1] and KEYS[2] are the partition's stream and bytes (see
 * entryKeys), or those behind the first `at` keys; `is_full(bytes_max, at)` tells whether it is at a bound,
 * `add_entry(rows, payload, process, at)` adds and returns the entry's id. Every row on a log came through it, so its
 * bytes are counted.
 */
export const ADD_ENTRY = `
local function is_full(bytes_max, at)
  at = at or 0
  return redis.call('XLEN', KEYS[at + 1]) >= ${ENTRIES_MAX}
    or tonumber(redis.call('GET', KEYS[at + 2]) or '0') >= tonumber(bytes_max)
end
local function add_entry(rows, payload, process, at)
  at = at or 0
  redis.call('INCRBY', KEYS[at + 2], #payload)
  return redis.call('XADD', KEYS[at + 1], '*', 'n', rows, 'd', payload, 'p', process)
end
`;

/** KEYS[1] and KEYS[2] of a script that begins with ADD_ENTRY. */
export const entryKeys = (log: string, partition: number): [string, string] => [
  streamKey(log, partition),
  bytesKey(log, partition),
];

/** Most bytes of payload that a partition takes from this process; see boundLogs. */
let partition_bytes_max = Number.MAX_SAFE_INTEGER;

/**
 * Bounds, for what this process adds, the bytes of payload that the partitions of one log may hold together.
 * Once, at the start of a process that adds for others; a worker's own rows must always find room, or the
 * batch that brings them could not end.
 */
export function boundLogs(log_bytes_max: number): void {
  partition_bytes_max = Math.floor(log_bytes_max / PARTITIONS);
}

export const partitionBytesMax = (): number => partition_bytes_max;

/**
 * KEYS  for each entry: stream, bytes, producer, ledger
 * ARGV  bytes_max, producer ttl in s, then for each entry: sequence number, rows; 0 for notes only, payload,
 *       process; empty where the ledger does not follow the rows, how many notes, for each: minute, stage, rows
 * Result  for each entry the minute in which its rows were logged, 0 where its number was added before, -1 full
 */
const APPEND = defineScript(`${ADD_ENTRY}
local function append(at, sequence, rows, payload, process, first_note, last_note)
  local last = redis.call('GET', KEYS[at + 3])
  if last and tonumber(last) >= tonumber(sequence) then return 0 end
  local minute = 0
  if rows ~= '0' then
    if is_full(ARGV[1], at) then return -1 end
    local id = add_entry(rows, payload, process, at)
    minute = math.floor(tonumber(string.match(id, '^%d+')) / ${MINUTE_MS})
    if process ~= '' then
      redis.call('HINCRBY', KEYS[at + 4], minute .. ' ' .. process .. ' logged', rows)
    end
  end
  for i = first_note, last_note, 3 do
    -- Minute 0: the one in which these rows are logged.
    local of = ARGV[i] == '0' and minute or ARGV[i]
    redis.call('HINCRBY', KEYS[at + 4], of .. ' ' .. process .. ' ' .. ARGV[i + 1], ARGV[i + 2])
  end
  redis.call('SET', KEYS[at + 3], sequence, 'EX', ARGV[2])
  return minute
end
local minutes = {}
local i = 3
for at = 0, #KEYS - 1, 4 do
  local next = i + 5 + 3 * tonumber(ARGV[i + 4])
  minutes[#minutes + 1] = append(at, ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], i + 5, next - 1)
  i = next
end
return minutes
`);

/**
 * KEYS  stream, open, paused, bytes
 * ARGV  rows_max, entries_max, entries read at a time, now in ms, interval in ms, the partition's moment in it, bytes
 *       with which it waits for no moment
 * Result  the open batch as [first, last, rows, frozen_at], the one there was or a new one; or nil
 */
const FREEZE = defineScript(`
local open = redis.call('HMGET', KEYS[2], 'first', 'last', 'rows', 'frozen_at', 'frozen_before')
if open[1] then return {open[1], open[2], open[3], open[4]} end
if redis.call('EXISTS', KEYS[3]) == 1 then return nil end
if open[5] then
  local now, before, interval, moment = tonumber(ARGV[4]), tonumber(open[5]), tonumber(ARGV[5]), tonumber(ARGV[6])
  -- Counted in moments of this partition; the batch before has taken one that came within a quarter after it began.
  local reached = interval == 0 or now < before
    or math.floor((now - moment) / interval) > math.floor((before - moment) / interval + 0.25)
  if not reached and tonumber(redis.call('GET', KEYS[4]) or '0') < tonumber(ARGV[7]) then return nil end
end
local from, first, last, rows, entries, bytes = '-', nil, nil, 0, 0, 0
while rows < tonumber(ARGV[1]) and entries < tonumber(ARGV[2]) do
  local page = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', ARGV[3])
  if #page == 0 then break end
  for _, entry in ipairs(page) do
    first = first or entry[1]
    last = entry[1]
    rows = rows + tonumber(entry[2][2])
    entries = entries + 1
    bytes = bytes + #entry[2][4]
    if rows >= tonumber(ARGV[1]) then break end
  end
  from = '(' .. last
end
if not first then return nil end
redis.call('HSET', KEYS[2], 'first', first, 'last', last, 'rows', rows, 'bytes', bytes, 'frozen_at', ARGV[4])
return {first, last, tostring(rows), ARGV[4]}
`);

/**
 * KEYS  open, decision
 * ARGV  first id, last id, token, decision; an empty one asks only, name
 * Result  the batch's decision, the one there was or this one; or false: none, or the batch is not open
 */
const DECIDE = defineScript(`
local open = redis.call('HMGET', KEYS[1], 'first', 'last')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return false end
local decided = redis.call('HMGET', KEYS[2], 'token' .. ARGV[5], 'decision' .. ARGV[5])
if decided[1] == ARGV[3] then return decided[2] end
if ARGV[4] == '' then return false end
redis.call('HSET', KEYS[2], 'token' .. ARGV[5], ARGV[3], 'decision' .. ARGV[5], ARGV[4])
return ARGV[4]
`);

/**
 * KEYS  open, decision
 * ARGV  first id, last id, place in the batch
 * Result  nothing
 */
const SET_ASIDE = defineScript(`
local open = redis.call('HMGET', KEYS[1], 'first', 'last')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return end
redis.call('HSET', KEYS[2], 'aside:' .. ARGV[1] .. ':' .. ARGV[3], '1')
`);

/**
 * KEYS  stream, open, decision, bytes
 * ARGV  first id, last id, first id to keep
 * Result  1 closed, 0 this batch is not the open one (it was finished before)
 */
const FINISH = defineScript(`
local open = redis.call('HMGET', KEYS[2], 'first', 'last', 'bytes', 'frozen_at')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return 0 end
redis.call('XTRIM', KEYS[1], 'MINID', '=', ARGV[3])
if redis.call('XLEN', KEYS[1]) == 0 then
  redis.call('SET', KEYS[4], '0')
else
  redis.call('DECRBY', KEYS[4], open[3])
end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[2], 'frozen_before', open[4])
return 1
`);

/** One entry of a producer: up to ROWS_PER_ENTRY_MAX rows, one a line of `payload`. */
export interface Entry {
  partition: number;
  /** New for every start of a process. */
  producer: string;
  /** Grows with each entry that the producer sends to the partition. */
  sequence: number;
  rows: number;
  payload: string;
  /** Name of the process, whose rows the ledger follows; '' where it does not. */
  process: string;
}

/** An entry, and what is counted for the ledger with it. */
export interface Appending {
  entry: Entry;
  notes?: readonly Note[];
}

/**
 * Adds one entry, and counts for the ledger. The producer sends its entries of a partition one after the
 * other, each until it is acknowledged. Safe to repeat with the same number. Resolves with the minute in
 * which the rows were logged, 0 where an earlier try had done it. Throws LogFullError at a bound.
 */
export async function append(
  redis: RedisClient,
  log: string,
  entry: Entry,
  notes: readonly Note[] = [],
): Promise<number> {
  const [minute = 0] = await runAppend(redis, log, [{ entry, notes }]);
  if (minute === FULL) throw fullError(log, entry);
  return minute;
}

/**
 * Adds entries in their order, in one step of Redis, or with a Redis Cluster in one for each partition: what each
 * resolved with, as append does, or why it was not added. Where one was not added, none after it in its partition was.
 */
export async function appendAll(
  redis: RedisClient,
  log: string,
  appending: readonly Appending[],
): Promise<(number | Error)[]> {
  if (!(redis instanceof Cluster)) return appendTogether(redis, log, appending);
  const answers = new Map<Appending, number | Error>();
  const lanes = Map.groupBy(appending, ({ entry }) => entry.partition);
  const running = [...lanes.values()].map(async (lane) => {
    const answered = await appendTogether(redis, log, lane).catch((error: Error) => lane.map(() => error));
    for (const [i, one] of lane.entries()) answers.set(one, answered[i] as number | Error);
  });
  await Promise.all(running);
  return appending.map((one) => answers.get(one) as number | Error);
}

/** A bound that one entry meets within a step, those after it meet as well. */
async function appendTogether(
  redis: RedisClient,
  log: string,
  appending: readonly Appending[],
): Promise<(number | Error)[]> {
  const minutes = await runAppend(redis, log, appending);
  return appending.map(({ entry }, i) => {
    const minute = minutes[i] ?? FULL;
    return minute === FULL ? fullError(log, entry) : minute;
  });
}

const FULL = -1;
const fullError = (log: string, { partition }: Entry): LogFullError =>
  new LogFullError(`the log ${streamKey(log, partition)} is full`);

async function runAppend(
  redis: RedisClient,
  log: string,
  appending: readonly Appending[],
): Promise<number[]> {
  const keys: string[] = [];
  const args: (string | number)[] = [partition_bytes_max, PRODUCER_TTL_S];
  for (const { entry, notes = [] } of appending) {
    const { partition, producer, sequence, rows, payload, process } = entry;
    keys.push(...entryKeys(log, partition), producerKey(log, partition, producer), ledgerKey(log, partition));
    args.push(sequence, rows, payload, process, notes.length);
    for (const { minute, stage, rows: noted } of notes) args.push(minute, stage, noted);
  }
  return (await APPEND.run(redis, keys, args)) as number[];
}

/**
 * KEYS  stream, bytes
 * ARGV  rows, payload, bytes_max
 * Result  1 added, 0 full
 */
const ADD = defineScript(`${ADD_ENTRY}
if is_full(ARGV[3]) then return 0 end
add_entry(ARGV[1], ARGV[2], '')
return 1
`);

/**
 * Adds rows that the ledger does not follow. Repeating a call adds them again: for rows that may come twice.
 * Throws LogFullError at a bound.
 */
export async function addRows(
  redis: RedisClient,
  log: string,
  partition: number,
  rows: readonly string[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_ENTRY_MAX) {
    const part = rows.slice(from, from + ROWS_PER_ENTRY_MAX);
    const added = await ADD.run(redis, entryKeys(log, partition), [
      part.length,
      part.join('\n'),
      partition_bytes_max,
    ]);
    if (added === 0) throw new LogFullError(`the log ${streamKey(log, partition)} is full`);
  }
}

/**
 * The partition's open batch, or a new one over its oldest entries, or undefined when there is nothing to do, the log is
 * paused, or the moment of the next batch is still to come and less than BATCH_BYTES_ENOUGH waits. Each partition has a
 * moment of its own in every `interval_ms`, so that they take turns; its next batch begins with the first one that is
 * more than a quarter of an interval after the batch before began: one and a quarter later at most. Safe to call from
 * many processes.
 */
export async function freeze(
  redis: RedisClient,
  log: string,
  partition: number,
  now_ms: number,
  interval_ms: number,
): Promise<Batch | undefined> {
  const reply = await FREEZE.run(
    redis,
    [streamKey(log, partition), openKey(log, partition), pausedKey(log, partition), bytesKey(log, partition)],
    [
      BATCH_ROWS_MAX,
      BATCH_ENTRIES_MAX,
      FREEZE_READ_ENTRIES,
      now_ms,
      interval_ms,
      Math.floor((interval_ms * partition) / PARTITIONS),
      BATCH_BYTES_ENOUGH,
    ],
  );
  if (!Array.isArray(reply)) return undefined;
  const [first_id, last_id, rows, frozen_at] = reply.map(String) as [string, string, string, string];
  return {
    log,
    partition,
    first_id,
    last_id,
    rows: Number(rows),
    frozen_at_ms: Number(frozen_at),
    token: `${log}-${partition}-${first_id}-${last_id}`,
  };
}

/** A row of a batch and where it came from. */
export interface LoggedRow {
  text: string;
  /** When its entry was logged, by Redis's clock. */
  logged_at_ms: number;
  /** The process that logged it; '' where the ledger does not follow it. */
  process: string;
}

/** The rows of a frozen batch, in order. A batch that was finished meanwhile has no rows. */
export async function read(redis: RedisClient, batch: Batch): Promise<LoggedRow[]> {
  const stream = streamKey(batch.log, batch.partition);
  const entries = (await redis.xrange(stream, batch.first_id, batch.last_id)) as [string, string[]][];
  const rows: LoggedRow[] = [];
  for (const [id, fields] of entries) {
    const logged_at_ms = Number(id.slice(0, id.indexOf('-')));
    const process = fields[5] ?? '';
    for (const text of (fields[3] ?? '').split('\n')) rows.push({ text, logged_at_ms, process });
  }
  return rows;
}

/**
 * Whether the batch has not been finished yet. A worker that stood still for long asks before it inserts:
 * ClickHouse forgets a token after 10,000 others.
 */
export async function isOpen(redis: RedisClient, batch: Batch): Promise<boolean> {
  const open = await redis.hmget(openKey(batch.log, batch.partition), 'first', 'last');
  return open[0] === batch.first_id && open[1] === batch.last_id;
}

/**
 * Keeps `decision` for an open batch, durably, before the first insert; whoever was first decides for all
 * who work on the batch, now or after a crash. Without `decision` it only asks. Resolves with what holds,
 * or undefined where nothing is decided or the batch was finished. A batch that decides several things
 * names all but one of them.
 */
export async function decide(
  redis: RedisClient,
  batch: Batch,
  decision = '',
  name = '',
): Promise<string | undefined> {
  const decided = await DECIDE.run(
    redis,
    [openKey(batch.log, batch.partition), decisionKey(batch.log, batch.partition)],
    [batch.first_id, batch.last_id, batch.token, decision, name],
  );
  return typeof decided === 'string' ? decided : undefined;
}

/** Remembers until the batch is finished that this row of it is not to be processed. Safe to repeat. */
export async function setAside(redis: RedisClient, batch: Batch, index: number): Promise<void> {
  await SET_ASIDE.run(
    redis,
    [openKey(batch.log, batch.partition), decisionKey(batch.log, batch.partition)],
    [batch.first_id, batch.last_id, index],
  );
}

/** Places of the rows of a batch that were set aside. */
export async function asideOf(redis: RedisClient, batch: Batch): Promise<number[]> {
  const prefix = `aside:${batch.first_id}:`;
  const fields = await redis.hkeys(decisionKey(batch.log, batch.partition));
  return fields
    .filter((field) => field.startsWith(prefix))
    .map((field) => Number(field.slice(prefix.length)));
}

/**
 * What a script begins with that may write only while its batch is open: KEYS[1] is openBatchKey(batch),
 * ARGV[1] and ARGV[2] its first and last id. A worker that stood still for long must not write over what
 * came after. The script then ends with an empty result.
 */
export const ONLY_WHILE_OPEN = `
local open = redis.call('HMGET', KEYS[1], 'first', 'last')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return {} end
`;

export const openBatchKey = (batch: Pick<Batch, 'log' | 'partition'>): string =>
  openKey(batch.log, batch.partition);

/** The id of the newest entry that a partition ever had; see hasPassed. */
export async function newestId(redis: RedisClient, log: string, partition: number): Promise<string> {
  const [newest] = (await redis.xrevrange(streamKey(log, partition), '+', '-', 'COUNT', 1)) as [
    string,
    string[],
  ][];
  return newest?.[0] ?? '0-0';
}

/** Whether everything up to the entry `id` was processed: its range has left the stream. */
export async function hasPassed(
  redis: RedisClient,
  log: string,
  partition: number,
  id: string,
): Promise<boolean> {
  const left = (await redis.xrange(streamKey(log, partition), '-', id, 'COUNT', 1)) as unknown[];
  return left.length === 0;
}

/** Removes the batch's range and closes it; true when this call did. Only after the insert succeeded. */
export async function finish(redis: RedisClient, batch: Batch): Promise<boolean> {
  const [time, sequence] = batch.last_id.split('-') as [string, string];
  const closed = await FINISH.run(
    redis,
    [
      streamKey(batch.log, batch.partition),
      openKey(batch.log, batch.partition),
      decisionKey(batch.log, batch.partition),
      bytesKey(batch.log, batch.partition),
    ],
    [batch.first_id, batch.last_id, `${time}-${BigInt(sequence) + 1n}`],
  );
  return closed === 1;
}

/** When the oldest entry of a partition was logged, in ms; undefined where none waits. */
export async function oldestWaiting(
  redis: RedisClient,
  log: string,
  partition: number,
): Promise<number | undefined> {
  const [oldest] = (await redis.xrange(streamKey(log, partition), '-', '+', 'COUNT', 1)) as [
    string,
    string[],
  ][];
  return oldest === undefined ? undefined : Number(oldest[0].slice(0, oldest[0].indexOf('-')));
}

/** Entries that wait in a partition, the open batch's among them. */
export async function backlog(redis: RedisClient, log: string, partition: number): Promise<number> {
  return redis.xlen(streamKey(log, partition));
}

/** Bytes of payload that wait in a partition. */
export async function backlogBytes(redis: RedisClient, log: string, partition: number): Promise<number> {
  return Number((await redis.get(bytesKey(log, partition))) ?? 0);
}
