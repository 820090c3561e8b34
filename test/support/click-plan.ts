/** A seeded plan of clicks, what came back for each, and what the reports must then say. */

import { seededRandom } from '../../src/platform/random.ts';
import { type Answer, BOT, clickIdOf, PHONE, type Phones } from './phones.ts';
import type { CreatedMessage } from './sender.ts';

export { seededRandom };

export interface PlannedClick {
  message: number;
  link: 0 | 1;
  bot: boolean;
}

export interface AnsweredClick extends PlannedClick {
  click_id: string;
}

export interface Counts {
  clicks_total: number;
  clicks_human: number;
  clicks_bot: number;
  clicks_unique: number;
}

/** `clicks` clicks over `messages` messages, a fifth of them by bots, many by the same contact again. */
export function planClicks(seed: number, clicks: number, messages: number): PlannedClick[] {
  const random = seededRandom(seed);
  return Array.from({ length: clicks }, () => ({
    message: Math.floor(random() * messages),
    link: random() < 0.6 ? 0 : 1,
    bot: random() < 0.2,
  }));
}

export interface Run {
  answered: AnsweredClick[];
  /** Tries that no answer came to, or the page that tries again. */
  unanswered: number;
  /** Answers that were neither a redirect nor the page that tries again. */
  wrong: Answer[];
}

const TRIES_MAX = 200;
const TRY_AGAIN_MS = 150;

/** Opens every planned link until it is answered, `at_once` at a time, and writes the answers down. */
export async function runClicks(
  phones: Phones,
  messages: readonly CreatedMessage[],
  plan: readonly PlannedClick[],
  at_once: number,
  progress: (done: number) => void = () => {},
): Promise<Run> {
  const run: Run = { answered: [], unanswered: 0, wrong: [] };
  let next = 0;
  let done = 0;
  async function open(click: PlannedClick): Promise<void> {
    const link_id = messages[click.message]?.links[click.link]?.link_id ?? '';
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const answer = await phones.open(link_id, click.bot ? BOT : PHONE);
      if (answer?.status === 302) {
        run.answered.push({ ...click, click_id: clickIdOf(answer) });
        return;
      }
      if (answer !== undefined && answer.status !== 503) {
        run.wrong.push(answer);
        return;
      }
      run.unanswered++;
      // The page that tries again does so by itself.
      await new Promise((done) => setTimeout(done, TRY_AGAIN_MS));
    }
  }
  async function phone(): Promise<void> {
    for (let click = plan[next++]; click !== undefined; click = plan[next++]) {
      await open(click);
      progress(++done);
    }
  }
  await Promise.all(Array.from({ length: at_once }, phone));
  return run;
}

/**
 * The counts that the client expects by its own books. `group` names what a click counts in; `once`
 * names what at most one human click of it is unique for.
 */
export function countClicks(
  clicks: readonly AnsweredClick[],
  group: (click: AnsweredClick) => string,
  once: (click: AnsweredClick) => string,
): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  const seen = new Set<string>();
  for (const click of clicks) {
    const key = group(click);
    const count = counts.get(key) ?? { clicks_total: 0, clicks_human: 0, clicks_bot: 0, clicks_unique: 0 };
    count.clicks_total++;
    if (click.bot) count.clicks_bot++;
    else {
      count.clicks_human++;
      const unique = once(click);
      if (!seen.has(unique)) {
        seen.add(unique);
        count.clicks_unique++;
      }
    }
    counts.set(key, count);
  }
  return counts;
}
