/**
 * Rows of any number to the API and their answers back, both as NDJSON on one connection: the source is read as fast as
 * answers are taken, at most ROWS_AHEAD_MAX rows ahead. A connection that breaks is made again, and what was not answered
 * is sent again: rows carry ids of their own, by which the API knows them. A row that has none ends the stream then.
 */
import { type RetryNote, TracklyError } from './errors.ts';
import { linesOf } from './lines.ts';
import { backoffMs, mayPass, nothingDone, rest } from './retries.ts';
import { type Row, UnansweredRows } from './unanswered-rows.ts';

const CHUNK_CHARS = 64 * 1_024;

export interface RowStream {
  rows: AsyncIterable<unknown> | Iterable<unknown>;
  toRow(value: unknown, index: number): Row;
  /** The answer to a body; throws TracklyError where it is no success. */
  connect(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Response>;
  tries_max: number;
  signal: AbortSignal | undefined;
  on_retry: ((note: RetryNote) => void) | undefined;
}

/** The answers in the order of the rows, each with its row's `index`. */
export async function* streamRows<Answer extends object>(
  stream: RowStream,
): AsyncGenerator<Answer & { index: number }> {
  const { rows, toRow, tries_max, signal } = stream;
  const unanswered = new UnansweredRows(rows, toRow);
  const wake = (): void => unanswered.wake();
  signal?.addEventListener('abort', wake);
  try {
    for (let tries = 1; ; tries++) {
      // Without a row there is nothing to ask.
      if ((await unanswered.after(() => 0, signal)).length === 0) break;
      const connection = new Connection(stream, unanswered);
      try {
        for await (const answer of connection.answers<Answer>()) {
          tries = 1;
          yield answer;
        }
      } catch (error) {
        const wait_ms = connection.waitBeforeNext(error, tries, tries_max);
        stream.on_retry?.({ error: error as TracklyError, tries, wait_ms });
        await rest(wait_ms, signal);
      } finally {
        connection.close();
      }
    }
    signal?.throwIfAborted();
    if (unanswered.failure !== undefined) throw unanswered.failure.error;
  } finally {
    signal?.removeEventListener('abort', wake);
    unanswered.close();
  }
}

/** One request: it sends what is unanswered, and what comes. */
class Connection {
  readonly #stream: RowStream;
  readonly #unanswered: UnansweredRows;
  readonly #ended = new AbortController();
  /** How many of the unanswered rows went out on it. */
  #sent = 0;

  constructor(stream: RowStream, unanswered: UnansweredRows) {
    this.#stream = stream;
    this.#unanswered = unanswered;
  }

  /** Throws TracklyError where it breaks. */
  async *answers<Answer>(): AsyncGenerator<Answer & { index: number }> {
    const { signal, connect } = this.#stream;
    const both = signal === undefined ? this.#ended.signal : AbortSignal.any([signal, this.#ended.signal]);
    both.addEventListener('abort', () => this.#unanswered.wake(), { once: true });
    const response = await connect(this.#body(both), both);
    if (response.body === null) throw broken();
    try {
      for await (const line of linesOf(response.body)) {
        const answer = JSON.parse(line) as Answer & object;
        const row = this.#unanswered.answered();
        if (row === undefined) throw new TracklyError('unexpected', 'there are more answers than rows');
        this.#sent--;
        yield { ...answer, index: row.index };
      }
    } catch (error) {
      if (signal?.aborted || error instanceof TracklyError) throw error;
      throw broken(error);
    }
    if (!this.#unanswered.done) throw broken();
  }

  /** Throws where the rows can't be sent again, or were tried often enough. */
  waitBeforeNext(error: unknown, tries: number, tries_max: number): number {
    if (!(error instanceof TracklyError) || !mayPass(error) || tries >= tries_max) throw error;
    const lost = this.#unanswered.rows.slice(0, this.#sent).find(({ repeatable }) => !repeatable);
    if (lost !== undefined && !nothingDone(error)) {
      throw new TracklyError(
        'interrupted',
        `the connection broke before row ${lost.index} was answered; it has no id of its own, so it is not sent again: look whether it was taken, and go on from there`,
        { cause: error },
      );
    }
    return Math.max(error.retry_after_ms ?? 0, backoffMs(tries));
  }

  close(): void {
    this.#ended.abort();
  }

  #body(ended: AbortSignal): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const rows = await this.#unanswered.after(() => this.#sent, ended);
          let text = '';
          for (const { line } of rows) {
            text += line;
            this.#sent++;
            if (text.length >= CHUNK_CHARS) break;
          }
          if (text === '') controller.close();
          else controller.enqueue(encoder.encode(text));
        },
      },
      { highWaterMark: 0 },
    );
  }
}

const broken = (cause?: unknown): TracklyError =>
  new TracklyError('unreachable', 'the connection ended before every row was answered', { cause });
