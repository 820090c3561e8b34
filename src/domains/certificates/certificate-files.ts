/**
 * The certificates that a redirect process serves, as files in DATA_DIR/certificates/served: uWebSockets.js takes
 * nothing else, and TLS goes on with Redis away. A file holds a chain and its private key, encrypted, and is replaced as a whole, so
 * the two always belong together; the processes of a machine share the folder. What can't be written rejects, and what
 * was there stays.
 */
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PRIVATE_FOLDER = 0o700;
const PRIVATE = 0o600;
const ENDING = '.pem';
/** Of a certificate for all names one label below a domain; `*` is no part of a file's name everywhere. */
export const WILDCARD = '_';

/** ordered: copies of those in Redis. own: the operator's, as they were when they were last right. */
export type CertificateOrigin = 'ordered' | 'own';

const parentOf = (name: string): string => name.slice(name.indexOf('.') + 1);

/** The stems of files that may hold a certificate for a name: its own, and the wildcard's. */
export const stemsFor = (name: string): [own: string, wildcard: string] => [
  name,
  `${WILDCARD}.${parentOf(name)}`,
];

export class CertificateFiles {
  readonly #folder: string;

  /** `folder`: see certificateFolder. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file that is served for a name that isServerName has passed, or undefined. The operator's own win. */
  find(name: string): string | undefined {
    const [exact, wildcard] = stemsFor(name);
    const files = [this.#path('own', exact), this.#path('own', wildcard), this.#path('ordered', exact)];
    return files.find((file) => existsSync(file));
  }

  /** `at_ms` is kept as the file's time: see storedAt. Safe to repeat. */
  async write(origin: CertificateOrigin, stem: string, pem: string, at_ms: number): Promise<void> {
    const path = this.#path(origin, stem);
    const part = `${path}.${process.pid}`;
    await mkdir(join(this.#folder, origin), { recursive: true, mode: PRIVATE_FOLDER });
    await writeFile(part, pem, { mode: PRIVATE, flush: true });
    await utimes(part, at_ms / 1_000, at_ms / 1_000);
    await rename(part, path);
  }

  async remove(origin: CertificateOrigin, stem: string): Promise<void> {
    await rm(this.#path(origin, stem), { force: true });
  }

  /** The `at_ms` with which it was written, to the ms; undefined where there is none. */
  storedAt(origin: CertificateOrigin, stem: string): number | undefined {
    const stats = statSync(this.#path(origin, stem), { throwIfNoEntry: false });
    return stats === undefined ? undefined : Math.round(stats.mtimeMs);
  }

  /** The text of the file, or undefined. */
  async read(origin: CertificateOrigin, stem: string): Promise<string | undefined> {
    return readFile(this.#path(origin, stem), 'utf8').catch(() => undefined);
  }

  async stems(origin: CertificateOrigin): Promise<string[]> {
    const names = await readdir(join(this.#folder, origin)).catch(() => []);
    return names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
  }

  #path(origin: CertificateOrigin, stem: string): string {
    return join(this.#folder, origin, `${stem}${ENDING}`);
  }
}
