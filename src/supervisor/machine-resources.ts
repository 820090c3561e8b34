/**
 * What this machine, or the container around the supervisor, has left: the disk of DATA_DIR, and the memory under the
 * limit of the control group. What the kernel does not tell (no /proc, no limit) is left out.
 */
import { readFile } from 'node:fs/promises';
import { type DiskProbe, spaceOf } from '../platform/disk.ts';
import type { Family } from '../platform/exposition.ts';

const GROUPS = '/sys/fs/cgroup';
/** Version 1 writes no limit as the largest multiple of a page. */
const NO_LIMIT = 2 ** 60;

export async function machineFamilies(data_dir: string, probe: Pick<DiskProbe, 'look'>): Promise<Family[]> {
  return [...(await diskFamilies(data_dir, probe)), ...(await memoryFamilies())];
}

async function diskFamilies(folder: string, probe: Pick<DiskProbe, 'look'>): Promise<Family[]> {
  const found = await spaceOf(folder);
  if (found === undefined) return [];
  const { sync_s, writable } = probe.look();
  return [
    gauge(
      'trackly_disk_free_bytes',
      'Bytes that this user may still write to the file system of DATA_DIR.',
      found.free_bytes,
    ),
    gauge('trackly_disk_size_bytes', 'Bytes that the file system of DATA_DIR has.', found.size_bytes),
    gauge(
      'trackly_disk_sync_seconds',
      'How long the last small file took until it was on the disk of DATA_DIR, or how long it has been waiting.',
      sync_s,
    ),
    gauge('trackly_disk_writable', '1 while a small file can be written to DATA_DIR.', writable ? 1 : 0),
  ];
}

async function memoryFamilies(): Promise<Family[]> {
  const memory = await readMemory();
  if (memory === undefined) return [];
  return [
    gauge(
      'trackly_memory_limit_bytes',
      'The memory limit of the control group; the kernel ends a process beyond it.',
      memory.limit,
    ),
    gauge(
      'trackly_memory_used_bytes',
      'Memory of the control group, without the part of the page cache that can be given up.',
      memory.used,
    ),
  ];
}

const gauge = (name: string, help: string, value: number): Family => ({
  name,
  help,
  type: 'gauge',
  values: [{ labels: {}, value }],
});

/** Limit and use, as version 2 or 1 of control groups say; undefined without a limit. `groups` is where they are mounted. */
export async function readMemory(
  groups = GROUPS,
  own = '/proc/self/cgroup',
): Promise<{ limit: number; used: number } | undefined> {
  const lines = (await text(own)).split('\n');
  const path2 = lines.find((line) => line.startsWith('0::'))?.slice(3) ?? '/';
  const path1 = lines.find((line) => /^\d+:memory:/.test(line))?.replace(/^\d+:memory:/, '') ?? '/';
  // Inside a container the group is mounted as the root, whatever its path is outside.
  for (const folder of [`${groups}${path2}`, groups]) {
    const found = await readGroup(folder, ['memory.max', 'memory.current', 'inactive_file']);
    if (found !== undefined) return found;
  }
  for (const folder of [`${groups}/memory${path1}`, `${groups}/memory`]) {
    const names = ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'] as const;
    const found = await readGroup(folder, names);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function readGroup(
  folder: string,
  [limit_file, used_file, idle_field]: readonly [string, string, string],
): Promise<{ limit: number; used: number } | undefined> {
  const limit = Number.parseInt(await text(`${folder}/${limit_file}`), 10);
  if (!(limit < NO_LIMIT)) return undefined;
  const idle = new RegExp(`^${idle_field} (\\d+)`, 'm').exec(await text(`${folder}/memory.stat`))?.[1];
  const used = Number.parseInt(await text(`${folder}/${used_file}`), 10) - Number(idle ?? 0);
  return Number.isFinite(used) ? { limit, used } : undefined;
}

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
