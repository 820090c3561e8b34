/**
 * Syncs the private Redis's append-only file to disk, once a second. Redis itself does not sync (`appendfsync no`),
 * because with `everysec` it replies before it writes during its own sync, for up to 2 s, and a kill loses these writes
 * (flushAppendOnlyFile in Redis's aof.c). So a kill loses no answered click; a power cut loses the clicks answered
 * since the last sync began.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../platform/logger.ts';

const SYNC_EVERY_MS = 1_000;

/** Starts syncing the server's files in `dir`, until this process ends. A failed sync is logged and tried again. */
export function syncEverySecond(dir: string, logger: Logger): void {
  const sizes = new Map<string, number>();
  let running = false;
  setInterval(async () => {
    // On a slow disk, the previous sync may still run.
    if (running) return;
    running = true;
    try {
      await syncGrown(join(dir, 'appendonlydir'), sizes);
    } catch (error) {
      logger.error({ error: (error as Error).message }, 'the append-only file of Redis cannot be synced');
    }
    running = false;
  }, SYNC_EVERY_MS).unref();
}

/**
 * Syncs the files of `folder` whose size differs from that in `sizes`, and stores the new size there. Resolves with
 * their names. A file that Redis removes meanwhile was replaced by one that Redis has synced. Rejects if a sync fails.
 */
export async function syncGrown(folder: string, sizes: Map<string, number>): Promise<string[]> {
  const synced: string[] = [];
  const names = await readdir(folder).catch(onlyMissing<string[]>([]));
  for (const name of names.filter((file) => file.endsWith('.aof'))) {
    const path = join(folder, name);
    const size = await stat(path).then(({ size: bytes }) => bytes, onlyMissing(undefined));
    if (size === undefined || sizes.get(name) === size) continue;
    const file = await open(path, 'r').catch(onlyMissing(undefined));
    if (file === undefined) continue;
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
    sizes.set(name, size);
    synced.push(name);
  }
  for (const name of sizes.keys()) if (!names.includes(name)) sizes.delete(name);
  return synced;
}

const onlyMissing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
