/**
 * Recipients who tap when they like, each on a connection of its own: the next tap does not wait for the
 * answer to the one before. Every answer, and every failure with its reason, is written down.
 */
import { request } from 'node:http';
import { clickIdOf, PHONE } from './phones.ts';

const ANSWER_WITHIN_MS = 15_000;
const TICK_MS = 10;

export interface Taps {
  sent: number;
  click_ids: string[];
  /** Why taps had no redirect: `ECONNRESET`, `status 503`. */
  failures: string[];
}

export interface OpenLoop {
  taps: Taps;
  /** Taps no more; resolves when every tap has ended one way or the other. */
  stop(): Promise<Taps>;
}

/** Taps the links in turn, `per_second` of them, until it is stopped. */
export function startOpenLoop(
  redirect_url: string,
  link_ids: readonly string[],
  per_second: number,
): OpenLoop {
  const taps: Taps = { sent: 0, click_ids: [], failures: [] };
  const open = new Set<Promise<void>>();
  const began = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - began) * per_second) / 1_000;
    while (taps.sent < due) {
      const link_id = link_ids[taps.sent++ % link_ids.length] ?? '';
      const ended = tap(redirect_url, link_id, taps).finally(() => open.delete(ended));
      open.add(ended);
    }
  }, TICK_MS);
  return {
    taps,
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      return taps;
    },
  };
}

function tap(redirect_url: string, link_id: string, taps: Taps): Promise<void> {
  return new Promise((resolve) => {
    const end = (failure?: string): void => {
      if (failure !== undefined) taps.failures.push(failure);
      resolve();
    };
    const call = request(
      `${redirect_url}/${link_id}`,
      { agent: false, headers: { 'user-agent': PHONE } },
      (response) => {
        response.resume();
        response.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
        response.once('end', () => {
          const status = response.statusCode ?? 0;
          if (status !== 302) return end(`status ${status}`);
          taps.click_ids.push(clickIdOf({ status, location: response.headers.location ?? '' }));
          return end();
        });
      },
    );
    call.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    call.setTimeout(ANSWER_WITHIN_MS, () => call.destroy(new Error('no answer')));
    call.end();
  });
}
