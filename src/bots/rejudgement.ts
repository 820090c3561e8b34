/**
 * A rejudgement: the clicks of one account in a range of time are judged again under the current rules. It is kept in
 * Redis while it is open and for some time afterwards; finished ones are also in ClickHouse (trackly.rejudgements).
 * Rejects when Redis is down.
 */
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';

export interface Rejudgement {
  /** Counts the rejudgements of the installation from 1; later ones have higher numbers. */
  rejudgement: number;
  account_id: string;
  /** Range of clicked_at; `to_ms` is not in it. Whole quarter hours, as reports have. */
  from_ms: number;
  to_ms: number;
  state: 'waiting' | 'running' | 'done';
  /** Version of the rules; '' while it waits. */
  rules_version: string;
  /** Clicks in the range at the start, and how many were judged so far. */
  clicks: number;
  judged: number;
  /** Clicks that changed; known at the end. */
  changed: number;
  requested_at: string;
  /** '' while it is open. */
  finished_at: string;
  /** The last click that was judged. */
  cursor_ms: number;
  cursor_id: string;
}

const QUARTER_HOUR_MS = 15 * 60_000;
/** Rejudgements kept per account. */
const LISTED_MAX = 1_000;
/** Waiting and running rejudgements, of the installation and of one account. */
const OPEN_MAX = 1_000;
export const OPEN_EACH_MAX = 10;

/** The highest number so far. */
export const LAST_REJUDGEMENT_KEY = 'rejudgements:last';
export const REJUDGEMENTS_OPEN = 'rejudgements:open';
export const rejudgementKey = (rejudgement: number): string => `rejudgement:${rejudgement}`;
const listKey = (account_id: string): string => `rejudgements:${account_id}`;

/** Too many are waiting; nothing was added. */
export class TooManyRejudgementsError extends Error {
  readonly code = 'too_many_rejudgements';
}

/** Widens a range to whole quarter hours. Pure. */
function wholeQuarterHours(from_ms: number, to_ms: number): { from_ms: number; to_ms: number } {
  return {
    from_ms: Math.floor(from_ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS,
    to_ms: Math.ceil(to_ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS,
  };
}

/** Requests a rejudgement; a worker runs it. Requesting it twice judges twice, which changes nothing further. */
export async function requestRejudgement(
  redis: RedisClient,
  account_id: string,
  from_ms: number,
  to_ms: number,
  now: string,
): Promise<Rejudgement> {
  const rounds = await openRounds(redis, account_id);
  if (rounds.length >= OPEN_EACH_MAX || (await redis.zcard(REJUDGEMENTS_OPEN)) >= OPEN_MAX) {
    throw new TooManyRejudgementsError('too many rejudgements are waiting: ask again when some are done');
  }
  const number = await redis.incr(LAST_REJUDGEMENT_KEY);
  const range = wholeQuarterHours(from_ms, to_ms);
  const rejudgement: Rejudgement = {
    rejudgement: number,
    account_id,
    ...range,
    state: 'waiting',
    rules_version: '',
    clicks: 0,
    judged: 0,
    changed: 0,
    requested_at: now,
    finished_at: '',
    cursor_ms: range.from_ms,
    cursor_id: '',
  };
  await saveRejudgement(redis, rejudgement);
  await redis.zadd(listKey(account_id), number, String(number));
  await redis.zadd(REJUDGEMENTS_OPEN, Math.max(await currentRound(redis), ...rounds) + 1, String(number));
  return rejudgement;
}

/** The rounds of the account's waiting and running rejudgements. */
async function openRounds(redis: RedisClient, account_id: string): Promise<number[]> {
  // They are done in the order in which they were asked for, so the open ones are the latest.
  const latest = await redis.zrevrange(listKey(account_id), 0, OPEN_EACH_MAX - 1);
  const rounds = latest.length === 0 ? [] : await redis.zmscore(REJUDGEMENTS_OPEN, latest);
  return rounds.flatMap((round) => (round === null ? [] : [Number(round)]));
}

/**
 * Open rejudgements are taken by round. A new one comes one round after the one that runs, or after the account's own
 * last one: so accounts take turns, however many one of them asks for, and what runs is not interrupted.
 */
async function currentRound(redis: RedisClient): Promise<number> {
  const [, round = '0'] = await redis.zrange(REJUDGEMENTS_OPEN, '0', '0', 'WITHSCORES');
  return Number(round);
}

/** Stores the whole rejudgement. Safe to repeat. */
export async function saveRejudgement(redis: RedisClient, rejudgement: Rejudgement): Promise<void> {
  await redis.set(rejudgementKey(rejudgement.rejudgement), JSON.stringify(rejudgement));
}

/** The one that runs or is to run next, or undefined. */
export async function nextOpen(redis: RedisClient): Promise<Rejudgement | undefined> {
  const [number] = await redis.zrange(REJUDGEMENTS_OPEN, '0', '0');
  return number === undefined ? undefined : readRejudgement(redis, Number(number));
}

/** Call after saving it as done: opens the next one. Safe to repeat. */
export async function closeRejudgement(
  redis: RedisClient,
  { rejudgement, account_id }: Rejudgement,
): Promise<void> {
  await redis.zrem(REJUDGEMENTS_OPEN, String(rejudgement));
  const old = await redis.zrange(listKey(account_id), '0', String(-LISTED_MAX - 1));
  await runAll(
    redis,
    old.flatMap((number): Command[] => [
      ['DEL', rejudgementKey(Number(number))],
      ['ZREM', listKey(account_id), number],
    ]),
  );
}

export async function readRejudgement(redis: RedisClient, number: number): Promise<Rejudgement | undefined> {
  const text = await redis.get(rejudgementKey(number));
  return text === null ? undefined : (JSON.parse(text) as Rejudgement);
}

/** Newest first. */
export async function listRejudgements(
  redis: RedisClient,
  account_id: string,
  page: number,
  per_page: number,
): Promise<{ items: Rejudgement[]; total: number }> {
  const from = (page - 1) * per_page;
  const numbers = await redis.zrevrange(listKey(account_id), from, from + per_page - 1);
  const texts = await runAll(
    redis,
    numbers.map((number): Command => ['GET', rejudgementKey(Number(number))]),
  );
  return {
    items: texts.flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as Rejudgement] : [])),
    total: await redis.zcard(listKey(account_id)),
  };
}
