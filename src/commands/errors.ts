/** The messages of failed commands, and the errors of a wrong command line. */
import { parseArgs } from 'node:util';

/** The command line is wrong: exit status 2. */
export class UsageError extends Error {
  readonly code = 'usage';
}

/** One sentence for the person who ran the command. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type Options = Record<string, { type: 'string' | 'boolean'; multiple?: true }>;
type One<Type> = Type extends 'boolean' ? boolean : string;
type Values<T extends Options> = {
  [K in keyof T]?: T[K]['multiple'] extends true ? One<T[K]['type']>[] : One<T[K]['type']>;
};

/**
 * Parses `options`, whose values are texts (lists of them with `multiple`), and up to `positionals_max` other arguments. Throws UsageError for anything
 * else.
 */
export function readArguments<T extends Options>(
  args: string[],
  options: T,
  positionals_max = 0,
): { values: Values<T>; positionals: string[] } {
  let read: { values: object; positionals: string[] };
  try {
    read = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(reasonOf(error));
  }
  const { values, positionals } = read;
  if (positionals.length > positionals_max) {
    throw new UsageError(`"${positionals[positionals_max]}" is one argument too many`);
  }
  return { values: values as Values<T>, positionals };
}
