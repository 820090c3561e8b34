/**
 * Brings what the private Redis has written to the disk, once a second. Redis itself is told not to (`appendfsync no`):
 * under `everysec` it answers before it writes while its own sync is under way, for up to 2 s, and what was answered
 * then is gone when it is killed (flushAppendOnlyFile in Redis's aof.c). So a kill loses nothing that was answered, and
 * a power cut what was answered since the last sync began.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../platform/logger.ts';

const SYNC_EVERY_MS = 1_000;

/** Starts with the server in `dir`, and ends with this process. A failed sync is logged and tried again. */
export function syncEverySecond(dir: string, logger: Logger): void {
  const sizes = new Map<string, number>();
  let running = false;
  setInterval(async () => {
    // A slow disk is not asked twice at once.
    if (running) return;
    running = true;
    try {
      await syncGrown(join(dir, 'appendonlydir'), sizes);
    } catch (error) {
      logger.error({ error: (error as Error).message }, 'the append-only file of Redis can not be synced');
    }
    running = false;
  }, SYNC_EVERY_MS).unref();
}

/**
 * Syncs the files of `folder` whose size is not that in `sizes`, and notes it there. Resolves with their names. A file
 * that Redis removes meanwhile has been replaced by one that Redis has synced. Rejects where the disk does not sync.
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
