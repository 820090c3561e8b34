/**
 * The folder of all local state: created, checked for writing, and locked by one instance at a time. It lists the
 * running processes of the instance, so that after a kill the next start can end them.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { access, constants, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newApiKey } from '../access/api-key.ts';
import { keptSecret, newPassword } from '../platform/kept-secret.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { isRunning } from '../platform/process-mark.ts';
import { sleep } from '../platform/sleep.ts';

const LOCK = 'trackly.pid';
const PROCESSES = 'processes.json';
const ORPHAN_ENDS_WITHIN_MS = 10_000;
const ORPHAN_CHECK_MS = 50;
const PRIVATE = 0o600;

/** A start failed for a reason that the operator can fix; `message` says how. */
export class StartError extends OperatorError {
  readonly code = 'can_not_start';
}

export interface DataFolder {
  path: string;
  /** Records a process of this instance, for the start after a kill; without an id removes it from the record. */
  note(name: string, pid: number | undefined): void;
  release(): Promise<void>;
}

/** Creates and locks the folder. Throws StartError with one sentence if it cannot. */
export async function holdDataFolder(path: string): Promise<DataFolder> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new StartError(
      `The data folder ${path} can't be written (${code}): give this user the right to write it, or set DATA_DIR to another folder.`,
    );
  }
  const lock = join(path, LOCK);
  for (;;) {
    try {
      await writeFile(lock, `${process.pid}\n`, { flag: 'wx', mode: PRIVATE });
      await endOrphans(path);
      const processes: Record<string, number> = {};
      return {
        path,
        note(name, pid) {
          if (pid === undefined) delete processes[name];
          else processes[name] = pid;
          // Replaced atomically, so that a kill never leaves a partial file.
          writeFileSync(join(path, `${PROCESSES}.new`), JSON.stringify(processes));
          renameSync(join(path, `${PROCESSES}.new`), join(path, PROCESSES));
        },
        async release() {
          await rm(join(path, PROCESSES), { force: true });
          await rm(lock, { force: true });
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new StartError(`The data folder ${path} can't be written: ${(error as Error).message}.`);
      }
      const holder = Number(await readFile(lock, 'utf8').catch(() => '0'));
      if (await isTrackly(holder)) {
        throw new StartError(
          `The data folder ${path} is in use by another Trackly Links (process ${holder}): stop that one, or set DATA_DIR to another folder.`,
        );
      }
      await rm(lock, { force: true });
    }
  }
}

/** The process that holds the folder now, or undefined. */
export async function holderOf(path: string): Promise<number | undefined> {
  const holder = Number(await readFile(join(path, LOCK), 'utf8').catch(() => '0'));
  return (await isTrackly(holder)) ? holder : undefined;
}

/** Whether a process with this id runs and is a supervisor; the id may have been reused by another program. */
async function isTrackly(pid: number): Promise<boolean> {
  if (!isRunning(pid) || pid === process.pid) return false;
  const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'trackly');
  return title.startsWith('trackly') || title.includes('src/main.ts');
}

/** The admin key of this installation, used if ADMIN_KEY is unset. */
export function keptAdminKey(folder: string): Promise<string> {
  return keptSecret(join(folder, 'admin.key'), newApiKey);
}

export function keptRedisPassword(folder: string): Promise<string> {
  return keptSecret(join(folder, 'redis.password'), newPassword);
}

/**
 * Ends the processes that a killed instance left running. Its Node processes drain by themselves when their supervisor
 * is gone; its Redis, which they need to drain, is stopped after them.
 */
async function endOrphans(folder: string): Promise<void> {
  const text = await readFile(join(folder, PROCESSES), 'utf8').catch(() => '{}');
  const processes = Object.entries(JSON.parse(text) as Record<string, number>);
  const isRedis = ([name]: [string, number]): boolean => name === 'redis';
  for (const [name, pid] of processes.filter((entry) => !isRedis(entry))) await untilGone(name, pid);
  for (const [name, pid] of processes.filter(isRedis)) {
    if (await isOurs(name, pid)) process.kill(pid, 'SIGTERM');
    await untilGone(name, pid);
  }
}

async function untilGone(name: string, pid: number): Promise<void> {
  const until = performance.now() + ORPHAN_ENDS_WITHIN_MS;
  while (await isOurs(name, pid)) {
    if (performance.now() > until) process.kill(pid, 'SIGKILL');
    await sleep(ORPHAN_CHECK_MS);
  }
}

/** Whether the same process still runs; its id may have been reused. */
async function isOurs(name: string, pid: number): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (command === '') return false; // a zombie
  return command === undefined || command.includes(name === 'redis' ? 'redis-server' : 'trackly');
}
