/** A server that speaks S3 and checks signatures, on loopback, with a bucket `backups` in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { S3Store } from '../../src/platform/object-store/s3-store.ts';

/** The key that the server knows. */
const KEY = 'S3RVER';

export interface S3Server {
  /** The variables that reach it. */
  environment: Record<string, string>;
  store(given?: { endpoint?: string; bucket?: string; prefix?: string; secret?: string }): S3Store;
  close(): Promise<void>;
}

export async function startS3(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'trackly-s3-'));
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: 'backups' }],
  });
  const { port } = await server.run();
  const url = `http://127.0.0.1:${port}`;
  return {
    environment: { AWS_ENDPOINT_URL_S3: url, AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: KEY },
    store: ({ endpoint = url, bucket = 'backups', prefix = '', secret = KEY } = {}) =>
      new S3Store(
        {
          endpoint,
          region: 'us-east-1',
          access_key_id: KEY,
          secret_access_key: secret,
          session_token: undefined,
        },
        bucket,
        prefix,
      ),
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
