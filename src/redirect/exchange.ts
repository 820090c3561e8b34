/**
 * A request of the public listener from its beginning to its end: taps and conversions begin, end, wait for a body,
 * are late and are drained in the same way. An exchange ends once: with its answer, or when the client hangs up. One
 * that was not answered within ANSWER_WITHIN_MS, whatever stands still, is answered by its kind as late.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { type Closing, closingAsked } from './end-answer.ts';

/** Long against a restart of Redis, short against the patience of a person. */
export const ANSWER_WITHIN_MS = 5_000;
const LATE_CHECK_EVERY_MS = 250;

/** What taps and conversions each do in their own way. `Outcome` is the closed list of how they end. */
export interface ExchangeKind<Outcome extends string> {
  /** How many are open; counted by Exchanges. */
  open_count: number;
  /** Counts one that has just ended. */
  ended(exchange: Exchange<Outcome>, outcome: Outcome | 'aborted'): void;
  /** Answers one that has waited for ANSWER_WITHIN_MS. */
  answerLate(exchange: Exchange<Outcome>): void;
}

/** One request and its answer. */
export class Exchange<Outcome extends string> {
  readonly res: HttpResponse;
  readonly kind: ExchangeKind<Outcome>;
  /** Until it was answered or the client hung up. */
  open = true;
  /** Since when the client waits for us, as performance.now(): the beginning, or the end of the body. */
  waits_since = performance.now();
  /** Its position among those that are checked for lateness; -1 where it is not one of them. */
  position = -1;
  /** Whether its connection ends with it, as far as the request says. */
  readonly #closing: Closing;

  constructor(res: HttpResponse, kind: ExchangeKind<Outcome>, closing: Closing) {
    this.res = res;
    this.kind = kind;
    this.#closing = closing;
  }

  /** Whether its connection ends with it; `draining` closes those that would be kept. */
  closing(draining: boolean): Closing {
    return draining && this.#closing === '' ? 'decided' : this.#closing;
  }
}

/** All exchanges of one process. */
export class Exchanges {
  /** Set while the listeners drain: every answer closes its connection. */
  closing = false;
  /** Exchanges that have not ended, of every kind. */
  open_count = 0;
  /** A connection gets one answer and is closed. */
  readonly #one_answer: boolean;
  /** Answers that end their connection although the process goes on; none until the first one. */
  #last_of_connection: WeakSet<HttpResponse> | undefined;
  /** Those whose answer is awaited, in no order. */
  readonly #awaited: Exchange<string>[] = [];
  readonly #lateCheck = setInterval(() => this.#answerLate(), LATE_CHECK_EVERY_MS);

  constructor(options: { one_answer_per_connection: boolean } = { one_answer_per_connection: false }) {
    this.#one_answer = options.one_answer_per_connection;
  }

  /** The answer to this request is to be the last one on its connection; before its handler. */
  closeAfter(res: HttpResponse): void {
    this.#last_of_connection ??= new WeakSet();
    this.#last_of_connection.add(res);
  }

  /** Whether the answer to a request is the last one on its connection. */
  closingAfter(res: HttpResponse, req: HttpRequest): Closing {
    const asked = closingAsked(req);
    if (asked !== '') return asked;
    const last = this.closing || this.#one_answer || (this.#last_of_connection?.has(res) ?? false);
    return last ? 'decided' : '';
  }

  /**
   * Calls `write` in the response's cork. With one answer per connection it is called when the handler has returned:
   * uWebSockets.js closes a connection that has an open request when the next one is read, and one whose answer is
   * written within the handler goes on with what was sent along.
   */
  write(res: HttpResponse, write: () => void): void {
    if (!this.#one_answer) {
      res.cork(write);
      return;
    }
    let gone = false;
    res.onAborted(() => {
      gone = true;
    });
    setImmediate(() => {
      if (!gone) res.cork(write);
    });
  }

  /** Before the handler of the request returns. */
  begin<Outcome extends string>(exchange: Exchange<Outcome>): void {
    exchange.res.onAborted(() => {
      this.end(exchange, 'aborted');
    });
    this.open_count++;
    exchange.kind.open_count++;
  }

  /** From now on the exchange can be late. */
  awaitAnswer<Outcome extends string>(exchange: Exchange<Outcome>): void {
    exchange.position = this.#awaited.push(exchange) - 1;
  }

  /**
   * Calls back with the body once all of it is here, undefined where it has more than `bytes_max`. A slow sender is
   * not late with us: the answer is awaited from then on. Not called back where the client hangs up before.
   */
  readBody<Outcome extends string>(
    exchange: Exchange<Outcome>,
    bytes_max: number,
    done: (body: Buffer | undefined) => void,
  ): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    exchange.res.onData((chunk, last) => {
      bytes += chunk.byteLength;
      // The chunk is gone after this call.
      if (bytes <= bytes_max) chunks.push(Buffer.from(new Uint8Array(chunk)));
      if (!last || !exchange.open) return;
      exchange.waits_since = performance.now();
      this.awaitAnswer(exchange);
      done(bytes <= bytes_max ? Buffer.concat(chunks) : undefined);
    });
  }

  /** Ends it and counts how. False when it has ended before: nobody is there to answer. */
  end<Outcome extends string>(exchange: Exchange<Outcome>, outcome: NoInfer<Outcome> | 'aborted'): boolean {
    if (!exchange.open) return false;
    exchange.open = false;
    this.open_count--;
    exchange.kind.open_count--;
    this.#forget(exchange);
    exchange.kind.ended(exchange, outcome);
    return true;
  }

  /** After the last one. */
  stop(): void {
    clearInterval(this.#lateCheck);
  }

  /** The last one takes its position: nothing of an exchange is kept once it has ended. */
  #forget<Outcome extends string>(exchange: Exchange<Outcome>): void {
    const { position } = exchange;
    if (position < 0) return;
    const last = this.#awaited.pop();
    if (last === undefined || last.position === position) return;
    this.#awaited[position] = last;
    last.position = position;
  }

  #answerLate(): void {
    const late = performance.now() - ANSWER_WITHIN_MS;
    for (const exchange of this.#awaited.filter(({ waits_since }) => waits_since <= late)) {
      exchange.kind.answerLate(exchange);
    }
  }
}
