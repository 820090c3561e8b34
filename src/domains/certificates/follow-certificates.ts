/**
 * Copies the certificates of Redis to the files that this machine serves: all of them at the start and after a break,
 * then each that the change log names. A copy that can't be made now is made later; the one that is there stays, and
 * with Redis away all of them are served on.
 */
import type { ChangeListener } from '../../platform/change-log.ts';
import type { Logger } from '../../platform/logger.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { CERTIFICATES, certificateName, isServerName, type StoredCertificate } from './certificate.ts';
import type { CertificateFiles } from './certificate-files.ts';
import { readCertificate, storedCertificates } from './certificate-store.ts';

const RETRY_MS = 1_000;
/** Copies of names that are in Redis no more are removed once they are so old: an emptied Redis takes no TLS away. */
const ORPHAN_MS_MAX = 120 * 24 * 3_600 * 1_000;
/** Names that may wait; beyond it, all of them are compared. */
const WAITING_MAX = 10_000;

export interface CertificateFollowerOptions {
  redis: RedisClient;
  files: CertificateFiles;
  logger: Logger;
  /** Told of each name whose file was written or removed. */
  changed(name: string): void;
}

export class CertificateFollower implements ChangeListener {
  readonly #options: CertificateFollowerOptions;
  /** Names to copy. */
  readonly #waiting = new Set<string>();
  /** When the certificate that this process was told of was stored, by name. */
  readonly #told = new Map<string, number>();
  /** Compare all of them. */
  #all = false;
  #working: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: CertificateFollowerOptions) {
    this.#options = options;
  }

  changed(key: string): void {
    const name = certificateName(key);
    if (name === undefined || !isServerName(name)) return;
    if (this.#waiting.size >= WAITING_MAX) this.#all = true;
    else this.#waiting.add(name);
    void this.#work();
  }

  missed(): void {
    this.#all = true;
    void this.#work();
  }

  /** Resolves when all that Redis has is on disk; at once where it can't be asked: then it is tried again. */
  start(): Promise<void> {
    this.#all = true;
    return this.#work();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#working;
  }

  #work(): Promise<void> {
    this.#working ??= this.#copyAll().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async #copyAll(): Promise<void> {
    try {
      while (!this.#closed && (this.#all || this.#waiting.size > 0)) {
        if (this.#all) await this.#compare();
        for (const name of this.#waiting) {
          // Before the copy, so that a change in the meantime is not lost.
          this.#waiting.delete(name);
          await this.#copy(name).catch((error) => {
            this.#waiting.add(name);
            throw error;
          });
        }
      }
    } catch (error) {
      if (this.#closed) return;
      this.#options.logger.debug({ error }, 'certificates could not be copied from Redis; trying again');
      this.#retry = setTimeout(() => void this.#work(), RETRY_MS);
    }
  }

  /** Puts every name whose copy is not the newest among those that wait. */
  async #compare(): Promise<void> {
    const { redis, files } = this.#options;
    const stored = await storedCertificates(redis);
    for (const [name, at_ms] of stored) {
      if (!isServerName(name)) continue;
      if (files.storedAt('ordered', name) !== at_ms) this.#waiting.add(name);
      // Another process of this machine has copied it.
      else if (this.#told.get(name) !== at_ms) this.#tell(name, at_ms);
    }
    for (const name of await files.stems('ordered')) {
      const at_ms = files.storedAt('ordered', name) ?? 0;
      if (!stored.has(name) && at_ms < Date.now() - ORPHAN_MS_MAX) await files.remove('ordered', name);
    }
    this.#all = false;
  }

  async #copy(name: string): Promise<void> {
    const { redis, files, logger } = this.#options;
    const certificate = await readCertificate(redis, name);
    const at_ms = Number((await redis.zscore(CERTIFICATES, name)) ?? Date.now());
    if (certificate === undefined) await files.remove('ordered', name);
    else await files.write('ordered', name, pemOf(certificate), at_ms);
    logger.info({ name, not_after: certificate?.not_after ?? null }, 'the certificate of a name has changed');
    this.#tell(name, at_ms);
  }

  #tell(name: string, at_ms: number): void {
    this.#told.set(name, at_ms);
    this.#options.changed(name);
  }
}

/** The file of a certificate: its chain, and its private key as it is encrypted in Redis. */
const pemOf = ({ chain, key }: StoredCertificate): string => `${chain}${key}`;
