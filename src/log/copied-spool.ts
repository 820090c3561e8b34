/**
 * Reads a spool folder that was copied from another machine, for whoever sends its entries to Redis. It changes nothing
 * in the folder, and each entry keeps its producer and sequence number, so that it may be done twice. A segment that
 * was cut off gives the entries before the cut.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OperatorError } from '../platform/operator-error.ts';
import { lifeOf } from '../platform/process-mark.ts';
import type { Entry } from './append.ts';
import { markOfOwner, ownerOf } from './spool-folders.ts';
import { checkFrames, readGroup } from './spool-frames.ts';

const SEGMENT = /^(\d+)\.spool$/;

export class NoSpoolError extends OperatorError {
  readonly code = 'no_spool';
}

export interface CopiedSpool {
  path: string;
  /** Whose it was: the name that it is known by. */
  owner: string;
  /** In all its segments. */
  rows: number;
  /**
   * What a copy would lack that was broken off, in words. The spool removes its segments from the first on, and only its
   * last one is still being written.
   */
  faults: string[];
}

/** The spools in `folder`, which is one itself or holds them, by name. Throws NoSpoolError. */
export async function findSpools(folder: string): Promise<CopiedSpool[]> {
  const own = ownerOf(basename(folder));
  const names = own === undefined ? await readdir(folder).catch((): string[] => []) : [];
  const spools = names.flatMap((name) => {
    const owner = ownerOf(name);
    return owner === undefined ? [] : [{ path: join(folder, name), owner }];
  });
  if (own !== undefined) spools.push({ path: folder, owner: own });
  if (spools.length === 0) {
    throw new NoSpoolError(
      `There is no spool in ${folder}: give the folder "spool" of the other machine's DATA_DIR, or one of the folders in it.`,
    );
  }
  const running = spools.find(({ owner }) => lifeOf(markOfOwner(owner)) === 'runs');
  if (running !== undefined) {
    throw new NoSpoolError(`The process of ${running.path} runs here: it sends its spool itself.`);
  }
  const checked: CopiedSpool[] = [];
  for (const spool of spools.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    checked.push({ ...spool, ...(await checkSegments(spool.path)) });
  }
  return checked;
}

/** Names of the segments, oldest first; what else lies in the folder is none of the spool's. */
async function segmentsOf(path: string): Promise<string[]> {
  return (await readdir(path)).filter((name) => SEGMENT.test(name)).sort();
}

async function checkSegments(path: string): Promise<Pick<CopiedSpool, 'rows' | 'faults'>> {
  const faults: string[] = [];
  let rows = 0;
  let expected: number | undefined;
  const names = await segmentsOf(path);
  for (const [i, name] of names.entries()) {
    const number = Number(SEGMENT.exec(name)?.[1]);
    if (number !== (expected ?? number)) faults.push(`a segment before ${join(path, name)} is missing`);
    expected = number + 1;
    const found = checkFrames(await readFile(join(path, name)));
    rows += found.rows;
    if (!found.whole && i < names.length - 1) faults.push(`${join(path, name)} is cut off or damaged`);
  }
  return { rows, faults };
}

/** The entries of a spool in their order, a group at a time. Rejects when the disk fails. */
export async function* entriesOf({ path }: Pick<CopiedSpool, 'path'>): AsyncGenerator<Entry[]> {
  for (const file of await segmentsOf(path)) {
    const segment = await readFile(join(path, file));
    for (let at = 0; ; ) {
      const { entries, next } = readGroup(segment, at);
      if (entries.length === 0) break;
      yield entries;
      at = next;
    }
  }
}
