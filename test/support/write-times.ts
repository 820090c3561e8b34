/** A reporter that notes in test/times.json how many seconds each file took that ran and passed; see longest-first.ts. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { readTimes, TIMES_FILE } from './longest-first.ts';

export default class WriteTimes implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const times = readTimes();
    for (const module of modules) {
      if (!module.ok()) continue;
      const { setupDuration, collectDuration, duration } = module.diagnostic();
      const seconds = (setupDuration + collectDuration + duration) / 1_000;
      times[relative(module.project.config.root, module.moduleId)] = Math.round(seconds * 10) / 10;
    }
    const sorted = Object.entries(times).toSorted(([, a], [, b]) => b - a);
    writeFileSync(TIMES_FILE, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}
