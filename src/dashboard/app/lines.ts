/** Several things in one text, one a line, and back. Pure. */

/** One a line; empty lines are none. */
export const linesOf = (text = ''): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** `name=value`, one a line. */
export const pairsOf = (text = ''): Record<string, string> =>
  Object.fromEntries(
    linesOf(text).map((line) => {
      const [, name = '', value = ''] = /^([^=]*)=?(.*)$/.exec(line) ?? [];
      return [name.trim(), value.trim()];
    }),
  );
export const textOf = (pairs: Readonly<Record<string, string>> = {}): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
