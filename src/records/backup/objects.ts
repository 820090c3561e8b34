/**
 * Objects of a backup: compressed by zstd, then encrypted for the operator's key if there is one. Memory holds a few
 * chunks. A damaged object is noticed by its checksum, and by the encryption.
 */
import { createHash } from 'node:crypto';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { type ObjectStore, StoreFault } from '../../platform/object-store/object-store.ts';
import { KeyFault, seal, unseal } from './age.ts';
import { BackupError, isSealed, type ObjectEntry } from './manifest.ts';

const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Who may read what is written; nobody else can. Empty: it is not encrypted. */
export type Recipients = readonly string[];

/** Writes the chunks as one object; resolves with its size and checksum. */
export async function writeObject(
  store: Pick<ObjectStore, 'put'>,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  recipients: Recipients,
): Promise<Pick<ObjectEntry, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* counted(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of packed) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  await pipeline(chunks, createZstdCompress(COMPRESSION), (packed: AsyncIterable<Uint8Array>) =>
    store.put(name, counted(recipients.length > 0 ? seal(packed, recipients) : packed)),
  );
  return { bytes, sha256: hash.digest('hex') };
}

/**
 * The chunks of an object. The stream fails, before it ends, with BackupError when the object is damaged or the key does
 * not open it, and with StoreFault when the place is away.
 */
export function readObject(store: ObjectStore, entry: ObjectEntry, identities: readonly string[]): Readable {
  const unzip: Transform = createZstdDecompress();
  const stored = checked(store, entry);
  const packed = isSealed(entry) ? unseal(stored, identities) : stored;
  pipeline(readable(packed, entry), unzip).catch(() => {});
  return Readable.from(readable(unzip, entry), { objectMode: false });
}

/** Says in one sentence what is wrong, whichever part notices it first. */
async function* readable(
  chunks: AsyncIterable<Uint8Array>,
  { name }: ObjectEntry,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    if (error instanceof BackupError || error instanceof StoreFault) throw error;
    if (error instanceof KeyFault) throw new BackupError(`${name} of the backup: ${error.message}`);
    throw damaged(name, error);
  }
}

async function* checked(
  store: ObjectStore,
  { name, bytes, sha256 }: ObjectEntry,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of store.get(name)) {
    hash.update(chunk);
    read += chunk.length;
    yield chunk;
  }
  if (read !== bytes || hash.digest('hex') !== sha256) throw damaged(name);
}

const damaged = (name: string, cause?: unknown): BackupError =>
  new BackupError(`${name} of the backup has changed since it was written: use another backup.`, { cause });
