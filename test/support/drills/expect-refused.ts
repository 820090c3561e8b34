/** A role that can never work with its settings ends its start with one sentence, which the operator reads. */
import { HANGS_AFTER_MS, until } from '../until.ts';
import type { Stage } from './drill.ts';

/** Starts a worker beside the installation with these settings; it has to end with a sentence like `sentence`. */
export async function expectRefused(
  stage: Stage,
  settings: NodeJS.ProcessEnv,
  sentence: RegExp,
): Promise<void> {
  const refused = await stage.installation.add({ name: 'refused', role: 'worker', settings });
  stage.installation.roles.pop();
  await until(
    () => !refused.program.runs() || sentence.test(refused.program.output()),
    HANGS_AFTER_MS,
    () => `a worker does not refuse:\n${refused.program.output().slice(-2_000)}`,
  );
  const line = refused.program
    .output()
    .split('\n')
    .find((one) => sentence.test(one));
  if (line === undefined) throw new Error(`it ended with:\n${refused.program.output().slice(-2_000)}`);
  stage.see(sentenceOf(line));
  await until(
    () => !refused.program.runs(),
    HANGS_AFTER_MS,
    () => 'the worker says so, and does not end',
  );
}

/** The message of a line of the log, or the line. */
export function sentenceOf(line: string): string {
  try {
    return String((JSON.parse(line) as { msg?: string }).msg);
  } catch {
    return line.trim();
  }
}
