/**
 * Recipients and an advertiser under chaos: taps arrive at random times whatever becomes of those before (open
 * loop), each on a connection of its own, and a recipient who gets no redirect taps again. Every answer is
 * written down; some of the answered are reported as conversions, each until somebody takes it.
 */
import { request } from 'node:http';
import { seededRandom } from '../click-plan.ts';
import { ANDROID, BOT, clickIdOf, PHONE } from '../phones.ts';
import { createNetwork } from '../postback.ts';
import type { CreatedMessage } from '../sender.ts';

const AGENTS = [PHONE, ANDROID, PHONE, ANDROID, BOT];
/** A recipient who got no redirect taps again after this, and so many times at most. */
const TAP_AGAIN_MS = 500;
const TRIES_MAX = 400;
const ANSWER_WITHIN_MS = 15_000;
/** Recipients on their way at once; beyond, a tap is skipped and counted. */
const OPEN_MAX = 3_000;
const CONVERSION_SHARE = 0.05;
const REPORTERS = 16;

export interface Books {
  offered: number;
  skipped: number;
  /** Click ids of redirects. */
  answered: string[];
  /** Pages that asked to try again, and tries without an answer or with a wrong one. */
  unavailable: number;
  redirect_errors: number;
  errors: Record<string, number>;
  /** From when the recipient was to tap first to the redirect, in ms. */
  latencies_ms: number[];
  /** Transactions that were accepted. */
  conversions: string[];
}

const addressOf = (random: () => number): string =>
  `100.${[64 + random() * 64, random() * 256, random() * 256].map(Math.floor).join('.')}`;

export interface Load {
  books: Books;
  /** No more taps; resolves when everybody has been answered. */
  end(): Promise<void>;
}

export function startLoad(
  redirect_url: string,
  messages: readonly CreatedMessage[],
  seed: number,
  rate: number,
  host?: string,
): Load {
  const random = seededRandom(seed);
  const { hostname, port } = new URL(redirect_url);
  const network = createNetwork(redirect_url, REPORTERS, host);
  const books: Books = {
    offered: 0,
    skipped: 0,
    answered: [],
    unavailable: 0,
    redirect_errors: 0,
    errors: {},
    latencies_ms: [],
    conversions: [],
  };
  let open = 0;
  let ended = false;
  const underway = new Set<Promise<void>>();

  function open_once(
    link_id: string,
    user_agent: string,
  ): Promise<{ status: number; location: string } | string> {
    // Whoever is behind a proxy has an address of his own, with limits of its own.
    const headers = {
      ...{ 'user-agent': user_agent, 'x-forwarded-for': addressOf(random) },
      ...(host === undefined ? {} : { host }),
    };
    return new Promise((resolve) => {
      const call = request({ hostname, port, path: `/${link_id}`, agent: false, headers }, (response) => {
        response.resume();
        const { statusCode: status = 0, headers } = response;
        response.once('end', () => resolve({ status, location: headers.location ?? '' }));
        response.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      });
      call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      call.setTimeout(ANSWER_WITHIN_MS, () => call.destroy(new Error('no answer')));
      call.end();
    });
  }

  async function tap(link_id: string, user_agent: string, converts: boolean, due: number): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const answer = await open_once(link_id, user_agent);
      if (typeof answer !== 'string' && answer.status === 302) {
        books.latencies_ms.push(performance.now() - due);
        const click_id = clickIdOf(answer);
        books.answered.push(click_id);
        if (converts) await convert(click_id);
        return;
      }
      noteFailure(typeof answer === 'string' ? answer : String(answer.status));
      await new Promise((done) => setTimeout(done, TAP_AGAIN_MS));
    }
    throw new Error(`a link was not redirected in ${TRIES_MAX} tries`);
  }

  /** `what`: a status, or the code of an error. */
  function noteFailure(what: string): void {
    if (what === '503') {
      books.unavailable++;
      return;
    }
    books.redirect_errors++;
    books.errors[what] = (books.errors[what] ?? 0) + 1;
  }

  async function convert(click_id: string): Promise<void> {
    const txn_id = `t-${click_id}`;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const reply = await network.report('/conv', { click_id, txn_id, event: 'sale', revenue: '1.00' });
      if (reply?.status === 200 || reply?.status === 202) {
        books.conversions.push(txn_id);
        return;
      }
      await new Promise((done) => setTimeout(done, TAP_AGAIN_MS));
    }
    throw new Error('a conversion was not taken');
  }

  async function offer(): Promise<void> {
    let due = performance.now();
    while (!ended) {
      due += (-Math.log(1 - random()) / rate) * 1_000;
      const wait_ms = due - performance.now();
      if (wait_ms > 1) await new Promise((done) => setTimeout(done, wait_ms));
      books.offered++;
      const message = messages[Math.floor(random() * messages.length)];
      const link_id = message?.links[random() < 0.6 ? 0 : 1]?.link_id ?? '';
      const agent = AGENTS[Math.floor(random() * AGENTS.length)] ?? PHONE;
      const converts = random() < CONVERSION_SHARE;
      if (open >= OPEN_MAX) {
        books.skipped++;
        continue;
      }
      open++;
      const one = tap(link_id, agent, converts, due).finally(() => {
        open--;
        underway.delete(one);
      });
      underway.add(one);
    }
  }

  const offering = offer();
  return {
    books,
    async end() {
      ended = true;
      await offering;
      await Promise.all(underway);
      network.close();
    },
  };
}
