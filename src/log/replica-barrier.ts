/**
 * Holds an insert back until a replica has the batch's entries and all that was decided and claimed for it: nothing that
 * was inserted is then decided anew, or comes a second time, after a failover to a replica that was behind. Where no
 * replica has answered for AWAY_MS_MAX, a failover to one is no longer to be expected, and batches go on without. With
 * Redis down it rejects.
 */
import type { RedisClient } from '../platform/redis.ts';
import type { Script } from '../platform/script.ts';
import { NotReplicatedError, REPLICA_WITHIN_MS } from './append.ts';

/** Sentinels and clusters that are set up as our guides say have failed over in a fraction of this. */
const AWAY_MS_MAX = 60_000;

export class ReplicaBarrier {
  readonly #redis: RedisClient;
  /** By partition, because those of a cluster have different replicas: since when none answered, and when last. */
  readonly #away = new Map<number, { since: number; last: number }>();

  /** A connection for this alone, because it waits. */
  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Runs a script of one partition that writes. Throws NotReplicatedError where what it tells has to wait. */
  async run(
    partition: number,
    script: Script,
    ...given: [keys: string[], args: (string | number)[]]
  ): Promise<unknown> {
    const wait = { replicas: 1, within_ms: REPLICA_WITHIN_MS };
    const [told, replicas] = await script.runReplicated(this.#redis, ...given, wait);
    if (replicas > 0) this.#away.delete(partition);
    else if (this.#awayFor(partition, performance.now()) < AWAY_MS_MAX) throw new NotReplicatedError();
    return told;
  }

  /** A batch is tried again within seconds: what was long ago says nothing of today. */
  #awayFor(partition: number, now: number): number {
    const before = this.#away.get(partition);
    const since = before !== undefined && now - before.last < AWAY_MS_MAX ? before.since : now;
    this.#away.set(partition, { since, last: now });
    return now - since;
  }
}
