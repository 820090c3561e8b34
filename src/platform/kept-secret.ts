/**
 * A secret that is created at its first use and stored in a file that only this user may read. Processes that ask at
 * the same time get the same secret, because the file is created atomically. Safe to repeat. Throws when the folder
 * cannot be written.
 */
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomHex } from './random.ts';

const PRIVATE = 0o600;
const PASSWORD_BYTES = 24;

/** The text in `path`, without its line end; created by `make` if the file does not exist. */
export async function keptSecret(path: string, make: () => string): Promise<string> {
  const kept = await read(path);
  if (kept !== undefined) return kept;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${process.pid}.${randomHex(4)}`;
  await writeFile(part, `${make()}\n`, { mode: PRIVATE, flush: true });
  try {
    await link(part, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(part, { force: true });
  }
  return (await read(path)) ?? '';
}

/** Replaces the secret in `path` at one moment, so that whoever reads it gets the old one or the new one. */
export async function replaceSecret(path: string, secret: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${process.pid}.${randomHex(4)}`;
  await writeFile(part, `${secret}\n`, { mode: PRIVATE, flush: true });
  await rename(part, path);
}

/** 192 bits in hex digits: it needs no escaping in an address or a configuration file. */
export const newPassword = (): string => randomHex(PASSWORD_BYTES);

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
