/**
 * Holds bodies that must be read to their end before anything of them counts: each in a file of DATA_DIR that loses its
 * name as soon as it is open, so that it is gone however the process ends. Bounded: bytes of a body, and bodies at once.
 * A disk that is full, or has no more than its reserve, refuses the body; nothing of it was used.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type DiskReserve, UNKNOWN_DISK } from '../../platform/disk-reserve.ts';
import { randomHex } from '../../platform/random.ts';
import { ApiError } from './errors.ts';
import { refuseLowDisk } from './low-disk.ts';

export interface SpoolBounds {
  bytes_max: number;
  /** Bodies that one process holds at the same time, of all accounts and of each. */
  bodies_max: number;
  bodies_each_max: number;
}

/** 1 GiB is about 10 million lines. Eight of them are the disk that an API process may take. */
export const SPOOL_BOUNDS: SpoolBounds = { bytes_max: 1024 ** 3, bodies_max: 8, bodies_each_max: 2 };

const RETRY_AFTER_S = '5';
const CHUNK_BYTES = 64 * 1024;

export interface SpooledBody {
  bytes: number;
  /** SHA-256 of the bytes, in hex digits. */
  sha256: string;
  /** The body from its beginning, as often as it is asked for. */
  read(): Readable;
  release(): Promise<void>;
}

export class BodySpool {
  readonly #folder: string;
  readonly #bounds: SpoolBounds;
  /** Of each body that is held, its account. */
  readonly #held: string[] = [];

  readonly #disk: Pick<DiskReserve, 'state' | 'why'>;

  constructor(folder: string, bounds: SpoolBounds = SPOOL_BOUNDS, disk = UNKNOWN_DISK) {
    this.#folder = folder;
    this.#bounds = bounds;
    this.#disk = disk;
  }

  /** Empties the folder: a kill between making a file and taking its name leaves it there. */
  static async open(data_dir: string, process_name: string, disk = UNKNOWN_DISK): Promise<BodySpool> {
    const folder = join(data_dir, 'bodies', process_name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new BodySpool(folder, SPOOL_BOUNDS, disk);
  }

  /** Runs `use` with the whole body; the file goes with it. Throws ApiError. */
  async hold<T>(input: Readable, account_id: string, use: (body: SpooledBody) => Promise<T>): Promise<T> {
    const body = await this.take(input, account_id);
    try {
      return await use(body);
    } finally {
      await body.release();
    }
  }

  /** The whole body, until the caller releases it. Throws ApiError. */
  async take(input: Readable, account_id: string): Promise<SpooledBody> {
    refuseLowDisk(this.#disk);
    const own = this.#held.filter((one) => one === account_id).length;
    if (this.#held.length >= this.#bounds.bodies_max || own >= this.#bounds.bodies_each_max) {
      throw new ApiError('too_many_requests', 'other files are being read: send this one in a moment', {
        'retry-after': RETRY_AFTER_S,
      });
    }
    this.#held.push(account_id);
    let file: FileHandle | undefined;
    const release = async (): Promise<void> => {
      this.#held.splice(this.#held.indexOf(account_id), 1);
      await file?.close();
    };
    try {
      const path = join(this.#folder, randomHex(16));
      file = await open(path, 'wx+', 0o600);
      await unlink(path);
      const opened = file;
      const { bytes, sha256 } = await this.#write(input, opened);
      return { bytes, sha256, release, read: () => Readable.from(chunksOf(opened), { objectMode: false }) };
    } catch (error) {
      await release();
      throw error;
    }
  }

  async #write(input: Readable, file: FileHandle): Promise<{ bytes: number; sha256: string }> {
    const hash = createHash('sha256');
    let bytes = 0;
    // A refused body is read on by whoever answers.
    for await (const chunk of input.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > this.#bounds.bytes_max) {
        throw new ApiError('too_large', `a file may have ${this.#bounds.bytes_max} bytes: send it in parts`);
      }
      hash.update(chunk);
      await writeWhole(file, chunk);
    }
    return { bytes, sha256: hash.digest('hex') };
  }
}

/** Throws ApiError where the disk is full. */
async function writeWhole(file: FileHandle, chunk: Buffer): Promise<void> {
  try {
    for (let from = 0; from < chunk.length; ) {
      from += (await file.write(chunk, from, chunk.length - from)).bytesWritten;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new ApiError('unavailable', 'the disk of the API is full: tell the operator');
  }
}

/** A stream of a file handle would close the file when it ends early. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
