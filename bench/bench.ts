/**
 * `npm run bench -- <question>`: runs one benchmark and prints all its figures as one JSON line at the end. `--quick`
 * takes about a minute. Each folder beside this file is a question.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** Names of the options of all questions. */
type Option =
  | 'against'
  | 'clicks'
  | 'fields'
  | 'data'
  | 'links'
  | 'messages'
  | 'minutes'
  | 'misses'
  | 'processes'
  | 'rate'
  | 'seconds';

export interface BenchOptions {
  /** A run of about a minute, with fewer and shorter rounds. */
  quick: boolean;
  /** Options `--name value`, described in each question's README. */
  options: Partial<Record<Option, string>>;
}

/** Measures and resolves with the figures. */
export type Bench = (options: BenchOptions) => Promise<object>;

const questions = readdirSync(import.meta.dirname).filter((name) =>
  existsSync(join(import.meta.dirname, name, `${name}.ts`)),
);

function readArguments(): { question: string; options: BenchOptions } {
  const { tokens } = parseArgs({ strict: false, tokens: true });
  const options: Record<string, string> = {};
  let question = '';
  let quick = false;
  let name: string | undefined;
  for (const token of tokens) {
    if (token.kind === 'option') {
      if (token.name === 'quick') quick = true;
      else if (token.value !== undefined) options[token.name] = String(token.value);
      else name = token.name;
    } else if (token.kind === 'positional') {
      if (name !== undefined) options[name] = token.value;
      else question ||= token.value;
      name = undefined;
    }
  }
  return { question, options: { quick, options } };
}

const { question, options } = readArguments();
if (questions.includes(question)) {
  const { bench } = (await import(`./${question}/${question}.ts`)) as { bench: Bench };
  const figures = await bench(options);
  console.log(JSON.stringify({ question, ...figures }));
  process.exit(0);
}
console.error(`Which question? npm run bench -- <${questions.join(' | ')}> [--quick]`);
process.exit(2);
