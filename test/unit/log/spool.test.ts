/** What the spool promises to whoever writes to it and drains it, on a disk that fails and under a reader in a hurry. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/log/append.ts';
import { Spool } from '../../../src/log/spool.ts';
import { ownMark } from '../../../src/platform/process-mark.ts';

const BYTES_MAX = 10_000_000;
/** Of a process that does not run: beyond Linux's largest id. */
const GONE = '99999999-1';

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
    expect(await spool.takeOver()).toBe(segment.length - 1);
    expect(await drain(spool)).toEqual(numbers(0, 99));
    expect(spool.bytes).toBe(0);
  });

  it("leaves a dead process's folder where it can't be read, and takes it over once it can be", async () => {
    const dead = join(root, `redirect-2.${GONE}.dead`);
    await mkdir(dead);
    await symlink(join(root, 'missing'), join(dead, '00000001.spool'));
    expect(await spool.takeOver()).toBe(0);
    expect(await readdir(root)).toEqual([`redirect-2.${GONE}.dead`]);
    await writeFile(join(root, 'missing'), 'nothing that can be read');
    expect(await spool.takeOver()).toBeGreaterThan(0);
    expect(await drain(spool)).toEqual([]);
    expect(spool.bytes).toBe(0);
  });
});
