/** The file system under a folder: what is left, and how long it takes until a write is on it. */
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';

export interface DiskSpace {
  /** What this user may still write. */
  free_bytes: number;
  size_bytes: number;
}

/** Undefined where there is no such folder. */
export async function spaceOf(folder: string): Promise<DiskSpace | undefined> {
  const found = await statfs(folder).catch(() => undefined);
  return found && { free_bytes: found.bavail * found.bsize, size_bytes: found.blocks * found.bsize };
}

const PROBE_BYTES = 512;

/** Writes and syncs a small file, one at a time, because a disk that hangs would gather them. */
export class DiskProbe {
  readonly #path: string;
  #began: number | undefined;
  #last_s = 0;
  #writable = true;

  /** The folder must exist for a probe to be written; `name` is a file of this process alone. */
  constructor(folder: string, name: string) {
    this.#path = join(folder, name);
  }

  /** What is known now, without waiting; starts the next probe. */
  look(now = performance.now()): { sync_s: number; writable: boolean } {
    if (this.#began === undefined) void this.#write(now);
    const waiting_s = this.#began === undefined ? 0 : (now - this.#began) / 1_000;
    return { sync_s: Math.max(this.#last_s, waiting_s), writable: this.#writable };
  }

  async #write(now: number): Promise<void> {
    this.#began = now;
    try {
      const file = await open(this.#path, 'w', 0o600);
      try {
        await file.write(Buffer.alloc(PROBE_BYTES));
        await file.sync();
      } finally {
        await file.close();
      }
      this.#writable = true;
    } catch (error) {
      // A folder that a role has not made yet says nothing about the disk.
      this.#writable = (error as NodeJS.ErrnoException).code === 'ENOENT';
    }
    this.#last_s = (performance.now() - now) / 1_000;
    this.#began = undefined;
  }

  async close(): Promise<void> {
    await rm(this.#path, { force: true }).catch(() => {});
  }
}
