/**
 * A local queue of entries on disk, for the time in which Redis cannot take them. Entries are written in order, synced
 * in groups before they are acknowledged, and read back in order. Each keeps the producer and sequence number under
 * which it was to be sent, so sending an entry twice changes nothing.
 *
 * A folder belongs to one start of one process and is named after it; when that process is gone, another one takes over
 * the folder. It holds segments of framed records; a frame that was cut off ends its segment. With the disk full or
 * gone a write rejects, and its entry is not kept.
 */
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { isAlive } from '../platform/process-mark.ts';
import type { Entry } from './append.ts';

/** A segment is removed when all of it was read, so a larger one would occupy the disk for longer. */
const SEGMENT_BYTES_MAX = 16 * 1024 * 1024;
/** Length and checksum before each record. */
const FRAME_BYTES = 8;
/** Bounds of a group that is sent together: it takes about a millisecond to read, and another one in Redis. */
const GROUP_ENTRIES_MAX = 64;
const GROUP_BYTES_MAX = 256 * 1024;
const PRIVATE = 0o600;
/** `<process>.<mark>.<producer>`; after a takeover followed by the previous owner's producer. */
const FOLDER = /^.+?\.(\d+-\d+)\.[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)?$/;

/** The spool or its disk is full, or the disk failed: the entry is not kept. */
export class SpoolError extends Error {
  readonly code = 'spool_full';
}

interface Pending {
  frame: Buffer;
  resolve(): void;
  reject(error: Error): void;
}

/** A spool: its own folder, and folders that it took over. */
export class Spool {
  /** Why the last write failed; undefined after a successful write. */
  failure: string | undefined;
  /** Bytes on disk that were not read back yet; the segment that is being read counts as a whole. */
  bytes = 0;
  readonly #root: string;
  readonly #folder: string;
  readonly #bytes_max: number;
  #segments: { path: string; bytes: number }[] = [];
  /** The oldest segment; everything before `at` was sent. */
  #reading: { frames: Buffer; at: number } | undefined;
  #writing: { file: FileHandle; path: string; bytes: number } | undefined;
  #next = 1;
  #pending: Pending[] = [];
  #flushing = false;
  /** A reader that waits for the segment that is being written. */
  #seal_asked: (() => void) | undefined;

  /** `owner` names this start of this process: `<process>.<mark>.<producer>`. `bytes_max` bounds what it holds. */
  constructor(root: string, owner: string, bytes_max: number) {
    this.#root = root;
    this.#folder = join(root, owner);
    this.#bytes_max = bytes_max;
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
    const { partition, producer, sequence, rows, payload, process } = entry;
    const body = Buffer.from(JSON.stringify([partition, producer, sequence, rows, payload, process]));
    const frame = Buffer.allocUnsafe(FRAME_BYTES + body.length);
    frame.writeUInt32LE(body.length, 0);
    frame.writeUInt32LE(crc32(body), 4);
    body.copy(frame, FRAME_BYTES);
    return new Promise((resolve, reject) => {
      this.#pending.push({ frame, resolve, reject });
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
        for (const { resolve } of group) resolve();
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
    if (this.bytes + frames.length > this.#bytes_max) {
      throw new SpoolError(`the spool holds ${this.bytes} bytes of at most ${this.#bytes_max}`);
    }
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
    this.#segments.push({ path: writing.path, bytes: writing.bytes });
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
    }
    this.#reading = undefined;
    await rm(segment.path, { force: true });
    this.#segments.shift();
    this.bytes -= segment.bytes;
    return true;
  }

  /** Takes over the folders of processes that no longer run. Resolves with the bytes in them. */
  async takeOver(): Promise<number> {
    const names = await readdir(this.#root).catch(() => []);
    let taken = 0;
    for (const name of names) {
      const from = join(this.#root, name);
      const mark = FOLDER.exec(name)?.[1];
      if (mark === undefined || from.startsWith(this.#folder) || isAlive(mark)) continue;
      // Listed before the takeover: a folder that cannot be read now is tried again the next time.
      const files = await filesIn(from).catch(() => undefined);
      if (files === undefined) continue;
      const to = `${this.#folder}.${name.slice(name.lastIndexOf('.') + 1)}`;
      // If several processes try, the rename succeeds for one of them.
      if (
        !(await rename(from, to).then(
          () => true,
          () => false,
        ))
      )
        continue;
      for (const { file, bytes } of files) {
        this.#segments.push({ path: join(to, file), bytes });
        this.bytes += bytes;
        taken += bytes;
      }
    }
    return taken;
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

/** The segments in a folder, oldest first. */
async function filesIn(folder: string): Promise<{ file: string; bytes: number }[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (file) => ({ file, bytes: (await stat(join(folder, file))).size })));
}

/**
 * A group of the segment's records from `from` on, and where it ends. Empty at the end, and at a record that is cut
 * off.
 */
function readGroup(segment: Buffer, from: number): { entries: Entry[]; next: number } {
  const entries: Entry[] = [];
  let at = from;
  while (
    at + FRAME_BYTES <= segment.length &&
    entries.length < GROUP_ENTRIES_MAX &&
    at - from < GROUP_BYTES_MAX
  ) {
    const length = segment.readUInt32LE(at);
    const body = segment.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length);
    if (body.length < length || crc32(body) !== segment.readUInt32LE(at + 4)) break;
    const [partition, producer, sequence, rows, payload, process] = JSON.parse(body.toString()) as [
      number,
      string,
      number,
      number,
      string,
      string,
    ];
    entries.push({ partition, producer, sequence, rows, payload, process });
    at += FRAME_BYTES + length;
  }
  return { entries, next: at };
}
