/** What the spool promises to whoever writes to it and drains it, on a disk that fails and under a reader in a hurry. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entry } from '../../../src/log/append.ts';
import { entriesOf, findSpools } from '../../../src/log/copied-spool.ts';
import { Spool } from '../../../src/log/spool.ts';
import { GONE_AFTER_MS } from '../../../src/log/spool-folders.ts';
import { lifeOf, markOf, ownMark } from '../../../src/platform/process-mark.ts';

const BYTES_MAX = 10_000_000;
/** Of a process that does not run: beyond Linux's largest id. */
const GONE = markOf(99_999_999);
/** Of a process on another machine, of which nothing is known here. */
const ELSEWHERE = ownMark().replace(/^[^-]+/, 'other0machine');

let root: string;
let spool: Spool;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trackly-spool-'));
  spool = new Spool(root, `redirect-1.${ownMark()}.own`, BYTES_MAX);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const entry = (sequence: number): Entry => ({
  partition: sequence % 4,
  producer: 'own',
  sequence,
  rows: 1,
  payload: `row ${sequence}`,
  process: 'redirect-1',
});
const write = (to: Spool, from: number, until: number): Promise<unknown> =>
  Promise.all(Array.from({ length: until - from }, (_, i) => to.write(entry(from + i))));

/** Drains until nothing is there; resolves with the sequence numbers in the order in which they came. */
async function drain(from: Spool): Promise<number[]> {
  const seen: number[] = [];
  const send = async (entries: readonly Entry[]): Promise<void> => {
    seen.push(...entries.map(({ sequence }) => sequence));
  };
  while (await from.drainSegment(send));
  return seen;
}
const numbers = (from: number, until: number): number[] =>
  Array.from({ length: until - from }, (_, i) => from + i);

describe('the spool', () => {
  it('waits for the disk when its reader is faster, so that the write under way comes to its end', async () => {
    const written = write(spool, 0, 10);
    // No turn of the event loop but those of the disk.
    expect(await drain(spool)).toEqual(numbers(0, 10));
    await written;
    expect(spool.empty).toBe(true);
  });

  it('hands entries on in their order, and after a failure from the group that failed', async () => {
    await write(spool, 0, 500);
    const taken: number[] = [];
    let calls = 0;
    const send = async (entries: readonly Entry[]): Promise<void> => {
      calls++;
      if (calls === 3) throw new Error('Redis went away');
      taken.push(...entries.map(({ sequence }) => sequence));
    };
    await expect(spool.drainSegment(send)).rejects.toThrow('Redis went away');
    const before = taken.length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(500);
    await write(spool, 500, 510);
    expect(await spool.drainSegment(send)).toBe(true);
    expect(taken).toEqual(numbers(0, 500));
    expect([...taken, ...(await drain(spool))]).toEqual(numbers(0, 510));
    expect(spool.bytes).toBe(0);
  });

  it('ends a segment at a frame that was cut off, and loses nothing before it', async () => {
    const dead = join(root, `redirect-2.${GONE}.dead`);
    const other = new Spool(root, `redirect-2.${GONE}.dead`, BYTES_MAX);
    await write(other, 0, 100);
    const [name = ''] = await readdir(dead);
    const segment = await readFile(join(dead, name));
    await writeFile(join(dead, name), segment.subarray(0, -1));
    expect(await spool.takeOver()).toEqual([`redirect-2.${GONE}.dead`]);
    expect([spool.bytes, spool.rows]).toEqual([segment.length - 1, 99]);
    expect(await drain(spool)).toEqual(numbers(0, 99));
    expect(spool.bytes).toBe(0);
  });

  it("leaves a dead process's folder where it can't be read, and takes it over once it can be", async () => {
    const dead = join(root, `redirect-2.${GONE}.dead`);
    await mkdir(dead);
    await symlink(join(root, 'missing'), join(dead, '00000001.spool'));
    expect(await spool.takeOver()).toEqual([]);
    expect(await readdir(root)).toEqual([`redirect-2.${GONE}.dead`]);
    await writeFile(join(root, 'missing'), 'nothing that can be read');
    expect(await spool.takeOver()).toHaveLength(1);
    expect(await drain(spool)).toEqual([]);
    expect(spool.bytes).toBe(0);
  });

  it('knows how many rows it has, those that it took over as well', async () => {
    const other = new Spool(root, `redirect-2.${GONE}.dead`, BYTES_MAX);
    await write(other, 0, 30);
    await write(spool, 0, 20);
    expect(spool.rows).toBe(20);
    await spool.takeOver();
    expect(spool.rows).toBe(50);
    await drain(spool);
    expect(spool.rows).toBe(0);
  });
});

describe('a spool on a volume that machines share', () => {
  let now_ms = 0;
  beforeEach(() => {
    // Whole, so that a sum is exact: the bounds are compared with equality.
    now_ms = Math.ceil(performance.now());
    vi.spyOn(performance, 'now').mockImplementation(() => now_ms);
  });
  afterEach(() => vi.restoreAllMocks());

  it('is left to its process while that shows signs of life, whatever ids run here', async () => {
    expect([lifeOf(ownMark()), lifeOf(GONE), lifeOf(ELSEWHERE)]).toEqual(['runs', 'gone', 'elsewhere']);
    const other = new Spool(root, `redirect-1.${ELSEWHERE}.other`, BYTES_MAX);
    await write(other, 0, 10);
    for (let i = 0; i < 5; i++) {
      expect(await spool.takeOver()).toEqual([]);
      now_ms += GONE_AFTER_MS / 2;
      // Times of files are read in milliseconds.
      await new Promise((done) => setTimeout(done, 2));
      await other.beat();
    }
    expect(await spool.takeOver()).toEqual([]);
    now_ms += GONE_AFTER_MS;
    expect(await spool.takeOver()).toEqual([`redirect-1.${ELSEWHERE}.other`]);
    expect(await drain(spool)).toEqual(numbers(0, 10));
  });

  it('begins a new folder where it was silent for so long that another machine has the old one', async () => {
    const other = new Spool(root, `redirect-1.${ELSEWHERE}.other`, BYTES_MAX);
    await write(other, 0, 10);
    await spool.takeOver();
    now_ms += GONE_AFTER_MS;
    expect(await spool.takeOver()).toHaveLength(1);
    await write(other, 10, 20);
    expect(await drain(spool)).toEqual(numbers(0, 10));
    expect([other.rows, await drain(other)]).toEqual([10, numbers(10, 20)]);
  });
});

describe('a copied spool', () => {
  const read = async (folder: string): Promise<number[]> => {
    const seen: number[] = [];
    for (const one of await findSpools(folder)) {
      for await (const entries of entriesOf(one)) seen.push(...entries.map(({ sequence }) => sequence));
    }
    return seen;
  };

  it('is read in order, from its root or its own folder, and stays as it is', async () => {
    await write(new Spool(root, `redirect-1.${ELSEWHERE}.other`, BYTES_MAX), 0, 150);
    expect(await read(root)).toEqual(numbers(0, 150));
    expect(await read(join(root, `redirect-1.${ELSEWHERE}.other`))).toEqual(numbers(0, 150));
  });

  it('tells of a segment that is missing between others, and of one that is cut off before others', async () => {
    const owner = `redirect-1.${ELSEWHERE}.other`;
    await mkdir(join(root, owner));
    for (let n = 1; n <= 4; n++) {
      await write(new Spool(join(root, 'parts'), String(n), BYTES_MAX), 10 * n, 10 * n + 10);
      await rename(join(root, 'parts', String(n), '00000001.spool'), join(root, owner, `0000000${n}.spool`));
    }
    const found = async (): Promise<unknown> =>
      (await findSpools(root)).map(({ rows, faults }) => ({ rows, faults }));
    const segment = (name: string): string => join(root, owner, name);
    await writeFile(segment('.00000005.spool.part'), 'of a copy that goes on');
    // The last one may be cut off: its process was killed while it wrote.
    const cut = async (name: string): Promise<void> =>
      writeFile(segment(name), (await readFile(segment(name))).subarray(0, -1));
    await cut('00000004.spool');
    expect(await found()).toEqual([{ rows: 39, faults: [] }]);
    await cut('00000002.spool');
    const damaged = `${segment('00000002.spool')} is cut off or damaged`;
    expect(await found()).toEqual([{ rows: 38, faults: [damaged] }]);
    await rm(segment('00000003.spool'));
    const missing = `a segment before ${segment('00000004.spool')} is missing`;
    expect(await found()).toEqual([{ rows: 28, faults: [damaged, missing] }]);
    await rm(segment('00000001.spool'));
    expect(await found()).toMatchObject([{ rows: 18 }]);
  });

  it('of a process that runs here, and a folder without one, are refused', async () => {
    await expect(findSpools(root)).rejects.toThrow(/There is no spool in .*DATA_DIR/);
    await write(spool, 0, 1);
    await expect(findSpools(root)).rejects.toThrow(/runs here: it sends its spool itself/);
  });
});
