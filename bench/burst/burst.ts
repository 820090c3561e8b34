/** What does a send look like from a recipient's side? See README.md beside this file. */

import { BOT } from '../../test/support/phones.ts';
import { type CreatedMessage, createCampaign, createSender } from '../../test/support/sender.ts';
import { untilSettled } from '../../test/support/settled.ts';
import { startSystem } from '../../test/support/system.ts';
import type { Bench } from '../bench.ts';
import { machine, progress, quantile, round } from '../support/measure.ts';
import { createMessages } from '../support/messages.ts';
import {
  countErrors,
  latencyFigures,
  type OpenLoad,
  openLoad,
  steady,
  type Tap,
} from '../support/open-load.ts';

const MESSAGES = 200_000;
const MESSAGES_QUICK = 20_000;
const CONNECTIONS = 256;
/** Shares of the messages that a preview fetches within PREVIEW_MS, and that their recipients tap. */
const PREVIEWED = 0.3;
const TAPPED = 0.4;
const PREVIEW_MS = 5_000;
/** Times of taps after the send are log-normal; half of the taps come within this time. */
const MEDIAN_MS = 15_000;
const SIGMA = 0.8;
const LAST_MS = 90_000;
/** A quick run sends the same wave within this fraction of the time. */
const QUICK_PART = 1 / 3;
/**
 * An earlier, calm send: afterwards the processes have compiled their code, but have no link of the next send in
 * memory.
 */
const EARLIER_MESSAGES = 20_000;
const EARLIER_PER_S = 2_000;

/** A random number from the standard normal distribution, by Box and Muller. */
const normal = (): number =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

const firstLinks = (messages: readonly CreatedMessage[]): string[] =>
  messages.map(({ links }) => `/${links[0]?.link_id}`);

/** The times of the taps: previews in the first seconds, people after them; `part` scales the time. */
function wave(paths: readonly string[], part: number): Tap[] {
  const taps: Tap[] = [];
  for (const path of paths) {
    if (Math.random() < PREVIEWED)
      taps.push({ due_ms: part * Math.random() * PREVIEW_MS, path, user_agent: BOT });
    if (Math.random() < TAPPED)
      taps.push({ due_ms: part * Math.min(LAST_MS, MEDIAN_MS * Math.exp(SIGMA * normal())), path });
  }
  return taps.sort((a, b) => a.due_ms - b.due_ms);
}

export const bench: Bench = async ({ quick, options }) => {
  const count = Number(options.messages ?? (quick ? MESSAGES_QUICK : MESSAGES));
  const system = await startSystem({ REDIRECT_PROCESSES: '2', LOG_MB: '8192' });
  try {
    const sender = await createSender(system);
    const { creative_ids } = await createCampaign(sender, 'Burst');
    const [creative_id] = creative_ids;
    const tapped = async (taps: readonly Tap[]): Promise<OpenLoad> => {
      progress(`${taps.length} taps and previews begin`);
      return openLoad(system.redirect_url, taps, CONNECTIONS);
    };
    const earlier_count = quick ? EARLIER_MESSAGES / 2 : EARLIER_MESSAGES;
    const earlier_paths = firstLinks(await createMessages(sender, creative_id, earlier_count));
    const earlier = await tapped(steady(earlier_paths, EARLIER_PER_S, earlier_count / EARLIER_PER_S));
    const paths = firstLinks(await createMessages(sender, creative_id, count));
    const messages = earlier_paths.length + paths.length;
    const answered_before = earlier.taps - countErrors(earlier.errors);
    await untilSettled(system, answered_before, messages);
    const taps = wave(paths, quick ? QUICK_PART : 1);
    const result = await tapped(taps);
    const ended = performance.now();
    await untilSettled(system, answered_before + taps.length - countErrors(result.errors), messages);
    const settled_s = (performance.now() - ended) / 1_000;
    const seconds = new Map<number, number[]>();
    for (const { due_ms, ms } of result.latencies) {
      const second = Math.floor(due_ms / 1_000);
      seconds.set(second, [...(seconds.get(second) ?? []), ms]);
    }
    const busiest = [...seconds.values()].toSorted((a, b) => b.length - a.length).slice(0, 5);
    const report = await sender.call('GET', '/v2/reports/hours');
    return {
      ...machine(),
      messages: count,
      taps: taps.length,
      connections: CONNECTIONS,
      first_p99_ms: latencyFigures(earlier.latencies).p99_ms,
      errors: result.errors,
      late_ms: round(result.late_ms),
      ...latencyFigures(result.latencies),
      peak_per_s: busiest[0]?.length,
      peak_p99_ms: round(quantile(busiest.flat(), 0.99)),
      counted: report.body.totals.clicks_total - answered_before,
      settled_after_s: round(settled_s),
    };
  } finally {
    await system.destroy();
  }
};
