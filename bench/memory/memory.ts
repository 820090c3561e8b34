/** How many bytes does a link cost, in Redis and in a redirect process, and does the rate hold? See README.md. */

import { newKeyRing } from '../../src/access/key-ring.ts';
import { restoreClaims } from '../../src/clicks/claim-store.ts';
import { ClickIds } from '../../src/clicks/click-id.ts';
import { CLAIM_KEEP_S_MIN, claimEnd, NO_PAYOUT } from '../../src/clicks/first-click.ts';
import { BatchedReader } from '../../src/platform/record-cache.ts';
import { LinkLookup } from '../../src/redirect/link-lookup.ts';
import type { Bench } from '../bench.ts';
import { type Contender, OTHER_CORE, OWN_CORE, startRedirects } from '../support/contenders.ts';
import { ACCOUNT_ID, type LinkBase, OFFER_ID, startLinkBase } from '../support/links.ts';
import { load, warmUp } from '../support/load.ts';
import {
  collectGarbage,
  cpuOfAll,
  figure,
  inRounds,
  machine,
  memoryOf,
  progress,
  ratio,
  round,
} from '../support/measure.ts';

const click_ids = new ClickIds({ ring: newKeyRing('0'.repeat(64), 0) });

const FEW = 100_000;
const MANY = 1_000_000;
const MANY_QUICK = 500_000;
const CONNECTIONS = 64;
const WARM_LINKS = 20_000;
const A_CALL = 10_000;
/** First clicks in one step; calls with more would be slow. */
const CLAIMS_A_CALL = 1_000;

const usedBy = async ({ redis }: LinkBase): Promise<number> =>
  Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);

/** Size of the heap after garbage collection. */
function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Bytes of the heap for a link in the memory of a redirect process. */
async function lruBytes({ redis }: LinkBase, paths: readonly string[]): Promise<number> {
  const { links } = new LinkLookup(new BatchedReader(redis));
  const loadAll = async (part: readonly string[]): Promise<void> => {
    for (let from = 0; from < part.length; from += A_CALL) {
      await Promise.all(part.slice(from, from + A_CALL).map((path) => links.load(path.slice(1))));
    }
  };
  await loadAll(paths.slice(0, WARM_LINKS));
  const before = heapUsed();
  await loadAll(paths.slice(WARM_LINKS));
  return round((heapUsed() - before) / (paths.length - WARM_LINKS), 0);
}

/** Bytes of Redis for each of `first_clicks`, in a server without other data, because hash tables grow in steps. */
async function firstClickBytes(first_clicks: number): Promise<number> {
  const base = await startLinkBase();
  try {
    const empty = await usedBy(base);
    const ends = claimEnd(CLAIM_KEEP_S_MIN);
    for (let from = 0; from < first_clicks; from += CLAIMS_A_CALL) {
      const clicks = Array.from({ length: CLAIMS_A_CALL }, (_, i) => ({
        ...{ account_id: ACCOUNT_ID, offer_id: OFFER_ID, link_id: '', visitor: '' },
        message_id: `msg_${String(from + i).padStart(14, '0')}`,
        contact_id: `contact-${from + i}`,
        click_id: click_ids.create(Date.now(), 'abc1234'),
        ...{ is_first: 1, is_first_for_offer: 1, ...NO_PAYOUT },
      }));
      await restoreClaims(base.redis, clicks, () => ends);
    }
    return round(((await usedBy(base)) - empty) / first_clicks, 1);
  } finally {
    await base.close();
  }
}

/** Bytes of Redis for each link of a personalised message, and of the heap; in a server without other data. */
async function bytesWithFields(count: number): Promise<{ redis: number; heap: number }> {
  const base = await startLinkBase();
  try {
    const empty = await usedBy(base);
    const paths: string[] = [];
    while (paths.length < count) {
      for (const path of await base.add(Math.min(FEW, count - paths.length), true)) paths.push(path);
    }
    const redis = round(((await usedBy(base)) - empty) / count, 0);
    return { redis, heap: await lruBytes(base, paths.slice(0, FEW)) };
  } finally {
    await base.close();
  }
}

/** `--links 10000000`, or `--clicks 4000000` or `--fields 1000000` for the bytes of first clicks or of links with fields alone. */
export const bench: Bench = async ({ quick, options }) => {
  if (options.clicks !== undefined) {
    const clicks = Number(options.clicks);
    return { ...machine(), redis_bytes_per_first_click: { [clicks]: await firstClickBytes(clicks) } };
  }
  if (options.fields !== undefined) {
    const links = Number(options.fields);
    const { redis, heap } = await bytesWithFields(links);
    return {
      ...machine(),
      redis_bytes_per_link_with_fields: { [links]: redis },
      lru_bytes_per_link_with_fields: heap,
    };
  }
  const many = Number(options.links ?? (quick ? MANY_QUICK : MANY));
  const base = await startLinkBase();
  const redirects: Contender[] = [];
  try {
    const empty = await usedBy(base);
    const few = await base.add(FEW);
    const link_bytes: Record<string, number> = { [FEW]: round(((await usedBy(base)) - empty) / FEW, 0) };
    const server = await startRedirects({ name: 'durable', redis_url: base.url, core: OWN_CORE });
    redirects.push(server);
    const [pid = 0] = server.pids;
    await warmUp(server.url, few.slice(0, WARM_LINKS));
    const before_mb = memoryOf(pid);
    await warmUp(server.url, few);
    const process_bytes = round(((memoryOf(pid) - before_mb) * 1_024 * 1_024) / (FEW - WARM_LINKS), 0);
    await base.forgetClicks();
    const lru_bytes = await lruBytes(base, few);

    const rest = [...few];
    while (rest.length < many) {
      for (const path of await base.add(Math.min(1_000_000, many - rest.length))) rest.push(path);
      progress(`${rest.length} links`);
    }
    link_bytes[many] = round(((await usedBy(base)) - empty) / many, 0);

    // Taps on links that no process has in memory, like nearly every first tap.
    const seconds = quick ? 2 : 6;
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
              url: server.url,
              paths: paths as string[],
              connections: CONNECTIONS,
              core: OTHER_CORE,
            };
            await load({ ...settings, seconds: 2 });
            const cpu = cpuOfAll(server.pids);
            const result = await load({ ...settings, seconds });
            const cpu_us = (cpuOfAll(server.pids) - cpu) / result.requests;
            await base.forgetClicks();
            return { per_s: result.per_s, cpu_us };
          },
        ]),
      ),
      (name, { per_s, cpu_us }) => `${name} links: ${per_s}/s, ${round(cpu_us)} µs`,
    );
    const of = (name: string, what: 'per_s' | 'cpu_us'): number[] =>
      (measures[name] ?? []).map((one) => one[what]);

    return {
      ...machine(),
      redis_bytes_per_link: link_bytes,
      redis_bytes_per_first_click: {
        [FEW]: await firstClickBytes(FEW),
        [many]: await firstClickBytes(many),
      },
      lru_bytes_per_link: lru_bytes,
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
