/**
 * The rows of a stream that were read from their source and not answered yet, in order. The source is read ahead up to a
 * bound, whatever becomes of the connections that the rows go out on.
 */

/** More than the API holds back before it answers: up to two groups of 500 rows. */
export const ROWS_AHEAD_MAX = 5_000;
export const BYTES_AHEAD_MAX = 16 * 1_024 * 1_024;

export interface Row {
  /** From 0, over the whole stream. */
  index: number;
  line: string;
  /** Whether it may be sent twice. */
  repeatable: boolean;
}

export class UnansweredRows {
  readonly #rows: Row[] = [];
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown>;
  readonly #toRow: (value: unknown, index: number) => Row;
  #chars = 0;
  #read = 0;
  #ended = false;
  #failure: { error: unknown } | undefined;
  #wake = (): void => {};
  #changed = this.#nextChange();

  constructor(
    source: AsyncIterable<unknown> | Iterable<unknown>,
    toRow: (value: unknown, index: number) => Row,
  ) {
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    this.#toRow = toRow;
    void this.#pump();
  }

  /** Whether the source has ended and every row is answered. */
  get done(): boolean {
    return this.#ended && this.#rows.length === 0;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** What the source threw. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /** The rows from the `from`th unanswered one on; waits until there is one. Empty: there will be no more. */
  async after(from: () => number, ended: AbortSignal | undefined): Promise<readonly Row[]> {
    while (this.#rows.length <= from() && !this.#ended && !ended?.aborted) await this.#changed;
    return ended?.aborted ? [] : this.#rows.slice(from());
  }

  /** The oldest row is answered. */
  answered(): Row | undefined {
    const row = this.#rows.shift();
    this.#chars -= row?.line.length ?? 0;
    this.#change();
    return row;
  }

  /** Lets those go on who wait for a row. */
  wake(): void {
    this.#change();
  }

  /** Reads no more, and tells the source, which may be waiting for its next row: that is not waited for. */
  close(): void {
    const was = this.#ended;
    this.#ended = true;
    this.#change();
    if (was) return;
    const told = Promise.resolve(this.#iterator.return?.(undefined));
    told.catch(() => {});
  }

  async #pump(): Promise<void> {
    try {
      while (!this.#ended) {
        while (this.#isFull() && !this.#ended) await this.#changed;
        if (this.#ended) return;
        const { done, value } = await this.#iterator.next();
        if (this.#ended) return;
        if (done) break;
        const row = this.#toRow(value, this.#read++);
        this.#rows.push(row);
        this.#chars += row.line.length;
        this.#change();
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#ended = true;
    this.#change();
  }

  #isFull(): boolean {
    return this.#rows.length >= ROWS_AHEAD_MAX || this.#chars >= BYTES_AHEAD_MAX;
  }

  #nextChange(): Promise<void> {
    return new Promise((done) => {
      this.#wake = done;
    });
  }

  #change(): void {
    const wake = this.#wake;
    this.#changed = this.#nextChange();
    wake();
  }
}
