/** One connection of raw bytes, and what came back on it. */
import { connect, type Socket } from 'node:net';
import type { Attack } from './attack.ts';

export interface Reply {
  /** Status codes in order; 100 Continue is left out. */
  statuses: number[];
  /** Every Location that was answered. */
  locations: string[];
  /** `closed` and `reset` by the server, `open` where we hung up. */
  end: 'closed' | 'reset' | 'open';
  took_ms: number;
}

/** How long an attack that reads waits for a first answer, and after that for another one. */
const ANSWER_MS = 60;
const ANOTHER_MS = 3;
/** The server closes what is idle after about 10 s. */
const HOLD_MS = 13_000;
/** A good request: far more than any answer takes on a busy machine. */
const GOOD_MS = 15_000;
/** More than all answers to one attack. */
const ANSWER_BYTES_MAX = 256 * 1024;

const STATUS = /HTTP\/1\.\d (\d{3})/g;
const LOCATION = /^Location: ([^\r\n]*)/gim;

/** `from` is the loopback address to come from; undefined for the usual one. */
export function send(port: number, from: string | undefined, attack: Attack): Promise<Reply> {
  return new Promise((resolve) => {
    const started = performance.now();
    const socket = connect({
      port,
      host: '127.0.0.1',
      ...(from === undefined ? {} : { localAddress: from }),
    });
    let text = '';
    let written = false;
    let timer: NodeJS.Timeout | undefined;
    const done = (end: Reply['end']): void => {
      clearTimeout(timer);
      socket.removeAllListeners().on('error', () => {});
      // A reset leaves no port behind that waits for a minute.
      socket.resetAndDestroy();
      resolve({
        statuses: [...text.matchAll(STATUS)]
          .map((match) => Number(match[1]))
          .filter((status) => status !== 100),
        locations: [...text.matchAll(LOCATION)].map((match) => match[1] ?? ''),
        end,
        took_ms: performance.now() - started,
      });
    };
    const within = (ms: number): void => {
      clearTimeout(timer);
      // What has arrived meanwhile is read first, however busy this process was.
      timer = setTimeout(() => {
        const read = text.length;
        setImmediate(() => (text.length > read ? within(ANOTHER_MS) : done('open')));
      }, ms);
    };
    socket.setNoDelay(true);
    socket.on('error', () => done('reset'));
    socket.on('close', () => done('closed'));
    socket.on('data', (chunk) => {
      if (text.length < ANSWER_BYTES_MAX) text += chunk.toString('latin1');
      if (!written || attack.end === 'hold') return;
      if (attack.good) done('open');
      else within(ANOTHER_MS);
    });
    within(GOOD_MS);
    socket.once('connect', async () => {
      await writeParts(socket, attack);
      written = true;
      if (socket.destroyed) return;
      if (!attack.good && attack.end === 'rst') done('open');
      else {
        if (!attack.good && attack.end === 'fin') socket.end();
        within(patienceFor(attack, text !== ''));
      }
    });
  });
}

/** How long an answer, or more of it, is waited for once all is written. */
function patienceFor({ good, end }: Attack, answered: boolean): number {
  if (good) return GOOD_MS;
  if (end === 'hold') return HOLD_MS;
  return answered ? ANOTHER_MS : ANSWER_MS;
}

async function writeParts(socket: Socket, { parts, pace_ms }: Attack): Promise<void> {
  for (const [i, part] of parts.entries()) {
    if (i > 0 && pace_ms > 0) await new Promise((done) => setTimeout(done, pace_ms));
    if (socket.destroyed) return;
    if (part !== '') socket.write(part, 'latin1');
  }
  // What is reset right after must have left before.
  await new Promise<void>((done) => (socket.destroyed ? done() : socket.write('', () => done())));
}
