/**
 * A judgement: the clicks of one account in a range of time, judged again under the rules that hold now. Kept
 * in Redis while it is open and for as long as people ask how it went; the finished ones are in ClickHouse
 * too (trackly.judgements). Rejects when Redis can't be asked.
 */
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';

export interface Judgement {
  /** Counts the judgements of the installation from 1; later ones have higher numbers. */
  judgement: number;
  account_id: string;
  /** Range of clicked_at; `to_ms` is not in it. Whole quarter hours, as reports have. */
  from_ms: number;
  to_ms: number;
  state: 'waiting' | 'running' | 'done';
  /** Under which rules; '' while it waits. */
  rules_version: string;
  /** Clicks in the range when it began, and how many of them were looked at so far. */
  clicks: number;
  judged: number;
  /** Clicks of which something changed; known at the end. */
  changed: number;
  requested_at: string;
  /** '' while it is open. */
  finished_at: string;
  /** The last click that was looked at. */
  cursor_ms: number;
  cursor_id: string;
}

const QUARTER_HOUR_MS = 15 * 60_000;
/** Of one account, kept for people who ask. */
const LISTED_MAX = 1_000;
/** Waiting and running ones of the installation. */
export const OPEN_MAX = 1_000;

/** The highest number so far. */
export const LAST_JUDGEMENT_KEY = 'judgements:last';
const OPEN_KEY = 'judgements:open';
const judgementKey = (judgement: number): string => `judgement:${judgement}`;
const listKey = (account_id: string): string => `judgements:${account_id}`;

/** Too many are waiting; nothing was added. */
export class TooManyJudgementsError extends Error {
  readonly code = 'too_many_judgements';
}

/** Widens a range to whole quarter hours. Pure. */
function wholeQuarterHours(from_ms: number, to_ms: number): { from_ms: number; to_ms: number } {
  return {
    from_ms: Math.floor(from_ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS,
    to_ms: Math.ceil(to_ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS,
  };
}

/** Asks for a judgement; a worker takes it up. Asking twice judges twice, which changes nothing more. */
export async function requestJudgement(
  redis: RedisClient,
  account_id: string,
  from_ms: number,
  to_ms: number,
  now: string,
): Promise<Judgement> {
  if ((await redis.zcard(OPEN_KEY)) >= OPEN_MAX) {
    throw new TooManyJudgementsError(`${OPEN_MAX} judgements are waiting: ask again when some are done.`);
  }
  const number = await redis.incr(LAST_JUDGEMENT_KEY);
  const range = wholeQuarterHours(from_ms, to_ms);
  const judgement: Judgement = {
    judgement: number,
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
  await saveJudgement(redis, judgement);
  await redis.zadd(listKey(account_id), number, String(number));
  await redis.zadd(OPEN_KEY, number, String(number));
  return judgement;
}

/** Stores all of it. Safe to repeat. */
export async function saveJudgement(redis: RedisClient, judgement: Judgement): Promise<void> {
  await redis.set(judgementKey(judgement.judgement), JSON.stringify(judgement));
}

/** The oldest open one, or undefined. */
export async function oldestOpen(redis: RedisClient): Promise<Judgement | undefined> {
  const [number] = await redis.zrange(OPEN_KEY, '0', '0');
  return number === undefined ? undefined : readJudgement(redis, Number(number));
}

/** After it was saved as done: the next one's turn. Safe to repeat. */
export async function closeJudgement(
  redis: RedisClient,
  { judgement, account_id }: Judgement,
): Promise<void> {
  await redis.zrem(OPEN_KEY, String(judgement));
  const old = await redis.zrange(listKey(account_id), '0', String(-LISTED_MAX - 1));
  await runAll(
    redis,
    old.flatMap((number): Command[] => [
      ['DEL', judgementKey(Number(number))],
      ['ZREM', listKey(account_id), number],
    ]),
  );
}

export async function readJudgement(redis: RedisClient, number: number): Promise<Judgement | undefined> {
  const text = await redis.get(judgementKey(number));
  return text === null ? undefined : (JSON.parse(text) as Judgement);
}

/** Newest first. */
export async function listJudgements(
  redis: RedisClient,
  account_id: string,
  page: number,
  per_page: number,
): Promise<{ items: Judgement[]; total: number }> {
  const from = (page - 1) * per_page;
  const numbers = await redis.zrevrange(listKey(account_id), from, from + per_page - 1);
  const texts = await runAll(
    redis,
    numbers.map((number): Command => ['GET', judgementKey(Number(number))]),
  );
  return {
    items: texts.flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as Judgement] : [])),
    total: await redis.zcard(listKey(account_id)),
  };
}
