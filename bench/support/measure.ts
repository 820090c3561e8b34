/** Paired measurement: contenders in turn, processor time from the kernel, medians with minimum and maximum. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Clock ticks a second of the kernel's counters; fixed for every Linux program. */
const TICKS_PER_S = 100;

/** Processor time that a process and its threads have used, in µs. Linux only. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_S) * 1e6;
}

export const cpuOfAll = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuOf(pid), 0);

/**
 * Counts the processor time of each process from now on. The returned function gives it by name, in µs for each of
 * `count` items.
 */
export function watchCpu(pids: Readonly<Record<string, number>>): (count: number) => Record<string, number> {
  const before = Object.entries(pids).map(([name, pid]) => ({ name, pid, cpu: cpuOf(pid) }));
  return (count) =>
    Object.fromEntries(before.map(({ name, pid, cpu }) => [name, round((cpuOf(pid) - cpu) / count)]));
}

/** Resident memory of a process in MB. Linux only. */
export function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
}

/** Collects all garbage of this process, which pauses meanwhile. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // The second run frees objects that the first run finalized.
  collect();
  collect();
}

export interface Figure {
  median: number;
  min: number;
  max: number;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function figure(values: readonly number[], digits = 2): Figure {
  return {
    median: round(median(values), digits),
    min: round(Math.min(...values), digits),
    max: round(Math.max(...values), digits),
  };
}

/** The value at `part` (0.99: the 99th percentile) of values in any order. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/**
 * Measures every contender once in each round, each round starting with another one, and returns all measures by name.
 * A disturbance of the machine for some seconds so affects all contenders.
 */
export async function inRounds<T>(
  rounds: number,
  contenders: Record<string, () => Promise<T>>,
  show: (name: string, measure: T) => string,
): Promise<Record<string, T[]>> {
  const names = Object.keys(contenders);
  const measures: Record<string, T[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let n = 0; n < rounds; n++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + n) % names.length] ?? '';
      const measure = await (contenders[name] as () => Promise<T>)();
      measures[name]?.push(measure);
      progress(`round ${n + 1} of ${rounds}: ${show(name, measure)}`);
    }
  }
  return measures;
}

/** Medians of the ratio of two contenders, round by round. */
export function ratio(of: readonly number[], to: readonly number[]): Figure {
  return figure(of.map((value, n) => value / (to[n] ?? Number.NaN)));
}

export const progress = (text: string): void => void process.stderr.write(`${text}\n`);

/** The environment of a run, printed with its figures. */
export function machine(): Record<string, string | number> {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain') === '' ? '' : ' and changes';
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    node: process.version,
    commit: `${git('rev-parse', '--short', 'HEAD')}${changed}`,
    date: new Date().toISOString().slice(0, 10),
    load_average: round(loadavg()[0] ?? 0),
  };
}
