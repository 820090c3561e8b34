/** Does the memory of a redirect process grow while it works? See README.md beside this file. */
import type { Bench } from '../bench.ts';
import { OTHER_CORE, OWN_CORE, startRedirects } from '../support/contenders.ts';
import { startLinkBase } from '../support/links.ts';
import { load, warmUp } from '../support/load.ts';
import { machine, memoryOf, progress, round } from '../support/measure.ts';
import { noErrors, openLoad, steady } from '../support/open-load.ts';

const LINKS = 50_000;
const CONNECTIONS = 256;
const SLICE_S = 30;

/** `--minutes 60` */
export const bench: Bench = async ({ quick, options }) => {
  const minutes = Number(options.minutes ?? (quick ? 1 : 60));
  const base = await startLinkBase();
  const ours = await startRedirects({ name: 'durable', redis_url: base.url, core: OWN_CORE });
  try {
    const paths = await base.add(LINKS);
    await warmUp(ours.url, paths);
    const most = await load({ url: ours.url, paths, seconds: 4, connections: 64, core: OTHER_CORE });
    const rss_mb: number[] = [];
    const errors = noErrors();
    for (let slice = 0; slice < (minutes * 60) / SLICE_S; slice++) {
      await openLoad(ours.url, steady(paths, most.per_s / 2, SLICE_S), CONNECTIONS, errors);
      rss_mb.push(round(memoryOf(ours.pids[0] ?? 0), 0));
      await base.forgetClicks();
      progress(
        `${((slice + 1) * SLICE_S) / 60} minutes: ${rss_mb.at(-1)} MB, errors ${JSON.stringify(errors)}`,
      );
    }
    const tenth = Math.max(1, Math.floor(rss_mb.length / 10));
    const mean = (values: number[]): number =>
      round(values.reduce((sum, value) => sum + value, 0) / values.length, 0);
    return {
      ...machine(),
      minutes,
      per_s: Math.round(most.per_s / 2),
      errors,
      rss_mb_second_tenth: mean(rss_mb.slice(tenth, 2 * tenth)),
      rss_mb_last_tenth: mean(rss_mb.slice(-tenth)),
      rss_mb_max: Math.max(...rss_mb),
      rss_mb,
    };
  } finally {
    await ours.stop();
    await base.close();
  }
};
