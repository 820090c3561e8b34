/** What the queue of domain checks needs to order certificates, made of the settings. */
import { join } from 'node:path';
import type { InstallationKeySource } from '../../access/key-ring.ts';
import type { Config } from '../../config.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { CertificateFiles } from './certificate-files.ts';
import type { CertificateContext } from './ensure-certificate.ts';
import { readOwnCertificate } from './own-certificates.ts';

/** The folder of the files that are served. */
export const certificateFolder = (data_dir: string): string => join(data_dir, 'certificates/served');

export function certificateContext(
  redis: RedisClient,
  keys: InstallationKeySource,
  { acme_directory, acme_email, data_dir }: Pick<Config, 'acme_directory' | 'acme_email' | 'data_dir'>,
): CertificateContext {
  const files = new CertificateFiles(certificateFolder(data_dir));
  return {
    redis,
    directory_url: acme_directory,
    email: acme_email,
    keys,
    ownCertificate: (name) => readOwnCertificate(files, name),
  };
}
