/**
 * Groups on a real Redis: whichever workers propose, insert and die at whatever step, each row is inserted once. The place of
 * ClickHouse takes a map, which keeps of each token what was inserted first.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append } from '../../src/log/append.ts';
import { BATCH_ROWS_MAX, type Batch, finish, freeze, isOpen, read } from '../../src/log/batches.ts';
import {
  assertGrouped,
  finishGroup,
  type Group,
  groupable,
  groupToProcess,
  proposeGroup,
} from '../../src/log/groups.ts';
import { decisionKey } from '../../src/log/keys.ts';
import { nextTurn } from '../../src/platform/next-turn.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { seededRandom } from '../support/click-plan.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const PARTITIONS = [0, 1, 2, 3];
const ROWS = 200;
const ANY = () => true;
const LOST_NOTHING = () => Promise.resolve(true);

let server: TestRedis;
let redis: RedisClient;
let run = 0;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis(server.target, 'fast');
  await untilReady(redis, 5_000);
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

/** A new log with one row in each of these partitions, all frozen. */
async function frozen(partitions = PARTITIONS): Promise<{ log: string; batches: Batch[] }> {
  const log = `log${++run}`;
  for (const partition of partitions) await addRow(log, partition, `${partition}`);
  return { log, batches: await freezeAll(log, partitions) };
}

const addRow = (log: string, partition: number, row: string) =>
  append(redis, log, { partition, producer: row, sequence: 1, rows: 1, payload: row, process: '' });

async function freezeAll(log: string, partitions = PARTITIONS): Promise<Batch[]> {
  const batches = await Promise.all(partitions.map((one) => freeze(redis, log, one, Date.now(), 0)));
  return batches.filter((batch) => batch !== undefined);
}

const propose = (batches: readonly Batch[], confirm: (batch: Batch) => Promise<boolean> = LOST_NOTHING) =>
  proposeGroup(redis, batches as unknown as Group, confirm);

describe('a group', () => {
  it('is what was proposed first, for every worker, until it is finished', async () => {
    const { log, batches } = await frozen();
    const [a, b, c, d] = batches as [Batch, Batch, Batch, Batch];
    expect(await propose([a, b, c])).toEqual([a]);
    // Another cutter has seen others together: what is free joins its leader, the rest is left to its own.
    expect(await propose([a, b, c, d])).toEqual([a, d]);
    expect(await propose([d, b])).toEqual([d, b]);
    expect(await groupToProcess(redis, a)).toEqual([a, b, c]);
    expect(await groupToProcess(redis, b)).toBeUndefined();
    expect(await groupToProcess(redis, d)).toEqual([d]);
    await finish(redis, b);
    expect(await groupToProcess(redis, a)).toEqual([a, b, c]);
    await finishGroup(redis, [a, b, c]);
    for (const batch of [a, b, c]) expect(await groupToProcess(redis, batch)).toBeUndefined();
    expect(await redis.exists(PARTITIONS.slice(0, 3).map((one) => decisionKey(log, one)))).toBe(0);
  });

  it('leaves out a batch whose note may be lost: it goes alone, also once the leader is finished', async () => {
    const { batches } = await frozen();
    const [a, b] = batches as [Batch, Batch];
    // A replica does not have what b noted.
    await expect(propose([a, b], () => Promise.resolve(true).then(dies))).resolves.toEqual([a, b]);
    expect(await groupToProcess(redis, b)).toEqual([b]);
    expect(await groupToProcess(redis, a)).toEqual([a]);
    await finish(redis, a);
    expect(await groupToProcess(redis, b)).toEqual([b]);
  });

  it('leaves out what goes with another leader', async () => {
    const { batches } = await frozen();
    const [a, b, c, d] = batches as [Batch, Batch, Batch, Batch];
    expect(await propose([b, c])).toEqual([b]);
    expect(await propose([a, b, c, d])).toEqual([a, b, c]);
    expect(await groupToProcess(redis, a)).toEqual([a, d]);
    expect(await groupToProcess(redis, b)).toEqual([b, c]);
  });

  it('is not inserted once a note of it is lost', async () => {
    const { log, batches } = await frozen();
    const group = batches as unknown as Group;
    await propose(group);
    await assertGrouped(redis, group);
    await redis.del(decisionKey(log, 2));
    await expect(assertGrouped(redis, group)).rejects.toThrow('the group is not what was noted');
  });

  it('has the rows of one full batch at most, of one log and shard', () => {
    const batch = (partition: number, rows: number, log = 'clicks') => ({ partition, rows, log }) as Batch;
    const [a, b, c] = [batch(0, 4_000), batch(1, 6_000), batch(2, 1)];
    const [full, other] = [batch(3, BATCH_ROWS_MAX), batch(0, 1, 'sends')];
    expect(groupable([a, b, c, full, other], ANY)).toEqual([[a, b], [c], [full], [other]]);
    expect(groupable([a, b, c], () => false)).toEqual([[a], [b], [c]]);
  });
});

const dies = (): never => {
  throw new Error('dies');
};

it.each([1, 2, 3, 4, 5])('inserts each row once, whoever dies when: seed %i', async (seed) => {
  const random = seededRandom(seed);
  const log = `log${++run}`;
  const stored = new Map<string, string[]>();
  const added: string[] = [];

  /** Another worker may go on, or this one dies. */
  async function step(): Promise<void> {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await nextTurn();
    if (random() < 0.05) dies();
  }

  async function cut(): Promise<void> {
    const open = (await freezeAll(log)).filter(() => random() < 0.8);
    for (const group of groupable(open, ANY)) {
      await step();
      await proposeGroup(redis, group, async () => {
        await step();
        return true;
      });
    }
  }

  async function work(): Promise<void> {
    const open = await freezeAll(log);
    const batch = open[Math.floor(random() * open.length)];
    if (batch === undefined) return;
    await step();
    const group = await groupToProcess(redis, batch);
    if (group === undefined) return;
    const rows: string[] = [];
    for (const one of group) {
      await step();
      rows.push(...(await read(redis, one)).map(({ text }) => text));
    }
    await step();
    const are_open = await Promise.all(group.map((one) => isOpen(redis, one)));
    if (!are_open.includes(false)) {
      await step();
      await assertGrouped(redis, group);
      const [{ token }] = group;
      if (!stored.has(token)) stored.set(token, rows);
    }
    await step();
    const [leader, ...others] = group;
    for (const one of others) {
      await finish(redis, one);
      await step();
    }
    await finish(redis, leader);
  }

  async function live(): Promise<void> {
    for (;;) {
      if (added.length < ROWS) {
        const row = `${added.length}`;
        added.push(row);
        await addRow(log, Math.floor(random() * PARTITIONS.length), row);
      } else if ((await freezeAll(log)).length === 0) return;
      await (random() < 0.5 ? cut() : work()).catch(() => {});
    }
  }

  await Promise.all([live(), live(), live()]);
  const inserted = [...stored.values()].flat();
  expect(inserted.toSorted()).toEqual(added.toSorted());
  expect(Math.max(...[...stored.values()].map((rows) => rows.length))).toBeGreaterThan(1);
});
