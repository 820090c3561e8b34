/** Runs one drill on a stage of its own, undoes everything whatever happened, and says how it went. */
import type { Drill, FaultSeen } from './drill.ts';
import { Stage } from './drill.ts';
import { LeftBehind } from './left-behind.ts';
import type { Books } from './tapping.ts';

/** No drill takes as long: it hangs. */
const DRILL_MS_MAX = 9 * 60_000;

export interface Outcome {
  drill: string;
  about: string;
  passed: boolean;
  /** Why it did not pass, or was not run. */
  why: string;
  took_s: number;
  books: Books | undefined;
  faults: FaultSeen[];
  saw: string[];
}

export async function runDrill(drill: Drill, say: (line: string) => void): Promise<Outcome> {
  const left = new LeftBehind();
  const stage = new Stage(left, say);
  const undo = (): void => void left.undo();
  // Also when somebody ends the run.
  process.once('exit', undo);
  const began = performance.now();
  const why = await atMost(DRILL_MS_MAX, async () => {
    await drill.run(stage);
    await stage.compare();
  }).then(
    () => '',
    (error: Error) => error.message,
  );
  if (why !== '') say(`${why}\n${stage.installation?.output() ?? ''}`);
  await stage.close().catch((error) => say(String(error)));
  const failed = left.undo();
  process.off('exit', undo);
  for (const line of failed) say(`not undone: ${line}`);
  return {
    drill: drill.name,
    about: drill.about,
    passed: why === '' && failed.length === 0,
    why: why.split('\n')[0] ?? '',
    took_s: Math.round((performance.now() - began) / 1_000),
    books: stage.books,
    faults: stage.faults,
    saw: stage.saw,
  };
}

async function atMost(ms: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it is not over after ${ms / 60_000} minutes`)), ms);
  });
  await Promise.race([work(), late]).finally(() => clearTimeout(timer));
}
