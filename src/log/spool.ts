/**
 * A local queue of entries on disk, for the time in which Redis cannot take them. Entries are written in order, synced
 * in groups before they are acknowledged, and read back in order. Each keeps the producer and sequence number under
 * which it was to be sent, so sending an entry twice changes nothing.
 *
 * A folder belongs to one start of one process and is named after it; when that process is gone, another one takes over
 * the folder (spool-folders.ts). It holds segments of framed records (spool-frames.ts). With the disk full or gone a
 * write rejects, and its entry is not kept.
 */
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from './append.ts';
import { GONE_AFTER_MS, ownerOf, SpoolFolders, segmentsIn } from './spool-folders.ts';
import { frameOf, readGroup } from './spool-frames.ts';

/** A segment is removed when all of it was read, so a larger one would occupy the disk for longer. */
const SEGMENT_BYTES_MAX = 16 * 1024 * 1024;
const PRIVATE = 0o600;
/** Before a write after so long a silence, the owner looks whether its folder is still its own. */
const LATE_MS = GONE_AFTER_MS / 2;

/** The spool or its disk is full, or the disk failed: the entry is not kept. */
export class SpoolError extends Error {
  readonly code = 'spool_full';
}

interface Pending {
  frame: Buffer;
  rows: number;
  resolve(): void;
  reject(error: Error): void;
}

/** A spool: its own folder, and folders that it took over. */
export class Spool {
  /** Why the last write failed; undefined after a successful write. */
  failure: string | undefined;
  /** Bytes on disk that were not read back yet; the segment that is being read counts as a whole. */
  bytes = 0;
  /** Rows that were not read back yet. */
  rows = 0;
  /** Whom its folders are named after. */
  readonly owner: string;
  readonly #root: string;
  readonly #folder: string;
  readonly #folders: SpoolFolders;
  readonly bytes_max: number;
  #segments: { folder: string; path: string; bytes: number }[] = [];
  /** The oldest segment; everything before `at` was sent. */
  #reading: { frames: Buffer; at: number } | undefined;
  #writing: { file: FileHandle; path: string; bytes: number } | undefined;
  #next = 1;
  #pending: Pending[] = [];
  #flushing = false;
  /** A reader that waits for the segment that is being written. */
  #seal_asked: (() => void) | undefined;
  #beaten_at = performance.now();

  /** `owner` names this start of this process: `<process>.<mark>.<producer>`. `bytes_max` bounds what it holds. */
  constructor(root: string, owner: string, bytes_max: number) {
    this.owner = owner;
    this.#root = root;
    this.#folder = join(root, owner);
    this.#folders = new SpoolFolders(root);
    this.bytes_max = bytes_max;
  }

  /** Where all spools of this machine are. */
  get root(): string {
    return this.#root;
  }

  /** True when nothing is on disk or being written. */
  get empty(): boolean {
    return this.bytes === 0 && this.#pending.length === 0 && !this.#flushing;
  }

  /** Resolves when the entry is synced to disk. Rejects with SpoolError if it is not kept. */
  write(entry: Entry): Promise<void> {
    const frame = frameOf(entry);
    return new Promise((resolve, reject) => {
      this.#pending.push({ frame, rows: entry.rows, resolve, reject });
      if (!this.#flushing) void this.#flush();
    });
  }

  /** Writes and syncs all pending entries together, until none is pending. */
  async #flush(): Promise<void> {
    this.#flushing = true;
    while (this.#pending.length > 0) {
      const group = this.#pending.splice(0);
      try {
        await this.#append(Buffer.concat(group.map(({ frame }) => frame)));
        this.failure = undefined;
        for (const { rows, resolve } of group) {
          this.rows += rows;
          resolve();
        }
      } catch (error) {
        this.failure = error instanceof Error ? error.message : String(error);
        // An incomplete write ends its segment; the next write starts a new one.
        await this.#seal();
        for (const { reject } of group) reject(new SpoolError(this.failure));
      }
      if (this.#seal_asked !== undefined) {
        await this.#seal();
        this.#seal_asked();
        this.#seal_asked = undefined;
      }
    }
    this.#flushing = false;
  }

  async #append(frames: Buffer): Promise<void> {
    if (this.bytes + frames.length > this.bytes_max) {
      throw new SpoolError(`the spool holds ${this.bytes} bytes of at most ${this.bytes_max}`);
    }
    if (performance.now() - this.#beaten_at > LATE_MS) await this.beat();
    this.#writing ??= await this.#begin();
    const { file } = this.#writing;
    let written = 0;
    while (written < frames.length) {
      written += (await file.write(frames, written)).bytesWritten;
    }
    await file.datasync();
    this.#writing.bytes += frames.length;
    this.bytes += frames.length;
    if (this.#writing.bytes >= SEGMENT_BYTES_MAX) await this.#seal();
  }

  async #begin(): Promise<{ file: FileHandle; path: string; bytes: number }> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `${String(this.#next++).padStart(8, '0')}.spool`);
    const file = await open(path, 'wx', PRIVATE);
    // The file's name must outlive a power cut as well.
    for (const folder of [this.#folder, this.#root]) {
      const handle = await open(folder, 'r');
      await handle.sync();
      await handle.close();
    }
    return { file, path, bytes: 0 };
  }

  async #seal(): Promise<void> {
    const writing = this.#writing;
    this.#writing = undefined;
    if (writing === undefined) return;
    // Added before the file is closed: closing may take long, and a later segment must not be added first.
    this.#segments.push({ folder: this.#folder, path: writing.path, bytes: writing.bytes });
    await writing.file.close().catch(() => {});
  }

  /**
   * Passes the oldest segment's entries to `send` in order, a group at a time, and removes the segment when all were
   * sent. Resolves with false when no segment is left after pending writes. Rejects when `send` does; the next call
   * continues at the same group. Only one call at a time. While writes are in progress it waits for the disk, so a
   * caller may call again at once without blocking the event loop.
   */
  async drainSegment(send: (entries: readonly Entry[]) => Promise<void>): Promise<boolean> {
    if (this.#segments.length === 0) {
      // Only the flush may close the file that it writes; it does so after the current group.
      if (this.#flushing) await new Promise<void>((sealed) => (this.#seal_asked = sealed));
      else await this.#seal();
    }
    const segment = this.#segments[0];
    if (segment === undefined) return false;
    this.#reading ??= { frames: await readFile(segment.path), at: 0 };
    const reading = this.#reading;
    for (;;) {
      // One group at a time, because decoding a whole segment would block the event loop for about 0.1 s.
      const { entries, next } = readGroup(reading.frames, reading.at);
      if (entries.length === 0) break;
      await send(entries);
      reading.at = next;
      for (const { rows } of entries) this.rows -= rows;
    }
    if (this.#segments[0] !== segment) return true;
    this.#reading = undefined;
    await rm(segment.path, { force: true });
    this.#segments.shift();
    this.bytes -= segment.bytes;
    // What was damaged is in no entry.
    if (this.#segments.length === 0 && this.bytes === 0) this.rows = 0;
    return true;
  }

  /** Takes over the folders of processes that no longer run. Resolves with their owners, once each. */
  async takeOver(): Promise<string[]> {
    const owners = new Set<string>();
    for (const name of await this.#folders.left(this.owner)) {
      const from = join(this.#root, name);
      // Read before the takeover: a folder that cannot be read now is tried again the next time.
      const files = await segmentsIn(from).catch(() => undefined);
      if (files === undefined) continue;
      const to = `${this.#folder}.${name.slice(name.lastIndexOf('.') + 1)}`;
      // If several processes try, the rename succeeds for one of them.
      const taken = await rename(from, to).then(
        () => true,
        () => false,
      );
      if (!taken) continue;
      for (const { file, bytes, rows } of files) {
        this.#segments.push({ folder: to, path: join(to, file), bytes });
        this.bytes += bytes;
        this.rows += rows;
      }
      owners.add(ownerOf(name) ?? name);
    }
    return [...owners];
  }

  /**
   * Says that this process runs, by the time of its folders: to be called every few seconds. A folder that another
   * machine has taken over, because this process was silent for too long, is that one's.
   */
  async beat(): Promise<void> {
    this.#beaten_at = performance.now();
    const now = new Date();
    const folders = new Set(this.#segments.map(({ folder }) => folder));
    if (this.#writing !== undefined) folders.add(this.#folder);
    for (const folder of folders) {
      await utimes(folder, now, now).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') this.#lose(folder);
      });
    }
  }

  #lose(folder: string): void {
    if (folder === this.#folder && this.#writing !== undefined) {
      this.bytes -= this.#writing.bytes;
      void this.#writing.file.close().catch(() => {});
      this.#writing = undefined;
    }
    if (this.#segments[0]?.folder === folder) this.#reading = undefined;
    for (const segment of this.#segments.filter((one) => one.folder === folder)) this.bytes -= segment.bytes;
    this.#segments = this.#segments.filter((one) => one.folder !== folder);
    if (this.bytes === 0) this.rows = 0;
  }

  /** Closes the current segment, and removes the folders that are empty. */
  async close(): Promise<void> {
    await this.#seal();
    const own = this.#folder;
    for (const name of await readdir(this.#root).catch(() => [])) {
      const path = join(this.#root, name);
      if (!path.startsWith(own)) continue;
      if ((await readdir(path)).length === 0) await rm(path, { recursive: true, force: true });
    }
  }
}
