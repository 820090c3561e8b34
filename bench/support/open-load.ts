/**
 * Taps that come when they are due, whether or not the ones before were answered: on keep-alive connections, each with
 * one request at a time. What finds all of them busy waits, and its latency counts from when it was due, so a server that
 * stands still is not spared the taps of that time (no coordinated omission).
 */
import { connect, type Socket } from 'node:net';
import { PHONE_HEADERS } from './load.ts';
import { quantile, round } from './measure.ts';

const HEADERS = Object.entries({ ...PHONE_HEADERS, Host: 'bench' })
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');
const ANSWERED_WITHIN_MS = 30_000;

export interface Tap {
  /** From the start, in ms; in ascending order. */
  due_ms: number;
  path: string;
  /** Another user agent than the phone's. */
  user_agent?: string;
}

export interface OpenLoad {
  taps: number;
  errors: TapErrors;
  /** In ms, in the order of the answers, and when each was due. */
  latencies: { due_ms: number; ms: number }[];
  /** How much later than planned the taps went out at worst, when a connection was free: the sender's own fault. */
  late_ms: number;
}

/** How taps fail: by an answer that is no redirect, a connection that ends before the answer, none in time. */
export interface TapErrors {
  other_answers: number;
  lost_connections: number;
  unanswered: number;
}

export const noErrors = (): TapErrors => ({ other_answers: 0, lost_connections: 0, unanswered: 0 });

export const countErrors = (errors: TapErrors): number =>
  errors.other_answers + errors.lost_connections + errors.unanswered;

/** Resolves when every tap was answered or has failed; failed ones are added to `errors`. Bounded by `taps` and `connections`. */
export function openLoad(
  url: string,
  taps: readonly Tap[],
  connections: number,
  errors = noErrors(),
): Promise<OpenLoad> {
  const { port, hostname } = new URL(url);
  const result: OpenLoad = { taps: taps.length, errors, latencies: [], late_ms: 0 };
  return new Promise((resolve) => {
    const free: Socket[] = [];
    const sockets: Socket[] = [];
    const waiting: Tap[] = [];
    let next = 0;
    let ended = 0;
    const began = performance.now();
    const end = (): void => {
      ended++;
      if (ended < taps.length) return;
      clearTimeout(giving_up);
      for (const socket of sockets) socket.destroy();
      resolve(result);
    };
    const giving_up = setTimeout(
      () => {
        result.errors.unanswered = taps.length - ended;
        ended = taps.length - 1;
        end();
      },
      (taps.at(-1)?.due_ms ?? 0) + ANSWERED_WITHIN_MS,
    );
    const send = (socket: Socket, tap: Tap): void => {
      current.set(socket, tap);
      const headers =
        tap.user_agent === undefined ? HEADERS : `User-Agent: ${tap.user_agent}\r\nHost: bench\r\n`;
      socket.write(`GET ${tap.path} HTTP/1.1\r\n${headers}\r\n`);
    };
    const current = new Map<Socket, Tap>();
    const open = (): void => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      let text = '';
      sockets.push(socket);
      socket.setEncoding('latin1');
      socket.on('data', (part) => {
        text += part;
        // Every redirect of the contenders has no body.
        if (!text.endsWith('\r\n\r\n')) return;
        if (!text.startsWith('HTTP/1.1 302')) result.errors.other_answers++;
        text = '';
        const tap = current.get(socket);
        current.delete(socket);
        if (tap !== undefined) {
          result.latencies.push({ due_ms: tap.due_ms, ms: performance.now() - began - tap.due_ms });
          end();
        }
        const waited = waiting.shift();
        if (waited === undefined) free.push(socket);
        else send(socket, waited);
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        if (ended >= taps.length) return;
        if (current.has(socket)) {
          result.errors.lost_connections++;
          current.delete(socket);
          end();
        }
        const at = free.indexOf(socket);
        if (at >= 0) free.splice(at, 1);
        open();
      });
      socket.on('connect', () => free.push(socket));
    };
    for (let n = 0; n < connections; n++) open();
    const tick = (): void => {
      const now_ms = performance.now() - began;
      for (let tap = taps[next]; tap !== undefined && tap.due_ms <= now_ms; tap = taps[next]) {
        next++;
        // The one that waited longest: servers close connections that nobody uses, maybe under a tap on its way.
        const socket = free.shift();
        if (socket === undefined) waiting.push(tap);
        else {
          result.late_ms = Math.max(result.late_ms, now_ms - tap.due_ms);
          send(socket, tap);
        }
      }
      if (next < taps.length) setTimeout(tick, 1);
    };
    setTimeout(tick, 50);
  });
}

/** Taps at a steady rate. */
export function steady(paths: readonly string[], per_s: number, seconds: number): Tap[] {
  return Array.from({ length: Math.round(per_s * seconds) }, (_, n) => ({
    due_ms: 100 + (n * 1_000) / per_s,
    path: paths[Math.floor(Math.random() * paths.length)] ?? '',
  }));
}

export function latencyFigures(latencies: readonly { ms: number }[]): Record<string, number> {
  const values = latencies.map(({ ms }) => ms);
  return {
    p50_ms: round(quantile(values, 0.5)),
    p99_ms: round(quantile(values, 0.99)),
    p999_ms: round(quantile(values, 0.999)),
    max_ms: round(quantile(values, 1)),
  };
}
