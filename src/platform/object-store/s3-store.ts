/**
 * Objects in a bucket of S3-compatible storage, under a prefix. Large ones are uploaded in parts, which the bucket puts
 * together at the end; memory holds one part. A cut download continues where it was cut. When the storage is away, calls
 * are tried again a few times and then reject with StoreFault.
 */
import { sleep } from '../sleep.ts';
import { ObjectMissing, type ObjectStore, StoreFault } from './object-store.ts';
import { type S3Access, S3Requests, TRIES_MAX } from './s3-requests.ts';

/** A bucket puts at most 10,000 parts together, so an object may have 160 GB. */
const PART_BYTES = 16 * 1024 * 1024;
const LISTED_AT_ONCE = '1000';
const READ_AGAIN_MS = 500;
/** Unfinished uploads that one call ends; the others are for the next one. */
const UPLOADS_ENDED_MAX = 1_000;

export class S3Store implements ObjectStore {
  readonly place: string;
  readonly #requests: S3Requests;
  readonly #prefix: string;

  /** `prefix` without a slash at its ends; '' for the whole bucket. */
  constructor(access: S3Access, bucket: string, prefix: string) {
    this.place = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
    this.#requests = new S3Requests(access, bucket, this.place);
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
  }

  async put(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const key = this.#prefix + name;
    const parts = inParts(chunks, PART_BYTES);
    const first = await parts.next();
    const second = await parts.next();
    if (second.done) {
      await this.#requests.send({ method: 'PUT', key, body: first.value ?? new Uint8Array() });
      return;
    }
    const upload = await this.#begin(key);
    try {
      const etags: string[] = [];
      for (let part = first; ; ) {
        etags.push(
          await this.#uploadPart(key, upload, etags.length + 1, part.value as Uint8Array<ArrayBuffer>),
        );
        if (etags.length === 1) part = second;
        else part = await parts.next();
        if (part.done) break;
      }
      await this.#complete(key, upload, etags);
    } catch (error) {
      await parts.return(undefined).catch(() => {});
      await this.#requests.send({ method: 'DELETE', key, query: { uploadId: upload } }).catch(() => {});
      throw error;
    }
  }

  async #begin(key: string): Promise<string> {
    const answer = await this.#requests.send({ method: 'POST', key, query: { uploads: '' } });
    const upload = valuesOf(await answer.text(), 'UploadId')[0];
    if (upload === undefined) throw new StoreFault(`${this.place}: it takes no uploads in parts.`);
    return upload;
  }

  async #uploadPart(
    key: string,
    upload: string,
    number: number,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<string> {
    const query = { partNumber: String(number), uploadId: upload };
    const answer = await this.#requests.send({ method: 'PUT', key, query, body });
    await answer.text();
    return answer.headers.get('etag') ?? '';
  }

  /** The answer begins with status 200 before the outcome is known. */
  async #complete(key: string, upload: string, etags: readonly string[]): Promise<void> {
    const parts = etags.map(
      (etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const body = new Uint8Array(
      Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`),
    );
    const answer = await this.#requests.send({ method: 'POST', key, query: { uploadId: upload }, body });
    if (!(await answer.text()).includes('<CompleteMultipartUploadResult')) {
      throw new StoreFault(`${this.place}: it did not put the parts of ${key} together. Try again.`);
    }
  }

  async *get(name: string): AsyncGenerator<Uint8Array> {
    let read = 0;
    for (let tries = 1; ; tries++) {
      const headers: Record<string, string> = read === 0 ? {} : { range: `bytes=${read}-` };
      const answer = await this.#requests.send({ method: 'GET', key: this.#prefix + name, headers });
      if (answer.status === 404 || answer.body === null) throw new ObjectMissing(this.place, name);
      try {
        for await (const chunk of answer.body) {
          read += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        if (tries === TRIES_MAX) {
          throw new StoreFault(
            `${this.place}: the connection was cut ${TRIES_MAX} times while ${name} was read.`,
            {
              cause: error,
            },
          );
        }
        await sleep(READ_AGAIN_MS);
      }
    }
  }

  async list(prefix: string): Promise<string[]> {
    const names: string[] = [];
    let more: string | undefined;
    do {
      const query: Record<string, string> = {
        'list-type': '2',
        'max-keys': LISTED_AT_ONCE,
        prefix: this.#prefix + prefix,
      };
      if (more !== undefined) query['continuation-token'] = more;
      const text = await (await this.#requests.send({ method: 'GET', key: '', query })).text();
      names.push(...valuesOf(text, 'Key').map((key) => key.slice(this.#prefix.length)));
      more =
        valuesOf(text, 'IsTruncated')[0] === 'true' ? valuesOf(text, 'NextContinuationToken')[0] : undefined;
    } while (more !== undefined);
    return names.sort();
  }

  async remove(name: string): Promise<void> {
    await this.#requests.send({ method: 'DELETE', key: this.#prefix + name });
  }

  /** Some servers can't list unfinished uploads: there a rule of the bucket has to end them. */
  async removeIncomplete(): Promise<void> {
    const query = { uploads: '', prefix: this.#prefix };
    const answer = await this.#requests.send({ method: 'GET', key: '', query });
    const text = answer.ok ? await answer.text() : '';
    const keys = valuesOf(text, 'Key');
    for (const [i, upload] of valuesOf(text, 'UploadId').slice(0, UPLOADS_ENDED_MAX).entries()) {
      await this.#requests.send({ method: 'DELETE', key: keys[i] ?? '', query: { uploadId: upload } });
    }
  }
}

/** The chunks again, each except the last with exactly `bytes` bytes. */
async function* inParts(
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  let part = new Uint8Array(bytes);
  let size = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const taken = chunk.subarray(from, from + bytes - size);
      part.set(taken, size);
      size += taken.length;
      from += taken.length;
      if (size < bytes) continue;
      yield part;
      part = new Uint8Array(bytes);
      size = 0;
    }
  }
  if (size > 0) yield part.subarray(0, size);
  return undefined;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The texts of all elements of this name. */
function valuesOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) =>
    text.replace(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => ENTITIES[entity] ?? ''),
  );
}
