/**
 * Disks of a drill: a small one that can be filled, and a slow one. The slow one is a file behind a loop device with ext4, whose
 * writes the kernel throttles for one control group (blkio, version 1): a sync takes as long as on an overloaded disk of a cloud.
 * What the kernel's own threads write (the journal) is not throttled. Linux, as root.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LeftBehind } from './left-behind.ts';

const MB = 1024 * 1024;
const BLKIO = '/sys/fs/cgroup/blkio';
const MEMORY = '/sys/fs/cgroup/memory';
const SLOW_DISK_MB = 512;

const run = (...words: [string, ...string[]]): string =>
  execFileSync(words[0], words.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

export interface SmallDisk {
  path: string;
  /** Another program's file takes all that is free but `free_mb`. */
  fill(free_mb?: number): void;
  empty(): void;
}

/** A file system in memory of so many MiB. */
export function makeSmallDisk(left: LeftBehind, name: string, size_mb: number): SmallDisk {
  const path = join(left.folder, name);
  mkdirSync(path, { recursive: true });
  left.note({ kind: 'mount', name: path });
  run('mount', '-t', 'tmpfs', '-o', `size=${size_mb}m,mode=0700`, 'tmpfs', path);
  const stranger = join(path, 'somebody-elses.log');
  return {
    path,
    fill(free_mb = 0) {
      const free = Number(run('df', '--output=avail', '-B1', path).split('\n').at(-1)) - free_mb * MB;
      // The kernel says when there is no room; how much there was changes meanwhile.
      try {
        run('dd', 'if=/dev/zero', `of=${stranger}`, 'bs=64k', `count=${Math.ceil(free / (64 * 1024))}`);
      } catch (error) {
        if (!/No space/.test(String(error))) throw error;
      }
    },
    empty: () => rmSync(stranger, { force: true }),
  };
}

export interface SlowDisk {
  path: string;
  /** The control group whose writes can be throttled: a Place's `groups`. */
  group: string;
  /** Bytes a second that the group may write from now on; undefined: all. */
  throttle(bytes_per_s: number | undefined): void;
}

export function makeSlowDisk(left: LeftBehind, name: string): SlowDisk {
  const path = join(left.folder, name);
  const image = join(left.folder, `${name}.img`);
  mkdirSync(path, { recursive: true });
  run('truncate', '--size', `${SLOW_DISK_MB}M`, image);
  const device = run('losetup', '--find', '--show', image);
  left.note({ kind: 'loop', name: device });
  run('mkfs.ext4', '-q', device);
  left.note({ kind: 'mount', name: path });
  run('mount', device, path);
  const group = makeGroup(left, BLKIO, name);
  const { rdev } = statSync(device);
  const numbers = `${(rdev >> 8) & 0xfff}:${rdev & 0xff}`;
  return {
    path,
    group,
    throttle: (bytes_per_s) =>
      writeFileSync(join(group, 'blkio.throttle.write_bps_device'), `${numbers} ${bytes_per_s ?? 0}\n`),
  };
}

function makeGroup(left: LeftBehind, root: string, name: string): string {
  const group = join(root, `trackly-${process.pid}-${name}`);
  left.note({ kind: 'group', name: group });
  mkdirSync(group);
  return group;
}

export interface MemoryLimit {
  group: string;
  /** From now on the programs of the group have so many MiB; undefined: all. */
  limit(mb: number | undefined): void;
  /** MiB that they use. */
  used_mb(): number;
  /** How often the kernel has killed one of them. */
  kills(): number;
}

/** A control group (memory, version 1) as a container has it: who uses more is killed by the kernel. */
export function makeMemoryLimit(left: LeftBehind, name: string): MemoryLimit {
  const group = makeGroup(left, MEMORY, name);
  const file = (field: string): string => join(group, `memory.${field}`);
  return {
    group,
    limit: (mb) => writeFileSync(file('limit_in_bytes'), String(mb === undefined ? -1 : mb * MB)),
    used_mb: () => Number(readFileSync(file('usage_in_bytes'), 'utf8')) / MB,
    kills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(file('oom_control'), 'utf8'))?.[1] ?? 0),
  };
}
