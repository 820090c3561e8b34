/**
 * Recipients who tap when they like, each on a connection of its own: the next tap does not wait for the answer to
 * the one before. Every answer with its time, and every failure with its reason, is written down. A tap is a plain
 * socket, and all of them read into one buffer, so that one process sends thousands a second beside the system under
 * test (2,500 take about a third of a core).
 */
import { connect, type Socket } from 'node:net';
import { clickIdOf, PHONE } from './phones.ts';

const ANSWER_WITHIN_MS = 15_000;
const LATE_CHECK_EVERY_MS = 1_000;
const TICK_MS = 2;
/** A sender that stood still catches up by so many taps a tick: all at once would not fit into the listeners' queues. */
const TAPS_PER_TICK_MAX = 20;
const HEAD_END = '\r\n\r\n';
const STATUS_AT = 'HTTP/1.1 '.length;
/** Far more than the head of a redirect; a longer answer comes in parts. */
const PART_BYTES_MAX = 4_096;

/** Answers in one block of memory, and bytes of a click id in it: its length and up to 31 characters. */
const BLOCK_ANSWERS = 65_536;
const ID_BYTES = 32;

/**
 * What was answered, in the order of the answers. Kept outside the heap: a sender that stands still while it collects a
 * million strings would be taken for a slow server.
 */
export class Answers {
  length = 0;
  readonly #ids: Buffer[] = [];
  readonly #times: Float64Array[] = [];

  add(click_id: string, began_ms: number, took_ms: number): void {
    if (click_id.length >= ID_BYTES) throw new Error(`a click id of ${click_id.length} characters`);
    const at = this.length++ % BLOCK_ANSWERS;
    if (at === 0) {
      this.#ids.push(Buffer.alloc(BLOCK_ANSWERS * ID_BYTES));
      this.#times.push(new Float64Array(BLOCK_ANSWERS * 2));
    }
    const ids = this.#ids.at(-1) as Buffer;
    ids[at * ID_BYTES] = ids.write(click_id, at * ID_BYTES + 1, 'latin1');
    (this.#times.at(-1) as Float64Array).set([began_ms, took_ms], at * 2);
  }

  clickIds(): string[] {
    return Array.from({ length: this.length }, (_, i) => {
      const ids = this.#ids[Math.floor(i / BLOCK_ANSWERS)] as Buffer;
      const at = (i % BLOCK_ANSWERS) * ID_BYTES;
      return ids.toString('latin1', at + 1, at + 1 + (ids[at] as number));
    });
  }

  /** When the tap of an answer began, on the clock of performance.now(). */
  began(i: number): number {
    return this.#time(i, 0);
  }

  /** From opening the connection to the end of the answer's head, in ms. */
  took(i: number): number {
    return this.#time(i, 1);
  }

  #time(i: number, which: number): number {
    return this.#times[Math.floor(i / BLOCK_ANSWERS)]?.[(i % BLOCK_ANSWERS) * 2 + which] ?? Number.NaN;
  }
}

export interface Taps {
  sent: number;
  answers: Answers;
  /** Why taps had no redirect: `ECONNRESET`, `status 503`. */
  failures: string[];
  /** How much later than due a tap began at worst: the sender's own fault. */
  late_ms: number;
}

export interface OpenLoop {
  taps: Taps;
  /** Taps no more; resolves when every tap has ended one way or the other. */
  stop(): Promise<Taps>;
}

interface Tap {
  began: number;
  socket: Socket;
  end(failure?: string): void;
}

/** Taps the links in turn, `per_second` of them, until it is stopped. */
export function startOpenLoop(
  redirect_url: string,
  link_ids: readonly string[],
  per_second: number,
): OpenLoop {
  const taps: Taps = { sent: 0, answers: new Answers(), failures: [], late_ms: 0 };
  const open = new Set<Tap>();
  const { host, hostname, port } = new URL(redirect_url);
  const headers = `Host: ${host}\r\nUser-Agent: ${PHONE}\r\nConnection: close\r\n`;
  /** Each part of an answer is read at once. */
  const buffer = Buffer.alloc(PART_BYTES_MAX);
  let idle = (): void => {};

  function start(link_id: string): void {
    const began = performance.now();
    let head = '';
    const read = (bytes: number): boolean => {
      head += buffer.toString('latin1', 0, bytes);
      if (head.includes(HEAD_END)) tap.end(note(taps, head, began));
      return true;
    };
    const socket = connect({ host: hostname, port: Number(port), onread: { buffer, callback: read } });
    const tap: Tap = {
      began,
      socket,
      end(failure) {
        if (!open.delete(tap)) return;
        if (failure !== undefined) taps.failures.push(failure);
        socket.destroy();
        if (open.size === 0) idle();
      },
    };
    open.add(tap);
    socket.on('error', (error: NodeJS.ErrnoException) => tap.end(error.code ?? error.message));
    // The other side has closed before its answer was complete.
    socket.on('close', () => tap.end('ECONNRESET'));
    socket.write(`GET /${link_id} HTTP/1.1\r\n${headers}\r\n`, 'latin1');
  }

  const began = performance.now();
  const ticking = setInterval(() => {
    const due = ((performance.now() - began) * per_second) / 1_000;
    taps.late_ms = Math.max(taps.late_ms, ((due - taps.sent) / per_second) * 1_000);
    for (let n = 0; n < TAPS_PER_TICK_MAX && taps.sent < due; n++) {
      start(link_ids[taps.sent++ % link_ids.length] ?? '');
    }
  }, TICK_MS);
  const giving_up = setInterval(() => {
    const late = performance.now() - ANSWER_WITHIN_MS;
    for (const tap of open) {
      // In the order in which they began.
      if (tap.began > late) break;
      tap.end('no answer');
    }
  }, LATE_CHECK_EVERY_MS);
  return {
    taps,
    async stop() {
      clearInterval(ticking);
      if (open.size > 0) await new Promise<void>((resolve) => (idle = resolve));
      clearInterval(giving_up);
      return taps;
    },
  };
}

/** Writes down what was answered, or returns why it was no redirect. */
function note(taps: Taps, head: string, began: number): string | undefined {
  const status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
  if (status !== 302) return `status ${status}`;
  const location = /^location: (.*)$/im.exec(head)?.[1] ?? '';
  taps.answers.add(clickIdOf({ status, location }), began, performance.now() - began);
  return undefined;
}
