/**
 * Certificates of the operator's own: `<name>.crt` and `<name>.key` in TLS_CERTIFICATES, PEM; `_.example.com.crt` is for
 * all names one label below example.com. Each pair is checked and copied to the files that are served, with its key
 * encrypted. Changes are found within LOOK_EVERY_MS. A pair that can't be served is said once in the log, and the last
 * good one stays; so it does while the folder can't be read.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstallationKeySource } from '../../access/key-ring.ts';
import type { Logger } from '../../platform/logger.ts';
import type { CertificateSummary } from '../domain.ts';
import { isServerName } from './certificate.ts';
import { type CertificateFiles, stemsFor, WILDCARD } from './certificate-files.ts';
import { CertificateError, CHAIN_BYTES_MAX, checkCertificate, describe } from './check-certificate.ts';
import { encryptKey } from './key-encryption.ts';

const LOOK_EVERY_MS = 5_000;
/** Pairs in the folder; others are not looked at. */
const PAIRS_MAX = 1_000;

export interface OwnCertificatesOptions {
  /** TLS_CERTIFICATES. */
  folder: string;
  files: CertificateFiles;
  keys: InstallationKeySource;
  logger: Logger;
  /** Told of each pair (`go.example.com`, `_.example.com`) whose served file was written or removed. */
  changed(stem: string): void;
}

export class OwnCertificates {
  readonly #options: OwnCertificatesOptions;
  /** What each pair was when it was last read: size and times of both files. */
  readonly #seen = new Map<string, string>();
  /** What the log has said of a pair, or of the folder (''). */
  readonly #said = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: OwnCertificatesOptions) {
    this.#options = options;
  }

  /** Resolves when the pairs that are there have been looked at. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Looks at the folder now. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { folder } = this.#options;
    try {
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      const stems = names
        .filter((name) => name.endsWith('.crt'))
        .map((name) => name.slice(0, -'.crt'.length));
      if (stems.length > PAIRS_MAX)
        this.#warn('', `has more than ${PAIRS_MAX} pairs: the others are not served`);
      const looked_at = stems.toSorted().slice(0, PAIRS_MAX);
      for (const stem of looked_at) await this.#lookAt(stem);
      await this.#removeOthers(new Set(looked_at));
    } catch (error) {
      this.#warn('', `can not be read: ${error instanceof Error ? error.message : error}`);
    }
  }

  async #lookAt(stem: string): Promise<void> {
    const { files, keys, changed, logger } = this.#options;
    const name = stem.startsWith(`${WILDCARD}.`) ? `any${stem.slice(WILDCARD.length)}` : stem;
    const pair = await this.#readPair(stem);
    if (pair === undefined) return;
    try {
      if (!isServerName(name))
        throw new CertificateError('is not named for a server, as go.example.com.crt is');
      const key = readKey(pair.key);
      const checked = checkCertificate({ chain: pair.chain, key, name, now_ms: Date.now() });
      // Another process of this machine may have written it.
      if ((await files.read('own', stem))?.startsWith(checked.chain) !== true) {
        await files.write('own', stem, `${checked.chain}${encryptKey(key, keys)}`, Date.now());
      }
      this.#said.delete(stem);
      logger.info(
        { file: `${stem}.crt`, not_after: checked.not_after },
        'a certificate of your own is served',
      );
      changed(stem);
    } catch (error) {
      if (error instanceof CertificateError) this.#warn(stem, error.message);
      else {
        this.#seen.delete(stem);
        throw error;
      }
    }
  }

  /** Undefined where neither file has changed since it was read, and where one can't be read. */
  async #readPair(stem: string): Promise<{ chain: string; key: string } | undefined> {
    const paths = ['.crt', '.key'].map((ending) => join(this.#options.folder, `${stem}${ending}`));
    try {
      const stats = await Promise.all(paths.map((path) => stat(path)));
      const state = stats.map(({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`).join(', ');
      if (this.#seen.get(stem) === state) return undefined;
      this.#seen.set(stem, state);
      if (stats.some(({ size }) => size > CHAIN_BYTES_MAX)) throw new Error('it is larger than 64 KiB');
      const [chain = '', key = ''] = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
      return { chain, key };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#warn(stem, `can not be read with its .key: ${why}`);
      return undefined;
    }
  }

  /** Their pairs were taken out of the folder. */
  async #removeOthers(stems: Set<string>): Promise<void> {
    const { files, changed, logger } = this.#options;
    // Those that another process of this machine has removed already are news to this one.
    for (const stem of new Set([...this.#seen.keys(), ...(await files.stems('own'))])) {
      if (stems.has(stem)) continue;
      await files.remove('own', stem);
      this.#seen.delete(stem);
      this.#said.delete(stem);
      logger.info({ file: `${stem}.crt` }, 'a certificate of your own was taken away');
      changed(stem);
    }
  }

  /** Once, until something else is wrong with it. */
  #warn(stem: string, what: string): void {
    if (this.#said.get(stem) === what) return;
    this.#said.set(stem, what);
    const which = stem === '' ? 'the folder' : `${stem}.crt`;
    this.#options.logger.warn(`TLS_CERTIFICATES: ${which} ${what}. What was served before stays.`);
  }
}

/** Throws CertificateError; what OpenSSL says could quote the file. */
function readKey(pem: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new CertificateError(
      'has a .key that can not be read: it has to be an unencrypted private key in PEM',
    );
  }
}

/** The operator's certificate that this machine serves for the name, or undefined; it may have ended. */
export async function readOwnCertificate(
  files: CertificateFiles,
  name: string,
): Promise<CertificateSummary | undefined> {
  for (const stem of stemsFor(name)) {
    const pem = await files.read('own', stem);
    if (pem !== undefined) return describe(new X509Certificate(pem));
  }
  return undefined;
}
