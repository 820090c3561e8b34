/**
 * A bound on lines that repeat: of the same message and level at most LINES_MAX a minute are written, and at its end one
 * line that says how many were left out. Messages beyond MESSAGES_MAX different ones are not counted but written.
 */
const WINDOW_MS = 60_000;
const LINES_MAX = 20;
const MESSAGES_MAX = 1_000;

interface Seen {
  line: string;
  level: number;
  count: number;
}

export class RepeatedLines {
  readonly #seen = new Map<string, Seen>();
  /** Set while a line says what was left out, which is no repetition itself. */
  #telling = false;
  readonly #tell: (left_out: number, line: string, level: number) => void;

  constructor(tell: (left_out: number, line: string, level: number) => void) {
    this.#tell = tell;
  }

  /** Whether a line is to be written; `args` are those of a pino method. */
  passes(args: readonly unknown[], level: number): boolean {
    const line = args.find((arg) => typeof arg === 'string');
    if (this.#telling || line === undefined) return true;
    const key = `${level} ${line}`;
    const seen = this.#seen.get(key);
    if (seen !== undefined) return ++seen.count <= LINES_MAX;
    if (this.#seen.size >= MESSAGES_MAX) return true;
    if (this.#seen.size === 0) setTimeout(() => this.#end(), WINDOW_MS).unref();
    this.#seen.set(key, { line, level, count: 1 });
    return true;
  }

  #end(): void {
    const repeated = [...this.#seen.values()].filter(({ count }) => count > LINES_MAX);
    this.#seen.clear();
    this.#telling = true;
    for (const { count, line, level } of repeated) this.#tell(count - LINES_MAX, line, level);
    this.#telling = false;
  }
}
