/**
 * The order of test files: the longest of each group first, so that all workers end together. Seconds come from
 * test/times.json, measured by `npm test -- --reporter=default --reporter=./test/support/write-times.ts`; a file that is
 * not in it goes first.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export const TIMES_FILE = new URL('../times.json', import.meta.url);

export function readTimes(): Record<string, number> {
  return existsSync(TIMES_FILE) ? JSON.parse(readFileSync(TIMES_FILE, 'utf8')) : {};
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const times = readTimes();
    const seconds = ({ moduleId }: TestSpecification): number =>
      times[relative(this.ctx.config.root, moduleId)] ?? Number.POSITIVE_INFINITY;
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder ?? 0;
    // Two files that nobody has measured: infinity minus infinity is no number.
    return files.toSorted((a, b) => group(a) - group(b) || seconds(b) - seconds(a) || 0);
  }
}
