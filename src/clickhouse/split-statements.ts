/**
 * Splits a migration file into its statements, at the semicolons that are not inside a string, a quoted name or a
 * comment. Comments inside a statement stay in it; comments before it are removed. Pure.
 */

/** Each mark that opens a string, quoted name or comment, with the mark that closes it. */
const CLOSED_BY: Record<string, string> = { "'": "'", '"': '"', '`': '`', '--': '\n', '/*': '*/' };
const LEADING_SPACE_AND_COMMENTS = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;

/** Statements without their semicolons, in order; empty ones are left out. Throws on a string or comment left open. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let at = 0;
  while (at < sql.length) {
    const two = sql.slice(at, at + 2);
    const opener = two in CLOSED_BY ? two : (sql[at] as string);
    const closer = CLOSED_BY[opener];
    if (closer !== undefined) {
      at = endOf(sql, at, opener, closer);
    } else {
      if (opener === ';') {
        statements.push(sql.slice(start, at));
        start = at + 1;
      }
      at += 1;
    }
  }
  statements.push(sql.slice(start));
  return statements
    .map((text) => text.replace(LEADING_SPACE_AND_COMMENTS, '').trimEnd())
    .filter((text) => text !== '');
}

/**
 * The position after the string, name or comment that opens at `at`. A quote that is doubled or escaped does not close
 * it.
 */
function endOf(sql: string, at: number, opener: string, closer: string): number {
  const quoted = opener.length === 1;
  let place = at + opener.length;
  while (place < sql.length) {
    if (quoted && sql[place] === '\\') place += 2;
    else if (sql.startsWith(closer, place)) {
      place += closer.length;
      if (!quoted || sql[place] !== closer) return place;
      place += 1;
    } else place += 1;
  }
  if (opener === '--') return sql.length;
  throw new Error(`a ${opener} is never closed by ${closer}: ${sql.slice(at, at + 60)}`);
}
