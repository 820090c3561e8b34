/**
 * Tells every process that a record in Redis has changed, so that it drops its cached copy within a second. This is a
 * stream, not pub/sub: a reader that lost its connection continues at its position; a reader that was away for longer
 * than the stream reaches is told to drop everything. With Redis down readers keep their copies, because nothing can
 * change meanwhile.
 */
import { type Command, connectRedis, type RedisClient, type RedisTarget, runAll } from './redis.ts';
import { sleep } from './sleep.ts';
import { within } from './within.ts';

const KEY = 'changes';
/** Changes kept for readers that were away. */
const CHANGES_MAX = 10_000;
const READ_COUNT = 1_000;
/** Short, so that a connection that died silently is noticed and replaced within a second. */
const BLOCK_MS = 250;
const ANSWER_WITHIN_MS = 700;
const RETRY_MS = 100;
/** Position before the first change. */
const NOTHING_YET = '0-0';
/** Stands for every key. */
const EVERYTHING = '*';

/** The command that announces that `key` has changed; send it after the write itself. */
export function announce(key: string): Command {
  return ['XADD', KEY, 'MAXLEN', '~', CHANGES_MAX, '*', 'k', key];
}

/** Announces that more has changed than is worth naming: every reader drops everything. Resolves with its position. */
export async function announceEverything(redis: RedisClient): Promise<string> {
  const [position] = await runAll(redis, [announce(EVERYTHING)]);
  return String(position);
}

/**
 * Forgets the names of all keys that were announced before this position of announceEverything, which stays: a stream
 * without entries would say that nothing has ever changed. A reader that was away since is told to drop everything.
 */
export async function forgetAnnounced(redis: RedisClient, position: string): Promise<void> {
  await redis.xtrim(KEY, 'MINID', position);
}

export interface ChangeListener {
  /** Drop the cached copy of this key. */
  changed(key: string): void;
  /** Drop everything: changes may have been missed. */
  missed(): void;
}

/** One listener that passes changes on to several. */
export function tellAll(listeners: readonly ChangeListener[]): ChangeListener {
  return {
    changed(key) {
      for (const listener of listeners) listener.changed(key);
    },
    missed() {
      for (const listener of listeners) listener.missed();
    },
  };
}

export interface ChangeFeed {
  close(): Promise<void>;
}

/**
 * Follows the changes from now on. Resolves when the starting position is known, so that no change is missed. With
 * `away` it resolves at once, and everything cached before Redis is reachable is dropped then.
 */
export async function followChanges(
  target: RedisTarget,
  listener: ChangeListener,
  away = false,
): Promise<ChangeFeed> {
  let redis = connectRedis(target, 'blocking');
  let position = away ? undefined : await newest(redis);
  let closed = false;

  async function readOnce(): Promise<void> {
    const reply = await within(ANSWER_WITHIN_MS, () =>
      redis.xread('COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', KEY, position ?? NOTHING_YET),
    );
    const entries = streamEntries(reply);
    // So many come where changes are faster than this reader: what it had not read may have left the stream.
    if (entries.length === READ_COUNT && !(await resume())) return;
    for (const [id, fields] of entries) {
      position = id;
      const key = fields[1] ?? '';
      if (key === EVERYTHING) listener.missed();
      else listener.changed(key);
    }
  }

  /**
   * Whether the stream still reaches back to `position`; where it does not, the listener is told to drop everything, and
   * the reader goes on from the stream's end.
   */
  async function resume(): Promise<boolean> {
    const [first, last] = await within(ANSWER_WITHIN_MS, () => bounds(redis));
    // Nothing has ever changed, so nothing was missed.
    if (last === undefined && position === NOTHING_YET) return true;
    if (isWithin(position, first, last)) return true;
    position = last ?? NOTHING_YET;
    listener.missed();
    return false;
  }

  async function follow(): Promise<void> {
    for (let broken = away; !closed; ) {
      try {
        if (broken) await resume();
        broken = false;
        await readOnce();
      } catch {
        broken = true;
        await reconnect();
      }
    }
  }

  async function reconnect(): Promise<void> {
    if (closed) return;
    redis.disconnect();
    await sleep(RETRY_MS);
    if (!closed) redis = connectRedis(target, 'blocking');
  }

  const following = follow();
  return {
    async close() {
      closed = true;
      redis.disconnect();
      await following;
    },
  };
}

async function bounds(redis: RedisClient): Promise<[string | undefined, string | undefined]> {
  const first = (await redis.xrange(KEY, '-', '+', 'COUNT', 1)) as [string, string[]][];
  const last = (await redis.xrevrange(KEY, '+', '-', 'COUNT', 1)) as [string, string[]][];
  return [first[0]?.[0], last[0]?.[0]];
}

async function newest(redis: RedisClient): Promise<string> {
  return (await bounds(redis))[1] ?? NOTHING_YET;
}

/** The entries of the one stream that was read: `[key, entries]`, nested once more under RESP2. */
function streamEntries(reply: unknown): [string, string[]][] {
  if (!Array.isArray(reply)) return [];
  const [first, second] = reply as [unknown, unknown];
  return (Array.isArray(first) ? first[1] : second) as [string, string[]][];
}

/** Whether a stream that reaches from `first` to `last` still has every entry after `position`. */
function isWithin(
  position: string | undefined,
  first: string | undefined,
  last: string | undefined,
): boolean {
  if (position === undefined || last === undefined || isBefore(last, position)) return false;
  return first === undefined || !isBefore(position, first);
}

function isBefore(a: string, b: string): boolean {
  const [aTime = '0', aSequence = '0'] = a.split('-');
  const [bTime = '0', bSequence = '0'] = b.split('-');
  return Number(aTime) === Number(bTime)
    ? Number(aSequence) < Number(bSequence)
    : Number(aTime) < Number(bTime);
}
