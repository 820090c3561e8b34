/**
 * Where backups are kept, and for how many: a folder or a bucket, the keys that may read them, and the number that stays.
 * An older backup is removed only after a newer one is complete, and an object once no backup needs it.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { FolderStore, type KeptFree } from '../../platform/object-store/folder-store.ts';
import type { ObjectStore } from '../../platform/object-store/object-store.ts';
import type { S3Access } from '../../platform/object-store/s3-requests.ts';
import {
  BackupError,
  listBackups,
  type Manifest,
  manifestName,
  objectsOf,
  PARTS,
  readManifest,
  STATES,
} from './manifest.ts';
import type { Recipients } from './objects.ts';

/** Backups of `--follow` that stay: each replaces the one before it, which may just be restored. */
const FOLLOWING_KEPT = 2;
const S3_PLACE = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w./=-]*))?$/;

/**
 * Throws BackupError when the place, a folder or s3://bucket/prefix, is not one, or what it needs is not set. A folder on
 * the disk of `kept_free` leaves its reserve alone.
 */
export async function openStore(place: string, s3: S3Access, kept_free?: KeptFree): Promise<ObjectStore> {
  if (!place.includes('://')) return new FolderStore(resolve(place), kept_free);
  const [, bucket, prefix = ''] = S3_PLACE.exec(place) ?? [];
  if (bucket === undefined) {
    throw new BackupError(`"${place}" is no place for backups: give a folder, or s3://bucket/prefix.`);
  }
  if (s3.access_key_id === '' || s3.secret_access_key === '') {
    throw new BackupError(`${place} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.`);
  }
  const { S3Store } = await import('../../platform/object-store/s3-store.ts');
  return new S3Store(s3, bucket, prefix.replace(/^\/+|\/+$/g, ''));
}

/** Throws BackupError when data would leave the machine unencrypted, and nobody said that it may. */
export function assertMayWrite(to: string, recipients: Recipients, plain: boolean): void {
  if (!to.startsWith('s3://') || recipients.length > 0 || plain) return;
  throw new BackupError(
    `a backup holds addresses and secrets, and would be in ${to} unencrypted: set BACKUP_RECIPIENT to a public key (age-keygen makes one), or BACKUP_PLAIN=true.`,
  );
}

/** Ends the names of encrypted objects, so that a new key encrypts everything anew. */
export function keySuffix(recipients: Recipients): string {
  if (recipients.length === 0) return '';
  const mark = createHash('sha256')
    .update([...recipients].sort().join())
    .digest('hex')
    .slice(0, 8);
  return `.${mark}.age`;
}

/** The manifests of a place, the oldest first; each is read once. */
export class Manifests {
  readonly #store: ObjectStore;
  readonly #read = new Map<string, Manifest>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  async all(): Promise<Manifest[]> {
    const names = await listBackups(this.#store);
    for (const name of names) {
      if (!this.#read.has(name)) this.#read.set(name, await readManifest(this.#store, name));
    }
    for (const name of this.#read.keys()) if (!names.includes(name)) this.#read.delete(name);
    return names.flatMap((name) => this.#read.get(name) ?? []);
  }
}

/** The backups that stay, of those in order of time: the newest, and of `--follow` only what replaces it. */
export function keptBackups(manifests: readonly Manifest[], keep: number): Manifest[] {
  const newest = (follows: boolean, count: number): Manifest[] =>
    manifests.filter((one) => one.follows === follows).slice(-count);
  const kept = new Set([...newest(false, keep), ...newest(true, FOLLOWING_KEPT)]);
  return manifests.filter((one) => kept.has(one));
}

/**
 * Removes the backups beyond those kept, then every object that none of them needs, such as those of a backup that was
 * killed. Resolves with the number of removed backups. Nobody else may write meanwhile.
 */
export async function removeOld(
  store: ObjectStore,
  manifests: readonly Manifest[],
  keep: number,
): Promise<number> {
  const kept = keptBackups(manifests, keep);
  const old = manifests.filter((one) => !kept.includes(one));
  for (const { name } of old) await store.remove(manifestName(name));
  const needed = new Set(kept.flatMap((one) => objectsOf(one).map(({ name }) => name)));
  for (const prefix of [PARTS, STATES]) {
    for (const name of await store.list(prefix)) if (!needed.has(name)) await store.remove(name);
  }
  return old.length;
}
