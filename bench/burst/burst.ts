/** What does a send look like from a recipient's side? See README.md beside this file. */

import { BOT } from '../../test/support/phones.ts';
import { createCampaign, createSender } from '../../test/support/sender.ts';
import { untilSettled } from '../../test/support/settled.ts';
import { startSystem } from '../../test/support/system.ts';
import type { Bench } from '../bench.ts';
import { machine, progress, quantile, round } from '../support/measure.ts';
import { countErrors, latencyFigures, openLoad, type Tap } from '../support/open-load.ts';

const MESSAGES = 200_000;
const MESSAGES_QUICK = 20_000;
const CONNECTIONS = 256;
/** Of the messages: fetched by a preview within PREVIEW_MS, and tapped by their recipient. */
const PREVIEWED = 0.3;
const TAPPED = 0.4;
const PREVIEW_MS = 5_000;
/** Taps after the send: log-normal, half of them within this time. */
const MEDIAN_MS = 15_000;
const SIGMA = 0.8;
const LAST_MS = 90_000;
/** A quick run's send: the same wave within this part of the time. */
const QUICK_PART = 1 / 3;

/** Of a standard normal distribution, by Box and Muller. */
const normal = (): number =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

export const bench: Bench = async ({ quick, options }) => {
  const count = Number(options.messages ?? (quick ? MESSAGES_QUICK : MESSAGES));
  const system = await startSystem({ REDIRECT_PROCESSES: '2', LOG_MB: '8192' });
  try {
    const sender = await createSender(system);
    const { creative_ids } = await createCampaign(sender, 'Burst');
    const paths: string[] = [];
    while (paths.length < count) {
      const messages = await sender.send(
        Array.from({ length: 1_000 }, (_, i) => ({
          contact_id: `contact-${paths.length + i}`,
          creative_id: creative_ids[0],
          fields: { first_name: 'Kim' },
        })),
      );
      for (const { links } of messages) paths.push(`/${links[0]?.link_id}`);
      if (paths.length % 20_000 === 0) progress(`${paths.length} messages created`);
    }
    await untilSettled(system, 0, count);
    const part = quick ? QUICK_PART : 1;
    const taps: Tap[] = [];
    for (const path of paths) {
      if (Math.random() < PREVIEWED)
        taps.push({ due_ms: part * Math.random() * PREVIEW_MS, path, user_agent: BOT });
      if (Math.random() < TAPPED)
        taps.push({ due_ms: part * Math.min(LAST_MS, MEDIAN_MS * Math.exp(SIGMA * normal())), path });
    }
    taps.sort((a, b) => a.due_ms - b.due_ms);
    progress(`${taps.length} taps and previews begin`);
    const result = await openLoad(system.redirect_url, taps, CONNECTIONS);
    const ended = performance.now();
    await untilSettled(system, taps.length - countErrors(result.errors), count);
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
      errors: result.errors,
      late_ms: round(result.late_ms),
      ...latencyFigures(result.latencies),
      peak_per_s: busiest[0]?.length,
      peak_p99_ms: round(quantile(busiest.flat(), 0.99)),
      counted: report.body.totals.clicks_total,
      settled_after_s: round(settled_s),
    };
  } finally {
    await system.destroy();
  }
};
