/**
 * Tells every process that a record in Redis has changed, so that it drops its cached copy within a second. This is a
 * stream, not pub/sub: a reader that lost its connection continues at its position; a reader that was away for longer
 * than the stream reaches is told to drop everything. With Redis down readers keep their copies, because nothing can
 * change meanwhile.
 */
import { type Command, connectRedis, type RedisClient, type RedisTarget } from './redis.ts';
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

/** The command that announces that `key` has changed; send it after the write itself. */
export function announce(key: string): Command {
  return ['XADD', KEY, 'MAXLEN', '~', CHANGES_MAX, '*', 'k', key];
}

/**
 * Forgets the names of all keys that were announced before `until_ms`, by Redis's clock. A reader that was away since is
 * told to drop everything.
 */
export async function forgetAnnounced(redis: RedisClient, until_ms: number): Promise<void> {
  await redis.xtrim(KEY, 'MINID', until_ms);
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
    for (const [id, fields] of entries) {
      position = id;
      listener.changed(fields[1] ?? '');
    }
  }

  /**
   * After a lost connection: tells the listener to drop everything unless the stream still reaches back to `position`.
   */
  async function resume(): Promise<void> {
    const [first, last] = await within(ANSWER_WITHIN_MS, () => bounds(redis));
    // Nothing has ever changed, so nothing was missed.
    if (last === undefined && position === NOTHING_YET) return;
    if (isWithin(position, first, last)) return;
    listener.missed();
    position = last ?? NOTHING_YET;
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
