/**
 * Sends each tap when it is due, whether or not earlier taps were answered, on keep-alive connections with one request
 * at a time each. If all connections are busy the tap waits, and its latency counts from when it was due, so the taps
 * due during a pause of the server are counted too (no coordinated omission).
 */
import { connect, type Socket } from 'node:net';
import { PHONE_HEADERS } from './load.ts';
import { collectGarbage, quantile, round } from './measure.ts';

const HEADERS = Object.entries({ ...PHONE_HEADERS, Host: 'localhost' })
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');
const ANSWERED_WITHIN_MS = 30_000;
/** A connection that was idle for this long is replaced: half of the time after which servers close it. */
const UNUSED_MS_MAX = 5_000;

export interface Tap {
  /** When the tap is due, in ms after all connections are open; in ascending order. */
  due_ms: number;
  path: string;
  /** A user agent to send instead of the phone's. */
  user_agent?: string;
}

export interface OpenLoad {
  taps: number;
  errors: TapErrors;
  /** Latency in ms of each answered tap in order, and when it was due. */
  latencies: { due_ms: number; ms: number }[];
  /** The worst delay of a tap that the sender itself caused. */
  late_ms: number;
}

/** How taps fail: an answer that is not a redirect, a connection that ends before the answer, or no answer in time. */
export interface TapErrors {
  other_answers: number;
  lost_connections: number;
  unanswered: number;
}

export const noErrors = (): TapErrors => ({ other_answers: 0, lost_connections: 0, unanswered: 0 });

export const countErrors = (errors: TapErrors): number =>
  errors.other_answers + errors.lost_connections + errors.unanswered;

/**
 * Resolves when every tap was answered or has failed; failed ones are added to `errors`. Bounded by `taps` and
 * `connections`. Garbage is collected before, and almost nothing is allocated meanwhile, because pauses of the sender
 * for garbage collection would count as the server's time.
 */
export async function openLoad(
  url: string,
  taps: readonly Tap[],
  connections: number,
  errors = noErrors(),
): Promise<OpenLoad> {
  const { port, hostname } = new URL(url);
  /** By the tap's index; NaN: not answered. */
  const answered_after_ms = new Float64Array(taps.length).fill(Number.NaN);
  let late_ms = 0;
  collectGarbage();
  await new Promise<void>((resolve) => {
    const free: Connection[] = [];
    const sockets = new Set<Socket>();
    /** Indexes of taps that found no free connection, from `waited` on. */
    const waiting: number[] = [];
    let waited = 0;
    let next = 0;
    let ended = 0;
    /** The start of the first tap: when every connection is open. */
    let began = 0;
    const end = (): void => {
      ended++;
      if (ended < taps.length) return;
      clearTimeout(giving_up);
      for (const socket of sockets) socket.destroy();
      resolve();
    };
    const giving_up = setTimeout(
      () => {
        errors.unanswered = taps.length - ended;
        ended = taps.length - 1;
        end();
      },
      (taps.at(-1)?.due_ms ?? 0) + ANSWERED_WITHIN_MS,
    );
    const send = (connection: Connection, place: number): void => {
      const { path, user_agent } = taps[place] as Tap;
      const headers = user_agent === undefined ? HEADERS : `User-Agent: ${user_agent}\r\nHost: localhost\r\n`;
      connection.place = place;
      connection.socket?.write(`GET ${path} HTTP/1.1\r\n${headers}\r\n`, 'latin1');
    };
    /** Gives the connection to the tap that has waited longest, or keeps it free. */
    const release = (connection: Connection): void => {
      if (waited < waiting.length) send(connection, waiting[waited++] as number);
      else {
        connection.free_since = performance.now();
        free.push(connection);
      }
    };
    /**
     * The connection that was idle longest, so that all are used: servers close idle connections, possibly during a
     * request.
     */
    const take = (now: number): Connection | undefined => {
      let connection = free.shift();
      while (connection !== undefined && now - connection.free_since > UNUSED_MS_MAX) {
        connection.socket?.destroy();
        connection = free.shift();
      }
      return connection;
    };
    const answered = (connection: Connection): void => {
      const { place } = connection;
      connection.place = NONE;
      if (place !== NONE) {
        answered_after_ms[place] = performance.now() - began - (taps[place] as Tap).due_ms;
        end();
      }
      release(connection);
    };
    const open = (): void => {
      const connection: Connection = { place: NONE, is_redirect: false, at_beginning: true, free_since: 0 };
      const onread = {
        buffer: Buffer.alloc(ANSWER_BYTES_MAX),
        callback: (bytes: number, part: Uint8Array): boolean => {
          if (connection.at_beginning) {
            connection.is_redirect = STATUS_302.every((byte, i) => part[STATUS_AT + i] === byte);
          }
          // The contenders' redirects have no body.
          connection.at_beginning = HEAD_END.every((byte, i) => part[bytes - HEAD_END.length + i] === byte);
          if (!connection.at_beginning) return true;
          if (!connection.is_redirect) errors.other_answers++;
          answered(connection);
          return true;
        },
      };
      const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread });
      connection.socket = socket;
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        if (ended >= taps.length) return;
        if (connection.place !== NONE) {
          errors.lost_connections++;
          connection.place = NONE;
          end();
        }
        const at = free.indexOf(connection);
        if (at >= 0) free.splice(at, 1);
        open();
      });
      socket.on('connect', () => {
        release(connection);
        if (began > 0 || free.length < connections) return;
        began = performance.now();
        tick();
      });
    };
    const tick = (): void => {
      const now = performance.now();
      const now_ms = now - began;
      for (let tap = taps[next]; tap !== undefined && tap.due_ms <= now_ms; tap = taps[next]) {
        late_ms = Math.max(late_ms, now_ms - tap.due_ms);
        const connection = take(now);
        if (connection === undefined) waiting.push(next);
        else send(connection, next);
        next++;
      }
      if (next < taps.length) setTimeout(tick, 1);
    };
    for (let n = 0; n < connections; n++) open();
  });
  const latencies = taps
    .map(({ due_ms }, place) => ({ due_ms, ms: answered_after_ms[place] as number }))
    .filter(({ ms }) => !Number.isNaN(ms));
  return { taps: taps.length, errors, latencies, late_ms };
}

/** A connection with one request at a time. */
interface Connection {
  socket?: Socket;
  /** Index of the tap that it carries. */
  place: number;
  is_redirect: boolean;
  at_beginning: boolean;
  free_since: number;
}

/** The index of no tap. */
const NONE = -1;
/** Much larger than a redirect; a longer answer is read in parts. */
const ANSWER_BYTES_MAX = 4_096;
const STATUS_302 = [...Buffer.from('302')];
const STATUS_AT = 'HTTP/1.1 '.length;
const HEAD_END = [...Buffer.from('\r\n\r\n')];

/** Taps at a steady rate. */
export function steady(paths: readonly string[], per_s: number, seconds: number): Tap[] {
  return Array.from({ length: Math.round(per_s * seconds) }, (_, n) => ({
    due_ms: (n * 1_000) / per_s,
    path: paths[Math.floor(Math.random() * paths.length)] ?? '',
  }));
}

export function latencyFigures(
  latencies: readonly { ms: number }[],
): Record<'p50_ms' | 'p99_ms' | 'p999_ms' | 'max_ms', number> {
  const values = latencies.map(({ ms }) => ms);
  return {
    p50_ms: round(quantile(values, 0.5)),
    p99_ms: round(quantile(values, 0.99)),
    p999_ms: round(quantile(values, 0.999)),
    max_ms: round(quantile(values, 1)),
  };
}
