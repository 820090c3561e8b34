/**
 * Work of which the whole installation does one piece at a time, such as rejudgements: one worker holds the lock, and
 * another one goes on LOCK_MS after its last sign. A worker that stood still for longer, or was cut off, may wake beside
 * its successor: whatever it would store is refused, because the piece is not as it read it. With Redis or ClickHouse
 * down it tries again.
 */
import { compareAndSet } from '../src/catalog/update-record.ts';
import { newProducerId } from '../src/platform/random.ts';
import type { RedisClient } from '../src/platform/redis.ts';
import { type Rounds, runRounds } from '../src/platform/sleep.ts';
import { holdLock, leaveLock } from './locks.ts';

/** After this time without a sign of the lock's holder, another worker continues. */
const LOCK_MS = 10_000;
/** The lock is extended so often in its time, also while a worker waits for a slow answer. */
const HOLDS = 4;
const LOOK_EVERY_MS = 500;

/** The key of the lock of work that comes back; see runInTurn. */
const turnKey = (name: string): string => `turn:${name}`;

/** Another worker has taken the lock, or this process stops. */
class NoLongerMineError extends Error {}

/** What a worker may do while the piece is its own. Each throws once it is not. */
export interface Turn {
  /** Extends the lock: to be called before each step that changes something. */
  hold(): Promise<void>;
  /** Stores the piece as it is now, unless another worker has stored it since. */
  save(): Promise<void>;
}

export interface AloneWork<Piece> {
  lock_key: string;
  /** The oldest piece that is not finished, as JSON.parse gives it. */
  next(): Promise<Piece | undefined>;
  /** Under which its JSON is stored. */
  keyOf(piece: Piece): string;
  /** Continues it until it is finished. Safe to repeat from where it was last saved, also beside another worker. */
  work(piece: Piece, turn: Turn): Promise<void>;
  /** Is told why a piece goes on later. */
  interrupted(error: Error): void;
}

/** Does `work` and meanwhile extends a lock, HOLDS times in `lock_ms`, also where an answer is slow. */
async function whileHeld(
  extend: () => Promise<unknown>,
  lock_ms: number,
  work: () => Promise<void>,
): Promise<void> {
  const holding = setInterval(() => void extend().catch(() => {}), lock_ms / HOLDS);
  try {
    await work();
  } finally {
    clearInterval(holding);
  }
}

export function runAlone<Piece>(
  redis: RedisClient,
  { lock_key, next, keyOf, work, interrupted }: AloneWork<Piece>,
  lock_ms = LOCK_MS,
): Rounds {
  const who = newProducerId();

  /** Whoever lost the lock begins anew: a piece that it read before may be old. */
  const lock = async (take: boolean): Promise<void> => {
    if (rounds.closed || !(await holdLock(redis, { key: lock_key, who, lock_ms }, take)))
      throw new NoLongerMineError();
  };

  const turnOf = (piece: Piece): Turn => {
    let stored = JSON.stringify(piece);
    const hold = (): Promise<void> => lock(false);
    return {
      hold,
      async save() {
        await hold();
        const text = JSON.stringify(piece);
        if (!(await compareAndSet(redis, keyOf(piece), stored, text))) throw new NoLongerMineError();
        stored = text;
      },
    };
  };

  /** Whether there was something to do. */
  async function takeNext(): Promise<boolean> {
    if ((await next()) === undefined) return false;
    await lock(true);
    // Read under the lock: the holder before may have changed it.
    const piece = await next();
    if (piece === undefined) return true;
    await whileHeld(
      () => lock(false),
      lock_ms,
      () => work(piece, turnOf(piece)),
    );
    return true;
  }

  const rounds = runRounds(async () => {
    const went_on = await takeNext().catch((error: Error) => {
      if (!(error instanceof NoLongerMineError)) interrupted(error);
      return false;
    });
    return went_on ? 0 : LOOK_EVERY_MS;
  });
  return rounds;
}

/**
 * Runs `work` every `every_ms` in one worker of the installation, never twice at once while its process lives; where that
 * dies, another goes on LOCK_MS after the next time. What `work` has to do is written elsewhere: a run that is lost or
 * comes twice changes nothing, and one that rejects comes again in its time.
 */
export function runInTurn(
  redis: RedisClient,
  { name, every_ms }: { name: string; every_ms: number },
  work: () => Promise<void>,
): Pick<Rounds, 'close'> {
  const lock = { key: turnKey(name), who: newProducerId(), lock_ms: every_ms + LOCK_MS };
  const rounds = runRounds(async () => {
    const is_mine = await holdLock(redis, lock, true).catch(() => false);
    if (!is_mine) return every_ms;
    await whileHeld(() => holdLock(redis, lock, false), LOCK_MS, work).catch(() => {});
    return every_ms;
  });
  return {
    async close() {
      await rounds.close();
      await leaveLock(redis, lock).catch(() => {});
    },
  };
}
