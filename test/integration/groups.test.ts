/**
 * Groups on a real Redis: whichever workers propose, insert and die at whatever step, each row is inserted once, also where
 * Redis fails over to a replica that was behind. The place of ClickHouse takes a map, which keeps of each token what was
 * inserted first.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append } from '../../src/log/append.ts';
import { BATCH_ROWS_MAX, type Batch, finish, freeze, read } from '../../src/log/batches.ts';
import {
  confirmOpen,
  type Group,
  GroupChangedError,
  goAlone,
  groupable,
  groupToProcess,
  proposeGroup,
  stillGrouped,
} from '../../src/log/groups.ts';
import { bytesKey, decisionKey, openKey, streamKey } from '../../src/log/keys.ts';
import type { ReplicaBarrier } from '../../src/log/replica-barrier.ts';
import { nextTurn } from '../../src/platform/next-turn.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import type { Script } from '../../src/platform/script.ts';
import { finishGroup } from '../../workers/batch/finish-group.ts';
import { seededRandom } from '../support/click-plan.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const PARTITIONS = [0, 1, 2, 3];
const ROWS = 200;
const ANY = () => true;

let server: TestRedis;
let redis: RedisClient;
let run = 0;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

const addRow = (log: string, partition: number, row: string) =>
  append(redis, log, { partition, producer: row, sequence: 1, rows: 1, payload: row, process: '' });

async function freezeAll(log: string): Promise<Batch[]> {
  const batches = await Promise.all(PARTITIONS.map((one) => freeze(redis, log, one, Date.now(), 0)));
  return batches.filter((batch) => batch !== undefined);
}

type Four = [Batch, Batch, Batch, Batch];

/** A new log with one row in each partition, all frozen. */
async function frozen(): Promise<{ log: string; batches: Four }> {
  const log = `log${++run}`;
  for (const partition of PARTITIONS) await addRow(log, partition, `${partition}`);
  return { log, batches: (await freezeAll(log)) as Four };
}

const propose = (...batches: [Batch, ...Batch[]]) => proposeGroup(redis, batches);
/** As a worker does, of a batch that nobody has inserted. */
async function toProcess(batch: Batch): Promise<Group | undefined> {
  const group = await groupToProcess(redis, batch);
  return group === 'left' ? goAlone(redis, batch) : group;
}
const areOpen = (group: Group): Promise<boolean[]> =>
  Promise.all(group.map(async (batch) => (await confirmOpen({ redis }, batch)) !== undefined));
/** What may be inserted of a group that a worker has in hand. */
const insertable = (group: Group): Promise<Group | undefined> => stillGrouped({ redis }, group);
const forget = (log: string, { partition }: Batch) => redis.del(decisionKey(log, partition));

describe('a group', () => {
  it('is what was proposed first, for every worker, until it is finished', async () => {
    const { log, batches } = await frozen();
    const [a, b, c, d] = batches;
    expect(await propose(a, b, c)).toEqual([a]);
    // Other cutters have seen others together.
    expect(await propose(a, b, c, d)).toEqual([a, d]);
    expect(await propose(d, b)).toEqual([d, b]);
    expect(await toProcess(a)).toEqual([a, b, c]);
    expect(await toProcess(b)).toBeUndefined();
    expect(await toProcess(d)).toEqual([d]);
    await finish(redis, b);
    const group = (await toProcess(a)) as Group;
    expect(group).toEqual([a, b, c]);
    expect(await insertable(group)).toEqual([a, c]);
    expect(await toProcess(a)).toEqual([a, c]);
    await finishGroup({ redis }, [a, c]);
    for (const batch of [a, b, c]) expect(await groupToProcess(redis, batch)).toBeUndefined();
    expect(await insertable(group)).toBeUndefined();
    const decisions = group.map(({ partition }) => decisionKey(log, partition));
    expect(await redis.exists(decisions)).toBe(0);
  });

  it('leaves out what goes with another leader', async () => {
    const [a, b, c, d] = (await frozen()).batches;
    expect(await propose(b, c)).toEqual([b]);
    expect(await propose(a, b, c, d)).toEqual([a, b, c]);
    expect(await toProcess(a)).toEqual([a, d]);
    expect(await toProcess(b)).toEqual([b, c]);
  });

  it('keeps its leader open while one of its batches fails', async () => {
    const [a, b, c] = (await frozen()).batches;
    await propose(a, b, c);
    const group = (await toProcess(a)) as Group;
    const failing = finishGroup({ redis }, group, async (batch) => {
      if (batch.token === b.token) throw new Error('for now');
    });
    await expect(failing).rejects.toThrow('for now');
    expect(await areOpen(group)).toEqual([true, true, false]);
    await finishGroup({ redis }, [a, b]);
    expect(await insertable(group)).toBeUndefined();
  });

  it('is not inserted once its leader has lost its note and gone without it', async () => {
    const { log, batches } = await frozen();
    const [a, b] = batches;
    await propose(a, b);
    const group = (await toProcess(a)) as Group;
    await forget(log, a);
    expect(await toProcess(b)).toEqual([b]);
    await expect(insertable(group)).rejects.toThrow(GroupChangedError);
    await finish(redis, b);
    await expect(insertable(group)).rejects.toThrow(GroupChangedError);
    expect(await toProcess(a)).toEqual([a]);
  });

  it('is inserted without a batch that has lost its note, and without one that is lost itself', async () => {
    const { log, batches } = await frozen();
    const [a, b, c, d] = batches;
    await propose(a, b, c, d);
    const group = (await toProcess(a)) as Group;
    await forget(log, b);
    await redis.del(openKey(log, c.partition));
    expect(await insertable(group)).toEqual([a, d]);
    // Neither comes back: their rows would be taken for inserted.
    await freeze(redis, log, c.partition, Date.now(), 0);
    for (const left of [b, c]) expect(await toProcess(left)).toEqual([left]);
    expect(await toProcess(a)).toEqual([a, d]);
    await redis.del(openKey(log, a.partition));
    await expect(insertable([a, d])).rejects.toThrow(GroupChangedError);
  });

  it('of one batch is not inserted once that goes with others', async () => {
    const { log, batches } = await frozen();
    const [a, b] = batches;
    const alone = (await toProcess(b)) as Group;
    await forget(log, b);
    await propose(a, b);
    await expect(insertable(alone)).rejects.toThrow(GroupChangedError);
  });

  it('has the rows of one full batch at most, of one log and shard', () => {
    const batch = (partition: number, rows: number, log = 'clicks') => ({ partition, rows, log }) as Batch;
    const [a, b, c] = [batch(0, 4_000), batch(1, 6_000), batch(2, 1)];
    const [full, other] = [batch(3, BATCH_ROWS_MAX), batch(0, 1, 'sends')];
    expect(groupable([a, b, c, full, other], ANY)).toEqual([[a, b], [c], [full], [other]]);
    expect(groupable([a, b, c], () => false)).toEqual([[a], [b], [c]]);
    const many = Array.from({ length: 20 }, (_, i) => batch(i, 1));
    expect(groupable(many, ANY).map(({ length }) => length)).toEqual([8, 8, 4]);
  });
});

/** A replica of each partition, which is as old as the last time that somebody waited for it. */
class Replicas {
  readonly #log: string;
  readonly #copies = new Map<number, Map<string, Buffer | null>>();
  /** Whoever waits for a replica hears nothing of one that took over meanwhile. */
  #waiting = 0;

  constructor(log: string) {
    this.#log = log;
  }

  /** What `write` does is on the replica then. */
  async waitFor<T>(partition: number, write: () => Promise<T>): Promise<T> {
    this.#waiting++;
    try {
      const told = await write();
      await this.#copy(partition);
      return told;
    } finally {
      this.#waiting--;
    }
  }

  async #copy(partition: number): Promise<void> {
    const keys = [streamKey, openKey, decisionKey, bytesKey].map((keyOf) => keyOf(this.#log, partition));
    const dumping = redis.multi();
    for (const key of keys) dumping.dumpBuffer(key);
    const dumps = (await dumping.exec()) ?? [];
    this.#copies.set(partition, new Map(keys.map((key, i) => [key, dumps[i]?.[1] as Buffer | null])));
  }

  /** What was not waited for is gone. */
  async takeOver(partition: number): Promise<void> {
    if (this.#waiting > 0) return;
    const restoring = redis.multi();
    for (const [key, dump] of this.#copies.get(partition) ?? []) {
      restoring.del(key);
      if (dump !== null) restoring.restore(key, 0, dump);
    }
    await restoring.exec();
  }

  /** Of a worker that waits. */
  get barrier(): ReplicaBarrier {
    const run = (partition: number, script: Script, keys: string[], args: (string | number)[]) =>
      this.waitFor(partition, () => script.run(redis, keys, args));
    return { run } as unknown as ReplicaBarrier;
  }
}

const CASES = ['no failover', 'failovers of one partition', 'failovers of all'].flatMap((failovers) =>
  [1, 2, 3, 4, 5].map((seed) => [failovers, seed] as const),
);

it.each(CASES)('inserts each row once, whoever dies when: %s, seed %i', async (failovers, seed) => {
  const random = seededRandom(seed);
  const log = `log${++run}`;
  const replicas = new Replicas(log);
  const barrier = failovers === 'no failover' ? undefined : replicas.barrier;
  const stored = new Map<string, { batch: string; row: string }[]>();
  const added: string[] = [];

  /** Another worker may go on, or this one dies, or Redis. */
  async function step(): Promise<void> {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await nextTurn();
    if (barrier !== undefined && random() < 0.02) {
      const one = Math.floor(random() * PARTITIONS.length);
      for (const partition of failovers === 'failovers of all' ? PARTITIONS : [one])
        await replicas.takeOver(partition);
    }
    if (random() < 0.05) throw new Error('dies');
  }

  async function cut(): Promise<void> {
    const open = (await freezeAll(log)).filter(() => random() < 0.8);
    for (const group of groupable(open, ANY)) {
      await step();
      await proposeGroup(redis, group);
    }
  }

  async function groupOf(batch: Batch): Promise<Group | undefined> {
    const group = await groupToProcess(redis, batch);
    if (group !== 'left') return group;
    await step();
    const is_inserted = [...stored.values()].flat().some((one) => one.batch === batch.token);
    if (!is_inserted) return goAlone(redis, batch);
    await finish(redis, batch);
    return undefined;
  }

  async function work(): Promise<void> {
    const open = await freezeAll(log);
    const batch = open[Math.floor(random() * open.length)];
    if (batch === undefined) return;
    await step();
    const group = await groupOf(batch);
    await step();
    if (group === undefined) return;
    const rows: { batch: string; row: string }[] = [];
    for (const { token, ...one } of group) {
      await step();
      rows.push(...(await read(redis, { token, ...one })).map(({ text }) => ({ batch: token, row: text })));
    }
    await step();
    const still = await stillGrouped({ redis, barrier }, group);
    await step();
    if (still === undefined) return;
    const together = new Set(still.map(({ token }) => token));
    const token = group[0].token;
    if (together.size > 0 && !stored.has(token)) {
      stored.set(
        token,
        rows.filter((one) => together.has(one.batch)),
      );
    }
    await step();
    await finishGroup({ redis }, still, step);
  }

  async function live(): Promise<void> {
    for (;;) {
      if (added.length < ROWS) {
        const row = `${added.length}`;
        const partition = Math.floor(random() * PARTITIONS.length);
        added.push(row);
        // Nobody is answered before.
        await replicas.waitFor(partition, () => addRow(log, partition, row));
      } else if ((await freezeAll(log)).length === 0) return;
      await (random() < 0.5 ? cut() : work()).catch((error: Error) => {
        if (error.message !== 'dies' && !(error instanceof GroupChangedError)) throw error;
      });
    }
  }

  await Promise.all([live(), live(), live()]);
  const inserted = [...stored.values()].flat().map(({ row }) => row);
  expect(inserted.toSorted()).toEqual(added.toSorted());
});
