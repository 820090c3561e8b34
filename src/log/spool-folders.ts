/**
 * The folders of spools below one root, and whose process is gone. Several machines may share the root through one
 * volume, and a container that was replaced may find it again: of a process elsewhere only its beats are seen, the time
 * of its folder, which it sets every few seconds. Its folder counts as left when it did not change for GONE_AFTER_MS by
 * the clock of whoever looks. A folder that can not be read is left alone.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lifeOf } from '../platform/process-mark.ts';
import { sizeOf } from './spool-frames.ts';

/** A network file system may show a time of up to a minute ago (acdirmax in nfs(5)); the rest is for late beats. */
export const GONE_AFTER_MS = 90_000;
/** `<process>.<mark>.<producer>`; after a takeover followed by the previous owner's producer. */
const FOLDER = /^(.+?\.([0-9A-Za-z]+-\d+-\d+)\.[0-9A-Za-z]+)(?:\.[0-9A-Za-z]+)?$/;

/** The owner that a folder is named after; undefined where it is no spool's. */
export const ownerOf = (folder: string): string | undefined => FOLDER.exec(folder)?.[1];

/** The mark of the process that an owner is; '' where there is none. */
export const markOfOwner = (owner: string): string => FOLDER.exec(owner)?.[2] ?? '';

export interface SegmentFile {
  file: string;
  bytes: number;
  rows: number;
}

/** The segments in a folder, oldest first, each read once. */
export async function segmentsIn(folder: string): Promise<SegmentFile[]> {
  const segments: SegmentFile[] = [];
  for (const file of (await readdir(folder)).sort()) {
    // One after the other: together they may have gigabytes.
    segments.push({ file, ...(await sizeOf(join(folder, file))) });
  }
  return segments;
}

export class SpoolFolders {
  readonly #root: string;
  /** Folders of processes elsewhere: when they were last set, and since when that is known here. */
  readonly #seen = new Map<string, { set_ms: number; since: number }>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Names of the folders that `owner` does not own, and whose process is gone. */
  async left(owner: string): Promise<string[]> {
    const names = await readdir(this.#root).catch((): string[] => []);
    for (const name of this.#seen.keys()) if (!names.includes(name)) this.#seen.delete(name);
    const left: string[] = [];
    for (const name of names) {
      const owned_by = ownerOf(name);
      if (owned_by === undefined || owned_by === owner) continue;
      const life = lifeOf(markOfOwner(owned_by));
      if (life === 'gone' || (life === 'elsewhere' && (await this.#isSilent(name)))) left.push(name);
    }
    return left;
  }

  async #isSilent(name: string): Promise<boolean> {
    const now = performance.now();
    const set_ms = await stat(join(this.#root, name)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (set_ms === undefined) return false;
    const seen = this.#seen.get(name);
    if (seen?.set_ms === set_ms) return now - seen.since >= GONE_AFTER_MS;
    this.#seen.set(name, { set_ms, since: now });
    return false;
  }
}
