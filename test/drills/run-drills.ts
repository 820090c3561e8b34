/**
 * `npm run drills [-- name…] [-- --list] [-- --json file]`: breaks a real installation in the ways that an operator meets, while
 * people tap and a real Prometheus and Alertmanager look, and asserts that taps are right, that the alarm names the cause
 * within 60 s, and that it is over after the healing. Prints a table; the last line is the name of a file with the same as JSON.
 * Exit status 1 unless every drill passed. README.md says what each needs.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LeftBehind } from '../support/drills/left-behind.ts';
import { type Outcome, runDrill } from '../support/drills/run-drill.ts';
import { tableOf } from '../support/drills/table.ts';
import { DRILLS } from './drills.ts';

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    options: { list: { type: 'boolean', default: false }, json: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.list) {
    for (const { name, about } of DRILLS) console.log(`${name.padEnd(24)} ${about}`);
    return true;
  }
  const unknown = positionals.find((name) => DRILLS.every((drill) => drill.name !== name));
  if (unknown !== undefined) throw new Error(`there is no drill "${unknown}": --list shows all`);
  const chosen = DRILLS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const before = LeftBehind.undoOthers();
  if (before.runs > 0) console.error(`undid what ${before.runs} killed runs had left behind`);
  for (const line of before.failed) console.error(`not undone: ${line}`);
  const outcomes: Outcome[] = [];
  for (const drill of chosen) {
    const say = (line: string): void =>
      console.error(`${new Date().toISOString().slice(11, 19)} ${drill.name}: ${line}`);
    if (drill.needs_root === true && (process.platform !== 'linux' || process.getuid?.() !== 0)) {
      say('left out: it needs Linux and root');
      continue;
    }
    say(drill.about);
    const outcome = await runDrill(drill, say);
    say(outcome.passed ? `passed in ${outcome.took_s} s` : `FAILED: ${outcome.why}`);
    outcomes.push(outcome);
  }
  console.log(tableOf(outcomes));
  const file = values.json ?? join(tmpdir(), `drills-${new Date().toISOString().slice(0, 19)}.json`);
  writeFileSync(file, `${JSON.stringify(outcomes, null, 2)}\n`);
  console.log(file);
  return outcomes.every(({ passed }) => passed);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

main().then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
