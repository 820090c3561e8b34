import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderStore } from '../../../src/platform/object-store/folder-store.ts';
import { getText, type ObjectStore, putText } from '../../../src/platform/object-store/object-store.ts';
import { type S3Server, startS3 } from '../../support/s3.ts';

/** More than two parts of an upload. */
const LARGE_BYTES = 2 * 16 * 1024 * 1024 + 5;

let s3: S3Server;
let folder: string;

beforeAll(async () => {
  s3 = await startS3();
  folder = await mkdtemp(join(tmpdir(), 'trackly-store-'));
});

afterAll(async () => {
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

async function* repeated(bytes: number, fails = false): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(1_000_003, 'x');
  for (let left = bytes; left > 0; left -= chunk.length) yield chunk.subarray(0, left);
  if (fails) throw new Error('the source failed');
}

async function sizeOf(store: ObjectStore, name: string): Promise<number> {
  let bytes = 0;
  for await (const chunk of store.get(name)) bytes += chunk.length;
  return bytes;
}

describe.each([
  ['a folder', () => new FolderStore(join(folder, 'place'))],
  ['S3', () => s3.store({ prefix: 'a.place/of=ours' })],
])('%s', (_, open) => {
  it('keeps objects by name, lists them in order, and removes them', async () => {
    const store = open();
    expect(await store.list('')).toEqual([]);
    await putText(store, 'b/two', 'two');
    await putText(store, 'b/one', 'one');
    await putText(store, 'a', '');
    expect(await store.list('b/')).toEqual(['b/one', 'b/two']);
    expect([await getText(store, 'b/one'), await getText(store, 'a')]).toEqual(['one', '']);
    await store.remove('b/one');
    await store.remove('b/one');
    expect(await store.list('')).toEqual(['a', 'b/two']);
    await expect(getText(store, 'b/one')).rejects.toThrow(`${store.place} has no b/one`);
  });

  it('keeps large objects, and nothing of one whose source fails', async () => {
    const store = open();
    await store.put('large', repeated(LARGE_BYTES));
    expect(await sizeOf(store, 'large')).toBe(LARGE_BYTES);
    await expect(store.put('failed', repeated(LARGE_BYTES, true))).rejects.toThrow('the source failed');
    await expect(store.put('failed', repeated(10, true))).rejects.toThrow('the source failed');
    expect(await store.list('')).not.toContain('failed');
  });
});

it('a folder does not list what a killed writer left, and removes it', async () => {
  await mkdir(join(folder, 'killed/b'), { recursive: true });
  await writeFile(join(folder, 'killed/b/half.part'), 'half');
  const store = new FolderStore(join(folder, 'killed'));
  expect(await store.list('')).toEqual([]);
  await store.removeIncomplete();
  expect(await readdir(join(folder, 'killed/b'))).toEqual([]);
});

it('a folder says in one sentence why it can not be written', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(putText(new FolderStore(join(folder, 'file')), 'a', 'text')).rejects.toThrow(
    /file: it is a file: give a folder\.$/,
  );
});

it('a folder leaves the reserve of the disk that it shares alone', async () => {
  const kept_free = { folder, reserve_bytes: Number.MAX_SAFE_INTEGER };
  const store = new FolderStore(join(folder, 'shared'), kept_free);
  await expect(putText(store, 'a', 'text')).rejects.toThrow(/its disk is that of DATA_DIR.*DISK_RESERVE_MB/);
  expect(await store.list('')).toEqual([]);
  await putText(new FolderStore(join(folder, 'shared'), { folder, reserve_bytes: 0 }), 'a', 'text');
  const elsewhere = { ...kept_free, folder: join(folder, 'no-such-folder') };
  await putText(new FolderStore(join(folder, 'shared'), elsewhere), 'b', 'text');
});

describe('S3 says in one sentence', () => {
  it.each([
    ['that the secret is wrong', { secret: 'wrong' }, 's3://backups: AWS_SECRET_ACCESS_KEY does not fit'],
    ['that there is no such bucket', { bucket: 'nothing' }, 's3://nothing: there is no such bucket'],
    ['that nothing listens', { endpoint: 'http://127.0.0.1:8999' }, "it can't be reached (ECONNREFUSED)"],
  ])('%s', async (_, given, sentence) => {
    await expect(putText(s3.store(given), 'a', 'text')).rejects.toThrow(sentence);
  });
});

/** Passes connections on to the server, and cuts each after `bytes` bytes of answers, `cuts` times. */
async function cuttingProxy(port: number, bytes: number, cuts: number): Promise<Server> {
  let left = cuts;
  const proxy = createServer((client) => {
    const server = new Socket().connect(port, '127.0.0.1');
    let seen = 0;
    client.pipe(server);
    server.on('data', (chunk) => {
      seen += chunk.length;
      client.write(chunk);
      if (seen > bytes && left > 0) {
        left -= 1;
        client.destroy();
        server.destroy();
      }
    });
    server.once('end', () => client.end());
    for (const socket of [client, server]) socket.on('error', () => {});
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  return proxy;
}

it('a download that is cut goes on where it was cut', async () => {
  await s3.store().put('cut', repeated(3_000_000));
  const port = Number(new URL(s3.environment['AWS_ENDPOINT_URL_S3'] ?? '').port);
  const proxy = await cuttingProxy(port, 1_000_000, 2);
  const address = proxy.address();
  const through = s3.store({
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
  });
  expect(await sizeOf(through, 'cut')).toBe(3_000_000);
  proxy.close();
});
