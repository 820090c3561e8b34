/**
 * Where an export's files go: a folder of the installation, below EXPORT_DIR and never a path of the caller's; or a bucket
 * of the account's, whose keys are sealed under the installation's. The worker sends to the bucket itself, so that the
 * address is looked at when it is connected to, no matter what its name leads to by then, and ClickHouse needs neither
 * the keys nor the right to reach networks or files.
 */
import { join } from 'node:path';
import type { InstallationKeySource } from '../../access/key-ring.ts';
import { decrypt, encrypt, SealError } from '../../access/sealed.ts';
import { FolderStore } from '../../platform/object-store/folder-store.ts';
import { type ObjectStore, StoreFault } from '../../platform/object-store/object-store.ts';
import { fetchOutside } from '../../platform/outside-request.ts';
import { type Bucket, type BucketKeys, type Export, KEYS_SEALED_FOR } from './export.ts';

const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

export interface StoreSettings {
  /** EXPORT_DIR. */
  export_dir: string;
  /** Whose disk keeps a reserve. */
  data_dir: string;
  disk_reserve_bytes: number | undefined;
  allow_private_endpoints: boolean;
  keys: InstallationKeySource;
}

export const folderOf = (export_dir: string, account_id: string, export_id: string): string =>
  join(export_dir, account_id, export_id);

export const sealKeys = (keys: InstallationKeySource, export_id: string, given: BucketKeys): string =>
  encrypt(keys, KEYS_SEALED_FOR(export_id), JSON.stringify(given));

/** Names below it begin with the export's id. Rejects with StoreFault where it can't be opened. */
export async function openDestination(settings: StoreSettings, one: Export): Promise<ObjectStore> {
  const { destination, account_id, export_id } = one;
  if (destination.kind === 's3') return openBucket(settings, export_id, destination);
  const { export_dir, data_dir, disk_reserve_bytes } = settings;
  return new FolderStore(folderOf(export_dir, account_id, export_id), {
    folder: data_dir,
    reserve_bytes: disk_reserve_bytes,
  });
}

async function openBucket(
  { keys, allow_private_endpoints }: StoreSettings,
  export_id: string,
  { endpoint, region, bucket, prefix, sealed }: Bucket,
): Promise<ObjectStore> {
  const { S3Store } = await import('../../platform/object-store/s3-store.ts');
  const access = {
    ...openKeys(keys, export_id, sealed),
    endpoint: endpoint ?? undefined,
    region,
    session_token: undefined,
    send: async (request: Request) => bounded(await fetchOutside(request, allow_private_endpoints)),
  };
  return new S3Store(access, bucket, [prefix, export_id].filter((part) => part !== '').join('/'));
}

/** Answers of the account's server are lists, at most: a longer one breaks off. */
function bounded(answer: Response): Response {
  if (answer.body === null) return answer;
  let bytes = 0;
  const body = answer.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) controller.error(new Error('the answer of the bucket is too long'));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(body, { status: answer.status, headers: answer.headers });
}

function openKeys(keys: InstallationKeySource, export_id: string, sealed: string): BucketKeys {
  try {
    return JSON.parse(decrypt(keys, KEYS_SEALED_FOR(export_id), sealed)) as BucketKeys;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new StoreFault('the keys of the bucket can no longer be read: give them again.');
  }
}

/** What the account calls the settings that the operator knows by other names. */
const NAMES: Readonly<Record<string, string>> = {
  AWS_SECRET_ACCESS_KEY: 'secret_access_key',
  AWS_ACCESS_KEY_ID: 'access_key_id',
  AWS_SESSION_TOKEN: 'the session',
  AWS_REGION: 'region',
  AWS_ENDPOINT_URL: 'endpoint',
};

/** A fault of a store in words for the account: without names of settings and paths of the operator's. */
export function faultOf({ message }: StoreFault, { destination }: Export, place: string): string {
  if (destination.kind === 'folder') {
    return `exports${message.startsWith(place) ? message.slice(place.length) : `: ${message}`}`;
  }
  return message.replace(/AWS_[A-Z_]+/g, (name) => NAMES[name] ?? name);
}
