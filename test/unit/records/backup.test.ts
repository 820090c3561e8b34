import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderStore } from '../../../src/platform/object-store/folder-store.ts';
import { putText } from '../../../src/platform/object-store/object-store.ts';
import {
  FORMAT,
  findBackup,
  type Manifest,
  manifestName,
  type ObjectEntry,
} from '../../../src/records/backup/manifest.ts';
import { readObject, writeObject } from '../../../src/records/backup/objects.ts';
import {
  assertMayWrite,
  keptBackups,
  keySuffix,
  Manifests,
  openStore,
  removeOld,
} from '../../../src/records/backup/place.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackly-backup-unit-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const S3 = {
  endpoint: undefined,
  region: 'us-east-1',
  access_key_id: '',
  secret_access_key: '',
  session_token: undefined,
};

const objectOf = (name: string): ObjectEntry => ({ name, rows: 1, bytes: 1, sha256: '' });

function manifestOf(name: string, parts: readonly string[], follows = false): Manifest {
  return {
    format: FORMAT,
    name,
    parent: undefined,
    follows,
    installation: 'one',
    migrations: [],
    tables: [
      { table: 't', columns: ['c'], rows: 1, parts: parts.map((part) => objectOf(`parts/t/${part}`)) },
    ],
    state: objectOf(`state/${name}`),
    sums: {},
    written: { objects: 0, bytes: 0 },
  };
}

/** A place with these backups and their objects. */
async function placeWith(name: string, manifests: readonly Manifest[]): Promise<FolderStore> {
  const store = new FolderStore(join(folder, name));
  for (const manifest of manifests) {
    for (const part of [manifest.state, ...manifest.tables.flatMap(({ parts }) => parts)]) {
      await putText(store, part.name, 'x');
    }
    await putText(store, manifestName(manifest.name), JSON.stringify(manifest));
  }
  return store;
}

describe('what is kept', () => {
  it('the newest backups by number, and of those that follow only the last two', () => {
    const manifests = ['1', '2f', '3', '4f', '5f', '6'].map((name) =>
      manifestOf(name, [], name.endsWith('f')),
    );
    expect(keptBackups(manifests, 2).map(({ name }) => name)).toEqual(['3', '4f', '5f', '6']);
  });

  it('an object stays as long as a kept backup needs it; what a killed backup left goes', async () => {
    const manifests = [manifestOf('1', ['a', 'b']), manifestOf('2', ['b', 'c']), manifestOf('3', ['c', 'd'])];
    const store = await placeWith('kept', manifests);
    await putText(store, 'parts/t/unfinished', 'x');
    await putText(store, 'notes.txt', 'of the operator');
    expect(await removeOld(store, await new Manifests(store).all(), 2)).toBe(1);
    expect(await store.list('')).toEqual([
      'manifests/2.json',
      'manifests/3.json',
      'notes.txt',
      'parts/t/b',
      'parts/t/c',
      'parts/t/d',
      'state/2',
      'state/3',
    ]);
  });
});

describe('which backup', () => {
  it('is the newest, or that of the name', async () => {
    const store = await placeWith('which', [manifestOf('1', []), manifestOf('2', [])]);
    expect((await findBackup(store, undefined)).name).toBe('2');
    expect((await findBackup(store, '1')).name).toBe('1');
    await expect(findBackup(store, '3')).rejects.toThrow('holds no backup 3');
    await expect(findBackup(new FolderStore(join(folder, 'empty')), undefined)).rejects.toThrow(
      'holds no backup.',
    );
    await putText(store, manifestName('4'), '{');
    await expect(findBackup(store, undefined)).rejects.toThrow('the manifest of the backup 4 is damaged');
    await putText(store, manifestName('5'), '{"format":99}');
    await expect(findBackup(store, undefined)).rejects.toThrow('has format 99');
  });
});

describe('where', () => {
  it('a folder or a bucket; nothing else, and no bucket without a key', async () => {
    expect((await openStore(folder, S3)).place).toBe(folder);
    const access = { ...S3, access_key_id: 'a', secret_access_key: 'b' };
    expect((await openStore('s3://a-bucket/some/where/', access)).place).toBe('s3://a-bucket/some/where');
    await expect(openStore('s3://a-bucket', S3)).rejects.toThrow('needs AWS_ACCESS_KEY_ID');
    await expect(openStore('https://a-bucket', access)).rejects.toThrow('is no place for backups');
    await expect(openStore('s3://A_B', access)).rejects.toThrow('is no place for backups');
  });

  it('nothing leaves the machine unencrypted unless somebody says so', () => {
    expect(() => assertMayWrite('s3://a-bucket', [], false)).toThrow('BACKUP_RECIPIENT');
    expect(() => assertMayWrite('s3://a-bucket', [], true)).not.toThrow();
    expect(() => assertMayWrite('s3://a-bucket', ['age1'], false)).not.toThrow();
    expect(() => assertMayWrite('/mnt', [], false)).not.toThrow();
  });

  it('another key gives other names, so that everything is encrypted anew', () => {
    expect(keySuffix([])).toBe('');
    expect(keySuffix(['a', 'b'])).toBe(keySuffix(['b', 'a']));
    expect(keySuffix(['a'])).not.toBe(keySuffix(['b']));
  });
});

describe('an object', () => {
  const ROWS = Buffer.from('some rows\n'.repeat(30_000));

  async function* rows(): AsyncGenerator<Uint8Array> {
    yield ROWS;
  }

  async function read(entry: ObjectEntry, identities: string[]): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of readObject(new FolderStore(folder), entry, identities)) parts.push(part);
    return Buffer.concat(parts);
  }

  async function write(name: string, recipients: string[]): Promise<ObjectEntry> {
    return { name, rows: 1, ...(await writeObject(new FolderStore(folder), name, rows(), recipients)) };
  }

  it('is compressed, and read again as it was', async () => {
    const entry = await write('plain.zst', []);
    expect(entry.bytes).toBeLessThan(ROWS.length / 100);
    expect((await read(entry, [])).equals(ROWS)).toBe(true);
  });

  it('is encrypted, and says when the key is another one', async () => {
    const identity = await generateX25519Identity();
    const entry = await write('sealed.zst.age', [await identityToRecipient(identity)]);
    expect((await read(entry, [identity])).equals(ROWS)).toBe(true);
    await expect(read(entry, [await generateX25519Identity()])).rejects.toThrow(
      'sealed.zst.age of the backup: the key does not open it',
    );
  });

  it.each([
    ['changed', (bytes: Buffer) => bytes.fill(7, bytes.length >> 1, (bytes.length >> 1) + 1)],
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
    ['longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')])],
    ['another one', () => Buffer.from('x')],
  ])('is refused when it is %s', async (_, damage) => {
    const entry = await write('damaged.zst', []);
    const path = join(folder, entry.name);
    await writeFile(path, damage(await readFile(path)));
    await expect(read(entry, [])).rejects.toThrow(
      'damaged.zst of the backup has changed since it was written',
    );
  });

  it('says that it is missing', async () => {
    await expect(read(objectOf('none'), [])).rejects.toThrow('has no none: somebody removed it');
  });
});
