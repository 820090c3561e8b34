/**
 * A place that keeps objects by name: a folder, or a bucket of S3-compatible storage. An object is seen once it is whole,
 * and never changes; what a killed writer left is removed by removeIncomplete. When the place can't be used, every call
 * rejects with StoreFault, one sentence that says what was found and what to do; the first failed write ends a put.
 */
import { OperatorError } from '../operator-error.ts';

export interface ObjectStore {
  /** For people: the folder, or s3://bucket/prefix. */
  readonly place: string;
  /** Stores the chunks under a name of letters, digits and `./_-`; replaces an object of that name. */
  put(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Streams an object. Rejects with ObjectMissing when there is none. */
  get(name: string): AsyncIterable<Uint8Array>;
  /** Names that begin with `prefix`, in order. */
  list(prefix: string): Promise<string[]>;
  /** Safe to repeat. */
  remove(name: string): Promise<void>;
  /** Removes what writers that were killed left unfinished; call it while nobody writes. */
  removeIncomplete(): Promise<void>;
}

/** The place can't be used; `message` says why and what to do. */
export class StoreFault extends OperatorError {
  readonly code = 'object_store';
}

export class ObjectMissing extends StoreFault {
  constructor(place: string, name: string) {
    super(`${place} has no ${name}: somebody removed it, or it was never written.`);
  }
}

/** The whole of a small object, as text. */
export async function getText(store: ObjectStore, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.get(name)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export async function putText(store: ObjectStore, name: string, text: string): Promise<void> {
  await store.put(
    name,
    (async function* () {
      yield Buffer.from(text);
    })(),
  );
}
