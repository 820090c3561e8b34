/** Clicks on their way into the log while Redis is killed, frozen, away or full: each once, in order. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { CLICKS_LOG } from '../../src/clicks/click.ts';
import { type Imported, type ImportOptions, importSpool } from '../../src/clicks/import-spool.ts';
import { readSpools, type SpoolNotice } from '../../src/clicks/spools.ts';
import { NO_BYTES_MAX } from '../../src/log/append.ts';
import { finish, freeze, read } from '../../src/log/batches.ts';
import { Spool } from '../../src/log/spool.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { markOf, ownMark } from '../../src/platform/process-mark.ts';
import { newProducerId } from '../../src/platform/random.ts';
import { type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { ClickLog } from '../../src/redirect/click-log/click-log.ts';
import { itIfLong } from '../support/long.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { HANGS_AFTER_MS, until } from '../support/until.ts';

const SPOOL_BYTES_MAX = 1_000_000;
/** Of a process that does not run: beyond Linux's largest id. */
const GONE = markOf(99_999_999);

let server: TestRedis;
let redis: RedisClient;
let root: string;
let run = 0;
let log = '';
const open: ClickLog[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
beforeEach(async () => {
  log = `clicklog${++run}`;
  root = join(await mkdtemp(join(tmpdir(), 'trackly-spool-')), 'spool');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((clickLog) => clickLog.close()));
  await rm(dirname(root), { recursive: true, force: true });
});
afterAll(() => server?.stop());

interface Books {
  clickLog: ClickLog;
  sent: string[];
  logged: string[];
  refused: string[];
  /** Errors in its log. */
  said: object[];
  add(row: string, partition?: number): void;
}

/** What ClickHouse was told of spools, the latest of each. */
const told = new Map<string, SpoolNotice>();
const notes = {
  insert: async ({ values }: { values: (SpoolNotice & { at: number })[] }) => {
    for (const one of values) told.set(one.owner, { ...one, at_ms: one.at * 1_000 });
  },
  query: async () => ({ json: async () => [...told.values()].filter(({ clicks }) => clicks > 0) }),
} as unknown as ClickHouseClient;
const spools = (): Promise<SpoolNotice[]> => readSpools(redis, notes, Date.now());

function openClickLog(mark = ownMark(), spool_bytes_max = SPOOL_BYTES_MAX, bytes_max = NO_BYTES_MAX): Books {
  const producer = newProducerId();
  const said: object[] = [];
  const logger = createLogger('test', 'silent');
  logger.error = (fields: object) => void said.push(fields);
  const spool = new Spool(root, `redirect-1.${mark}.${producer}`, spool_bytes_max);
  const clickLog = new ClickLog(redis, spool, {
    log,
    producer,
    process: 'redirect-1',
    bounds: { bytes_max },
    clickhouse: notes,
    logger,
  });
  open.push(clickLog);
  const books: Books = {
    clickLog,
    sent: [],
    logged: [],
    refused: [],
    said,
    add(row, partition = 2) {
      books.sent.push(row);
      clickLog.add(partition, row, (error) => {
        (error === undefined ? books.logged : books.refused).push(row);
      });
    },
  };
  return books;
}

async function rowsOf(partition: number, name = log): Promise<string[]> {
  const rows: string[] = [];
  for (;;) {
    const batch = await freeze(redis, name, partition, Date.now(), 0);
    if (batch === undefined) return rows;
    rows.push(...(await read(redis, batch)).map(({ text }) => text));
    await finish(redis, batch);
  }
}

async function importCopy(folder: string, options: Partial<ImportOptions> = {}): Promise<Imported> {
  const told = await spools();
  return importSpool(redis, folder, {
    ...{ bytes_max: NO_BYTES_MAX, told, incomplete: false, tell: () => {} },
    ...options,
  });
}

/** Once: a process does not end twice. */
async function end({ clickLog }: Books): Promise<void> {
  open.splice(open.indexOf(clickLog), 1);
  await clickLog.close();
}

async function untilInRedis(books: Books): Promise<void> {
  await until(
    () => books.clickLog.waiting === 0 && books.clickLog.trouble === undefined,
    HANGS_AFTER_MS,
    () => `still ${JSON.stringify(books.clickLog.trouble)}, ${books.clickLog.waiting} waiting`,
  );
}

describe('the click log', () => {
  it('holds every acknowledged click once, in order, though Redis is frozen and killed on the way', async () => {
    const books = openClickLog();
    for (let i = 0; i < 300; i++) books.add(`before ${i}`);
    await books.clickLog.drained();
    server.freeze();
    for (let i = 0; i < 300; i++) books.add(`frozen ${i}`);
    // The entry is on its way to the frozen server when that is killed: its reply is lost.
    await new Promise((done) => setTimeout(done, 50));
    await server.kill();
    for (let i = 0; i < 300; i++) books.add(`away ${i}`);
    await server.start();
    await untilInRedis(books);
    expect(books.logged).toEqual(books.sent);
    await untilReady(redis, 5_000);
    expect(await rowsOf(2)).toEqual(books.sent);
  });

  it('answers from the spool while Redis is away, and drains it in order, once', async () => {
    const books = openClickLog();
    books.add('before');
    await books.clickLog.drained();
    await server.kill();
    for (let i = 0; i < 2_000; i++) books.add(`away ${i}`, i % 4);
    await books.clickLog.drained();
    // All of them are answered, with Redis still away.
    expect(books.logged).toHaveLength(2_001);
    expect(books.clickLog.spooled).toBe(2_000);
    expect(books.clickLog.trouble).toMatchObject({ bytes: expect.any(Number), failure: undefined });
    await server.start();
    for (let i = 0; i < 500; i++) books.add(`meanwhile ${i}`, i % 4);
    await untilInRedis(books);
    for (let i = 0; i < 100; i++) books.add(`after ${i}`, i % 4);
    await books.clickLog.drained();
    const rows = [await rowsOf(0), await rowsOf(1), await rowsOf(2), await rowsOf(3)];
    expect(rows.flat()).toHaveLength(books.sent.length);
    for (const ofPartition of rows) {
      const order = ofPartition.map((row) => books.sent.indexOf(row));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
    expect(books.clickLog.spool_bytes).toBe(0);
  });

  // It measures how long the event loop stands still: by itself.
  itIfLong(
    'goes on answering while its spool grows beyond what the last of it may be, and drains under load',
    async () => {
      const books = openClickLog(ownMark(), 1_000_000_000);
      const filling = 'x'.repeat(2_000);
      let longest_ms = 0;
      const tapFor = async (ms: number): Promise<void> => {
        const until_ms = performance.now() + ms;
        for (let before = performance.now(); before < until_ms; ) {
          if (books.clickLog.waiting < 1_000)
            books.add(`${books.sent.length} ${filling}`, books.sent.length % 4);
          // Turns of the event loop without a wait: a write to the disk is always under way.
          await new Promise((done) => setImmediate(done));
          longest_ms = Math.max(longest_ms, performance.now() - before);
          before = performance.now();
        }
      };
      await server.kill();
      await tapFor(1_500);
      expect(books.clickLog.trouble).toMatchObject({ bytes: expect.any(Number), failure: undefined });
      expect(books.clickLog.spool_bytes).toBeGreaterThan(1_000_000);
      await server.start();
      await tapFor(1_000);
      await untilInRedis(books);
      expect(books.logged.length).toBe(books.sent.length);
      // Segments are read whole; the watchdog's patience is 10 s.
      expect(longest_ms).toBeLessThan(2_000);
      const rows = [await rowsOf(0), await rowsOf(1), await rowsOf(2), await rowsOf(3)];
      for (const [partition, ofPartition] of rows.entries()) {
        expect(ofPartition).toEqual(books.sent.filter((_, i) => i % 4 === partition));
      }
    },
  );

  it('does not make a frozen Redis count twice what it takes when it wakes up', async () => {
    const books = openClickLog();
    server.freeze();
    for (let i = 0; i < 100; i++) books.add(`frozen ${i}`);
    // They were sent, are not acknowledged, and are answered from the spool.
    await books.clickLog.drained();
    expect(books.logged).toHaveLength(100);
    for (let i = 0; i < 100; i++) books.add(`still frozen ${i}`);
    await books.clickLog.drained();
    server.thaw();
    await untilInRedis(books);
    expect(await rowsOf(2)).toEqual(books.sent);
  });

  it('puts into the spool what a full log refuses, and into the log when there is room', async () => {
    const books = openClickLog(ownMark(), SPOOL_BYTES_MAX, 2_000);
    for (let i = 0; i < 400; i++) books.add(`row ${i} ${'x'.repeat(20)}`);
    await books.clickLog.drained();
    for (let i = 400; i < 800; i++) books.add(`row ${i} ${'x'.repeat(20)}`);
    await books.clickLog.drained();
    expect(books.logged).toEqual(books.sent);
    expect(books.clickLog.trouble).toMatchObject({ bytes: expect.any(Number), failure: undefined });
    expect(books.clickLog.spooled).toBeGreaterThan(0);
    const rows: string[] = [];
    await until(
      async () => {
        rows.push(...(await rowsOf(2)));
        return rows.length >= 800;
      },
      HANGS_AFTER_MS,
      () => `${rows.length} rows`,
    );
    expect(rows).toEqual(books.sent);
  });

  it('refuses what neither can hold, says so, and takes clicks again afterwards', async () => {
    const books = openClickLog(ownMark(), 10_000);
    await server.kill();
    for (let i = 0; i < 600; i++) books.add(`row ${i} ${'x'.repeat(20)}`);
    await books.clickLog.drained();
    // What fits is held all the same; this does not.
    books.add('x'.repeat(20_000));
    await books.clickLog.drained();
    expect(books.refused.length).toBeGreaterThan(0);
    expect(books.clickLog.refused).toBe(books.refused.length);
    expect(books.clickLog.trouble).toMatchObject({ failure: expect.stringMatching(/of at most 10000$/) });
    await server.start();
    await untilInRedis(books);
    books.add('after');
    await books.clickLog.drained();
    const rows = new Set(await rowsOf(2));
    expect(books.logged.filter((row) => !rows.has(row))).toEqual([]);
    expect(rows.size).toBe(books.logged.length);
  });

  it('refuses where the disk does not take a file', async () => {
    // A file stands where the folder would be.
    await writeFile(root, '');
    const books = openClickLog();
    await server.kill();
    books.add('row');
    await books.clickLog.drained();
    expect(books.refused).toEqual(['row']);
    await server.start();
    await untilInRedis(books);
  });

  it("takes over a dead process's spool, once, and sends nothing twice that it had sent", async () => {
    const dead = openClickLog(GONE);
    await server.kill();
    for (let i = 0; i < 700; i++) dead.add(`of the dead ${i}`);
    await dead.clickLog.drained();
    await end(dead);
    expect(dead.said.at(-1)).toMatchObject({ clicks: 700, folder: root, spool_bytes: expect.any(Number) });
    await server.start();
    await untilReady(redis, 5_000);
    // It ended while Redis was away: ClickHouse knows what it had answered, until it is in the log.
    expect(await spools()).toMatchObject([{ process: 'redirect-1', folder: root, clicks: 700 }]);
    const heirs = [openClickLog(), openClickLog()];
    const rows: string[] = [];
    await until(
      async () => {
        rows.push(...(await rowsOf(2)));
        return rows.length >= 700;
      },
      HANGS_AFTER_MS,
      () => `${rows.length} rows`,
    );
    expect(rows).toEqual(dead.sent);
    for (const heir of heirs) await heir.clickLog.close();
    expect(heirs.flatMap(({ said }) => said)).toEqual([]);
    expect(await readdir(root)).toEqual([]);
    expect(await spools()).toEqual([]);
  });

  it('names a spool whose folder vanished, until its copy is imported, which may be done twice', async () => {
    log = CLICKS_LOG;
    const lost = openClickLog(GONE);
    await server.kill();
    for (let i = 0; i < 700; i++) lost.add(`of the lost ${i}`);
    await lost.clickLog.drained();
    await end(lost);
    const copy = join(dirname(root), 'copy');
    await cp(root, copy, { recursive: true });
    await rm(root, { recursive: true });
    await server.start();
    await untilReady(redis, 5_000);
    expect(await spools()).toMatchObject([{ clicks: 700 }]);
    expect(await importCopy(copy)).toEqual({ clicks: 700, added: 700 });
    expect(await importCopy(copy)).toEqual({ clicks: 700, added: 0 });
    expect(await rowsOf(2, CLICKS_LOG)).toEqual(lost.sent);
    expect(await spools()).toEqual([]);
  });

  it('imports a spool once where that is killed, done by two machines at once, and the old one comes back', async () => {
    log = CLICKS_LOG;
    const lost = openClickLog(GONE);
    await server.kill();
    for (let entry = 0; entry < 80; entry++) {
      for (let i = 0; i < 10; i++) lost.add(`${entry} ${i} of the lost`);
      await lost.clickLog.drained();
    }
    await end(lost);
    const copy = join(dirname(root), 'copy');
    await cp(root, copy, { recursive: true });
    await server.start();
    await untilReady(redis, 5_000);
    const killed = (): never => {
      throw new Error('killed');
    };
    await expect(importCopy(copy, { bytes_max: 5_000, tell: killed })).rejects.toThrow('killed');
    // Its folder is still where it was: a process of the machine takes it over.
    const returned = openClickLog();
    const [one, other] = await Promise.all([importCopy(copy), importCopy(copy)]);
    await until(
      async () => (await readdir(root, { recursive: true })).every((name) => !name.endsWith('.spool')),
      HANGS_AFTER_MS,
      () => 'the machine did not send its spool',
    );
    expect([one.clicks, other.clicks]).toEqual([800, 800]);
    await returned.clickLog.drained();
    expect(await rowsOf(2, CLICKS_LOG)).toEqual(lost.sent);
    expect(await importCopy(copy)).toEqual({ clicks: 800, added: 0 });
  });

  it('sends nothing of a copy that was broken off, because the rest could not be sent later', async () => {
    log = CLICKS_LOG;
    const lost = openClickLog(GONE);
    await server.kill();
    for (let i = 0; i < 1_100; i++) lost.add(`of the lost ${i}`);
    await lost.clickLog.drained();
    await end(lost);
    await server.start();
    await untilReady(redis, 5_000);
    const [folder = ''] = await readdir(root);
    const [segment = ''] = await readdir(join(root, folder));
    const copy = join(dirname(root), 'copy');
    await cp(root, copy, { recursive: true });
    const whole = await readFile(join(copy, folder, segment));
    await writeFile(join(copy, folder, segment), whole.subarray(0, -1));
    await expect(importCopy(copy)).rejects.toThrow(
      /has 1024 clicks here, and last told of 1100.*--incomplete/,
    );
    expect(await rowsOf(2, CLICKS_LOG)).toEqual([]);
    await writeFile(join(copy, folder, segment), whole);
    expect(await importCopy(copy)).toEqual({ clicks: 1_100, added: 1_100 });
    expect(await rowsOf(2, CLICKS_LOG)).toEqual(lost.sent);
  });
});
