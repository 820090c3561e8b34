/**
 * Objects as files of a folder that only this user may read. A file gets its name once it is on the disk. When the disk is
 * full or may not be written, calls reject with StoreFault.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { spaceOf } from '../disk.ts';
import { defaultReserve } from '../disk-reserve.ts';
import { ObjectMissing, type ObjectStore, StoreFault } from './object-store.ts';

/** Names of files that are not whole yet end so. */
const PART = '.part';

const FAULTS: Record<string, string> = {
  ENOSPC: 'its disk is full: make room, or keep fewer backups',
  EDQUOT: 'the quota of its disk is used up: make room, or raise it',
  EACCES: 'this user may not use it: give the right to read and write',
  EPERM: 'this user may not use it: give the right to read and write',
  EROFS: 'its disk is mounted read-only: mount it to be written',
  ENOTDIR: 'part of its path is a file: give another folder',
  EEXIST: 'it is a file: give a folder',
  EIO: 'its disk fails: look at the kernel’s log',
};

/** What stays free where the store shares its disk with another folder. */
export interface KeptFree {
  /** Whose disk it is. */
  folder: string;
  /** Undefined: defaultReserve. */
  reserve_bytes: number | undefined;
}

export class FolderStore implements ObjectStore {
  readonly place: string;
  readonly #kept_free: KeptFree | undefined;

  constructor(folder: string, kept_free?: KeptFree) {
    this.place = folder;
    this.#kept_free = kept_free;
  }

  async put(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const path = join(this.place, name);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const room_bytes = await this.#room(dirname(path));
      await pipeline(
        this.#atMost(room_bytes, chunks),
        createWriteStream(`${path}${PART}`, { mode: 0o600, flush: true }),
      );
      await rename(`${path}${PART}`, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(`${path}${PART}`, { force: true }).catch(() => {});
      throw this.#faultOf(error);
    }
  }

  /** What may be written before the reserve of the shared disk is touched. */
  async #room(folder: string): Promise<number> {
    if (this.#kept_free === undefined) return Number.POSITIVE_INFINITY;
    const { folder: other, reserve_bytes } = this.#kept_free;
    const [own_disk, other_disk, space] = await Promise.all([
      stat(folder),
      stat(other).catch(() => undefined),
      spaceOf(folder),
    ]);
    if (space === undefined || own_disk.dev !== other_disk?.dev) return Number.POSITIVE_INFINITY;
    return space.free_bytes - (reserve_bytes ?? defaultReserve(space.size_bytes));
  }

  async *#atMost(bytes: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let left = bytes;
    for await (const chunk of chunks) {
      left -= chunk.length;
      if (left < 0) {
        throw new StoreFault(
          `${this.place}: its disk is that of DATA_DIR, and what is left of it is kept for the log and the spool (DISK_RESERVE_MB): make room, keep fewer backups, or give another disk.`,
        );
      }
      yield chunk;
    }
  }

  async *get(name: string): AsyncGenerator<Uint8Array> {
    try {
      yield* createReadStream(join(this.place, name)) as AsyncIterable<Uint8Array>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new ObjectMissing(this.place, name);
      throw this.#faultOf(error);
    }
  }

  async list(prefix: string): Promise<string[]> {
    const paths = await this.#files();
    return paths.filter((name) => name.startsWith(prefix) && !name.endsWith(PART)).sort();
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.place, name), { force: true }).catch((error) => {
      throw this.#faultOf(error);
    });
  }

  async removeIncomplete(): Promise<void> {
    for (const name of await this.#files()) if (name.endsWith(PART)) await this.remove(name);
  }

  async #files(): Promise<string[]> {
    try {
      const entries = await readdir(this.place, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(this.place, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw this.#faultOf(error);
    }
  }

  /** Errors of what is written, such as those of the source, stay what they are. */
  #faultOf(error: unknown): unknown {
    const { code = '', syscall } = error as NodeJS.ErrnoException;
    const found = FAULTS[code];
    return found === undefined || syscall === undefined ? error : new StoreFault(`${this.place}: ${found}.`);
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}
