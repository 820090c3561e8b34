/** How many bytes does a link cost, in Redis and in a redirect process, and does the rate hold? See README.md. */

import { CLAIM_KEEP_S_MIN, claimKeys, encodeClaim, NO_PAYOUT } from '../../src/clicks/first-click.ts';
import { newClickId } from '../../src/platform/random.ts';
import { type Command, runAll } from '../../src/platform/redis.ts';
import { partitionOf } from '../../src/platform/stream-log.ts';
import { until } from '../../test/support/until.ts';
import type { Bench } from '../bench.ts';
import { type Contender, OTHER_CORE, OWN_CORE, startRedirects } from '../support/contenders.ts';
import { ACCOUNT_ID, OFFER_ID, startLinkBase } from '../support/links.ts';
import { load, warmUp } from '../support/load.ts';
import { cpuOfAll, figure, inRounds, machine, memoryOf, progress, ratio, round } from '../support/measure.ts';

const FEW = 100_000;
const MANY = 1_000_000;
const CLAIMS = 200_000;
const CONNECTIONS = 64;
const A_CALL = 10_000;
const FREED_WITHIN_MS = 60_000;

/** `--links 10000000` */
export const bench: Bench = async ({ quick, options }) => {
  const many = Number(options.links ?? MANY);
  const base = await startLinkBase();
  const redirects: Contender[] = [];
  const used = async (): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(await base.redis.info('memory'))?.[1]);
  try {
    const empty = await used();
    const few = await base.add(FEW);
    const link_bytes: Record<string, number> = { [FEW]: round(((await used()) - empty) / FEW, 0) };
    const process = await startRedirects({ name: 'durable', redis_url: base.url, core: OWN_CORE });
    redirects.push(process);
    const [pid = 0] = process.pids;
    await warmUp(process.url, few.slice(0, 20_000));
    const before_mb = memoryOf(pid);
    await warmUp(process.url, few);
    const process_bytes = round(((memoryOf(pid) - before_mb) * 1_024 * 1_024) / (FEW - 20_000), 0);
    await base.forgetClicks();

    const rest = [...few];
    while (rest.length < many) {
      for (const path of await base.add(Math.min(1_000_000, many - rest.length))) rest.push(path);
      progress(`${rest.length} links`);
    }
    link_bytes[many] = round(((await used()) - empty) / many, 0);

    // A tap of a link that no process has had in memory, as nearly every first tap is.
    const seconds = quick ? 3 : 6;
    const measures = await inRounds(
      quick ? 3 : 5,
      Object.fromEntries(
        [
          ['few', few],
          ['many', rest],
        ].map(([name, paths]) => [
          name as string,
          async () => {
            const settings = {
              url: process.url,
              paths: paths as string[],
              connections: CONNECTIONS,
              core: OTHER_CORE,
            };
            await load({ ...settings, seconds: 2 });
            const cpu = cpuOfAll(process.pids);
            const result = await load({ ...settings, seconds });
            const cpu_us = (cpuOfAll(process.pids) - cpu) / result.requests;
            await base.forgetClicks();
            return { per_s: result.per_s, cpu_us };
          },
        ]),
      ),
      (name, { per_s, cpu_us }) => `${name} links: ${per_s}/s, ${round(cpu_us)} µs`,
    );
    const of = (name: string, what: 'per_s' | 'cpu_us'): number[] =>
      (measures[name] ?? []).map((one) => one[what]);

    // What was forgotten is freed in the background, and would count against the claims.
    await until(
      async () => /lazyfree_pending_objects:0\b/.test(await base.redis.info('memory')),
      FREED_WITHIN_MS,
      () => 'Redis still frees the clicks',
    );
    const before_claims = await used();
    for (let from = 0; from < CLAIMS; from += A_CALL) {
      const commands = Array.from({ length: A_CALL }, (_, i): Command => {
        const message_id = `msg_${String(from + i).padStart(14, '0')}`;
        const subject = {
          account_id: ACCOUNT_ID,
          offer_id: OFFER_ID,
          message_id,
          link_id: '',
          contact_id: `contact-${from + i}`,
        };
        const key = claimKeys(subject, partitionOf(message_id)).message;
        return [
          'SET',
          key,
          encodeClaim(newClickId(Date.now(), 'abc1234'), NO_PAYOUT),
          'NX',
          'EX',
          CLAIM_KEEP_S_MIN,
        ];
      });
      await runAll(base.redis, commands);
    }
    return {
      ...machine(),
      redis_bytes_per_link: link_bytes,
      redis_bytes_per_first_click: round(((await used()) - before_claims) / CLAIMS, 0),
      process_bytes_per_link: process_bytes,
      few: FEW,
      many,
      rate_few: figure(of('few', 'per_s'), 0),
      rate_many: figure(of('many', 'per_s'), 0),
      cpu_us_few: figure(of('few', 'cpu_us')),
      cpu_us_many: figure(of('many', 'cpu_us')),
      rate_many_to_few: ratio(of('many', 'per_s'), of('few', 'per_s')),
    };
  } finally {
    for (const one of redirects) await one.stop();
    await base.close();
  }
};
