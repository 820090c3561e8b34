/**
 * What the HTTP front must know of a statement's text: whether it only reads, which format it names, and
 * for an INSERT whose data comes in the body, its parts. The engine itself does all real parsing.
 */

/** Comments and spaces before the first word. */
const LEADING = /^(?:\s+|--[^\n]*(?:\n|$)|#!?[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
const READS = /^\(*\s*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN|EXISTS|CHECK)\b/i;
const ROWS = /^\(*\s*(SELECT|WITH)\b/i;
const FORMAT = /\bFORMAT\s+([A-Za-z0-9_]+)\s*(?:SETTINGS\s+(?:[^'"`;]|'(?:[^'\\]|\\.)*')*)?;?\s*$/i;
const INSERT =
  /^INSERT\s+INTO\s+(?:TABLE\s+)?([\w.`"]+)\s*(?:\(([^)]*)\))?\s*(?:SETTINGS\s+([\s\S]+?)\s+)?FORMAT\s+([A-Za-z0-9_]+)\s*;?\s*$/i;

export function withoutComments(sql: string): string {
  return sql.replace(LEADING, '');
}

/** Whether it can't change anything: what GET and `readonly` allow. */
export function isReading(sql: string): boolean {
  return READS.test(withoutComments(sql));
}

/** Whether it is a query whose rows may be sent as they come. */
export function isSelect(sql: string): boolean {
  return ROWS.test(withoutComments(sql));
}

/** Text literals, quoted names and comments: what they hold is no part of the statement. */
const LITERALS =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`|--[^\n]*|\/\*[\s\S]*?\*\//g;
const FILES =
  /\b(?:INTO\s+OUTFILE|FROM\s+INFILE|(?:file|fileCluster|executable|filesystem)\s*\(|SOURCE\s*\(\s*(?:FILE|EXECUTABLE))/i;

/**
 * Whether it names files of this machine. A server keeps them from its users; here anyone on this machine
 * could otherwise read and write with the rights of the system.
 */
export function touchesFiles(sql: string): boolean {
  return FILES.test(sql.replace(LITERALS, ' '));
}

/** A subquery that is no table, and anything but literals after IN: they are read before the first row is there. */
const READ_FIRST =
  /(?<!\b(?:FROM|(?<!\bARRAY\s+)JOIN)\s*\(*\s*)\(\s*(?:SELECT|WITH)\b|\bIN\b(?![\s([]*['{\d-])/i;

/**
 * Whether parts of it are computed while it is planned: the engine does that in the thread that asks for a stream of
 * the rows, which is the event loop. In doubt it says yes.
 */
export function computesFirst(sql: string): boolean {
  const plain = sql.replace(LITERALS, (text) => (text.startsWith("'") ? "''" : ' x '));
  return READ_FIRST.test(plain);
}

/** The same query with its result in a new file. */
export function intoFile(sql: string, file: string, default_format: string): string {
  const text = sql
    .replace(LITERALS, (part) => (/^(?:--|\/\*)/.test(part) ? ' ' : part))
    .replace(/[\s;]+$/, '');
  const own = FORMAT.exec(text);
  const query = own === null ? text : text.slice(0, own.index);
  return `${query} INTO OUTFILE ${quote(file)} ${own === null ? `FORMAT ${default_format}` : own[0]}`;
}

/** The format that the statement names itself. */
export function formatOf(sql: string): string | undefined {
  return FORMAT.exec(sql)?.[1];
}

export interface InsertStatement {
  /** `INSERT INTO t (a, b)` */
  head: string;
  /** `a = 1, b = 2` or empty. */
  settings: string;
  format: string;
}

/** An INSERT whose rows follow in the body, or undefined. */
export function insertOf(sql: string): InsertStatement | undefined {
  const match = INSERT.exec(withoutComments(sql));
  if (match === null) return undefined;
  const [, table = '', columns, settings = '', format = ''] = match;
  return { head: `INSERT INTO ${table}${columns === undefined ? '' : ` (${columns})`}`, settings, format };
}

/** A text literal. */
export function quote(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}

const ESCAPES: Record<string, string> = { t: '\t', n: '\n', r: '\r', '0': '\0', b: '\b', f: '\f' };

/**
 * The value of `param_<name>` as the engine's bind call takes it. On the wire it is escaped as in
 * TabSeparated; the bind call escapes by itself. Within an array, tuple or map a quote stays doubled.
 */
export function parameterValue(sql: string, name: string, text: string): string | null {
  if (text === '\\N') return null;
  const type = new RegExp(`\\{\\s*${name}\\s*:\\s*([A-Za-z0-9]+)`).exec(sql)?.[1] ?? '';
  const nested = /^(Array|Tuple|Map|Nested)/.test(type);
  return text.replace(/\\([\s\S])/g, (_all, char: string) =>
    char === "'" && nested ? "''" : (ESCAPES[char] ?? char),
  );
}
