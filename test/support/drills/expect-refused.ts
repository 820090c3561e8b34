/**
 * A role that can never work with its settings ends its start with one sentence, which the operator reads; one whose servers are
 * away waits, and says for what.
 */
import { HANGS_AFTER_MS, until } from '../until.ts';
import type { Stage } from './drill.ts';
import type { Program } from './program.ts';

/** A process that waits still runs after so many seconds. */
const WAITS_S = 3;

/** Starts a worker beside the installation with these settings. */
async function tryWorker(stage: Stage, settings: NodeJS.ProcessEnv): Promise<Program> {
  const { program } = await stage.installation.add({ name: 'tried', role: 'worker', settings });
  stage.installation.roles.pop();
  return program;
}

/** A worker with these settings has to end with a sentence like `sentence`. */
export async function expectRefused(
  stage: Stage,
  settings: NodeJS.ProcessEnv,
  sentence: RegExp,
): Promise<void> {
  const program = await tryWorker(stage, settings);
  await says(program, sentence);
  stage.see(lineOf(program, sentence));
  await until(
    () => !program.runs(),
    HANGS_AFTER_MS,
    () => 'the worker says so, and does not end',
  );
}

/** A worker with these settings has to say `sentence`, and to go on waiting. */
export async function expectWaiting(
  stage: Stage,
  settings: NodeJS.ProcessEnv,
  sentence: RegExp,
): Promise<void> {
  const program = await tryWorker(stage, settings);
  await says(program, sentence);
  stage.see(lineOf(program, sentence));
  await stage.wait(WAITS_S);
  if (!program.runs()) throw new Error(`it does not wait:\n${program.output().slice(-2_000)}`);
  await program.kill();
}

/** Resolves when the program has said so, or has ended. */
export const says = (program: Program, sentence: RegExp): Promise<void> =>
  until(
    () => !program.runs() || sentence.test(program.output()),
    HANGS_AFTER_MS,
    () => `${program.name} does not say ${sentence}:\n${program.output().slice(-2_000)}`,
  );

/** The message of the first line of a log like `sentence`; throws where there is none. */
export function lineOf({ name, output }: Pick<Program, 'name' | 'output'>, sentence: RegExp): string {
  const line = output()
    .split('\n')
    .find((one) => sentence.test(one));
  if (line === undefined) throw new Error(`${name} wrote:\n${output().slice(-2_000)}`);
  try {
    const { msg, message } = JSON.parse(line) as { msg?: string; message?: string };
    return message === undefined ? String(msg) : `${msg}: ${message}`;
  } catch {
    return line.trim();
  }
}
