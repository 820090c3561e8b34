/**
 * The certificates of the TLS listener on this machine: copies of those in Redis, and the operator's own. With Redis
 * away the copies on disk are served on.
 */
import type { InstallationKeySource } from '../access/key-ring.ts';
import type { Config } from '../config.ts';
import { certificateFolder } from '../domains/certificates/certificate-context.ts';
import { CertificateFiles } from '../domains/certificates/certificate-files.ts';
import { CertificateFollower } from '../domains/certificates/follow-certificates.ts';
import { OwnCertificates } from '../domains/certificates/own-certificates.ts';
import type { ChangeListener } from '../platform/change-log.ts';
import type { Logger } from '../platform/logger.ts';
import type { RedisClient } from '../platform/redis.ts';
import { within } from '../platform/within.ts';

/** A machine that starts for the first time copies so long before it listens; the rest follows. */
const COPIED_WITHIN_MS = 5_000;

export class ServedCertificates implements ChangeListener {
  readonly files: CertificateFiles;
  readonly #config: Pick<Config, 'tls_certificates'>;
  readonly #logger: Logger;
  readonly #follower: CertificateFollower;
  #own: OwnCertificates | undefined;
  #tell = (_stem: string): void => {};

  constructor(redis: RedisClient, config: Pick<Config, 'data_dir' | 'tls_certificates'>, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
    this.files = new CertificateFiles(certificateFolder(config.data_dir));
    const changed = (stem: string): void => this.#tell(stem);
    this.#follower = new CertificateFollower({ redis, files: this.files, logger, changed });
  }

  /** Resolves when what is there can be served. `keys` encrypt the private keys in the files. */
  async start(keys: InstallationKeySource): Promise<void> {
    const { files } = this;
    const changed = (stem: string): void => this.#tell(stem);
    const folder = this.#config.tls_certificates;
    this.#own = new OwnCertificates({ folder, files, keys, logger: this.#logger, changed });
    await Promise.all([
      this.#own.start(),
      within(COPIED_WITHIN_MS, () => this.#follower.start()).catch(() => {}),
    ]);
  }

  /** Who is told of files that have changed, from now on. */
  onChange(tell: (stem: string) => void): void {
    this.#tell = tell;
  }

  changed(key: string): void {
    this.#follower.changed(key);
  }

  missed(): void {
    this.#follower.missed();
  }

  async close(): Promise<void> {
    await this.#own?.close();
    await this.#follower.close();
  }
}
