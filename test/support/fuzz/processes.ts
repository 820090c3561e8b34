/** The processes of a system under test: which they are, and how much memory they hold. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { System } from '../system.ts';

/** Process ids by name; a process that was started again has another one. */
export async function processesOf(system: System): Promise<Record<string, number>> {
  return JSON.parse(await readFile(join(system.data_dir, 'processes.json'), 'utf8')) as Record<
    string,
    number
  >;
}

/** Resident memory of the redirect processes, in MB each. */
export async function redirectMemory(system: System): Promise<number[]> {
  const processes = Object.entries(await processesOf(system)).filter(([name]) => name.startsWith('redirect'));
  return Promise.all(processes.map(async ([, pid]) => Math.round((await residentKb(pid)) / 1_024)));
}

async function residentKb(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout);
}
