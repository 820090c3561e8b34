/**
 * One run of chaos: the whole system under load, faults in a seeded order, and at the end the recipients' books
 * against what was counted. Bounded in time and rate; everything stays on loopback.
 */
import { seededRandom } from '../click-plan.ts';
import { startRedis } from '../redis.ts';
import { createCampaign, createSender } from '../sender.ts';
import { untilSettled } from '../settled.ts';
import { type System, startSystem } from '../system.ts';
import { beginErasing, type Erasing, type ErasureResult, prepareErasing } from './erasing.ts';
import { FAULTS, type Ground, untilRecovered } from './faults.ts';
import { type Books, startLoad } from './load.ts';

const PAUSE_MS_MAX = 3_000;

export interface ChaosOptions {
  seed: number;
  seconds: number;
  /** Ends earlier, once each fault came so often. */
  rounds?: number;
  /** Taps a second. */
  rate: number;
  /** Names of FAULTS. */
  faults: readonly string[];
  absence_s_max: number;
  /** Messages, one to each contact. */
  messages?: number;
  /** So many of the contacts are erased meanwhile. */
  erase?: number;
  say(line: string): void;
}

const MESSAGES = 2_000;
/** When the erasure begins, as a share of the time or of the faults. */
const ERASE_AFTER = 0.3;

export interface ChaosResult {
  seed: number;
  seconds: number;
  faults: Record<string, number>;
  answered: number;
  counted: number;
  lost: number;
  duplicated: number;
  redirect_errors: number;
  p99_ms: number;
  recovery_seconds_max: number;
  offered: number;
  skipped: number;
  unavailable: number;
  conversions: number;
  conversions_lost: number;
  conversions_duplicated: number;
  errors: Record<string, number>;
  /** Undefined if nobody was erased. */
  erasure?: ErasureResult;
}

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, seconds, rate, say, rounds = Number.POSITIVE_INFINITY } = options;
  const { messages: count = MESSAGES, erase = 0 } = options;
  const redis = await startRedis();
  let system: System | undefined;
  try {
    system = await startSystem({ REDIS_URL: redis.url, REDIRECT_PROCESSES: '2' });
    const sender = await createSender(system);
    const { campaign_id, creative_ids } = await createCampaign(sender, 'Chaos');
    const prepared = erase === 0 ? undefined : await prepareErasing(system, sender, redis, erase);
    const messages = await sender.send(
      Array.from({ length: count }, (_, i) => ({
        contact_id: prepared?.contact_ids[i] ?? `c${i}`,
        campaign_id,
        creative_id: creative_ids[i % 2],
        fields: { first_name: prepared?.contact_ids[i] ?? 'Kim' },
      })),
    );
    let erasing: Erasing | undefined;
    const load = startLoad(system.redirect_url, messages, seed, rate);
    const { books } = load;
    const faults: Record<string, number> = {};
    let recovery_seconds_max = 0;
    const ground: Ground = {
      system,
      redis,
      random: seededRandom(seed + 1),
      absence_s_max: options.absence_s_max,
    };
    const until_ms = performance.now() + seconds * 1_000;
    // A round has each fault once, in an order of its own.
    let round: string[] = [];
    const hits_max = rounds * options.faults.length;
    for (let hits = 0; hits < hits_max && performance.now() < until_ms; hits++) {
      const passed = Math.max(hits / hits_max, 1 - (until_ms - performance.now()) / (seconds * 1_000));
      if (prepared !== undefined && passed > ERASE_AFTER) erasing ??= beginErasing(prepared);
      await new Promise((done) => setTimeout(done, ground.random() * PAUSE_MS_MAX));
      if (round.length === 0) round = [...options.faults];
      const [name = ''] = round.splice(Math.floor(ground.random() * round.length), 1);
      const began = performance.now();
      const hit = await (FAULTS[name] as (typeof FAULTS)[string])(ground);
      const lasted = (performance.now() - began) / 1_000;
      const recovery = await untilRecovered(ground);
      recovery_seconds_max = Math.max(recovery_seconds_max, recovery);
      faults[name] = (faults[name] ?? 0) + 1;
      say(
        `${Math.round(Math.max(0, until_ms - performance.now()) / 1_000)} s left: ${name} of ${hit} for ${lasted.toFixed(1)} s, ready after ${recovery.toFixed(1)} s; ${books.answered.length} answered, ${books.unavailable} to try again, ${books.redirect_errors} errors`,
      );
    }
    await load.end();
    say(`${books.answered.length} taps answered; waiting until all is counted`);
    const before = prepared?.taps ?? 0;
    await untilSettled(system, books.answered.length + before, count + erase).catch((error: Error) => {
      // The comparison tells what is missing.
      say(error.message.split('\n')[0] ?? '');
    });
    const compared = await compare(system, books, campaign_id);
    const erasure = await erasing?.end(say);
    return { seed, seconds, faults, ...compared, recovery_seconds_max, ...(erasure && { erasure }) };
  } finally {
    await system?.destroy();
    await redis.stop();
  }
}

type Compared = Omit<ChaosResult, 'seed' | 'seconds' | 'faults' | 'recovery_seconds_max' | 'erasure'>;

/** Of the campaign under load. */
async function compare(system: System, books: Books, campaign_id: string): Promise<Compared> {
  const of_campaign = `campaign_id = '${campaign_id}'`;
  const rows = async (query: string): Promise<string[][]> => {
    const result = await system.clickhouse.query({ query, format: 'JSONCompactEachRow' });
    return (await result.json<string[]>()).map((row) => row.map(String));
  };
  const stored = (await rows(`SELECT click_id FROM clicks WHERE ${of_campaign}`)).map(([id]) => id ?? '');
  const distinct = new Set(stored);
  const counted = books.answered.filter((id) => distinct.has(id)).length;
  let duplicated = stored.length - distinct.size + books.answered.length - new Set(books.answered).size;
  for (const rollup of ['rollup_links', 'rollup_quarter_hours']) {
    const [[sum = '0'] = []] = await rows(`SELECT sum(clicks_total) FROM ${rollup} WHERE ${of_campaign}`);
    duplicated += Math.abs(Number(sum) - stored.length);
  }
  const booked = new Map(
    (
      await rows(
        "SELECT txn_id, sum(sign) FROM conversions WHERE startsWith(txn_id, 't-') GROUP BY txn_id HAVING sum(sign) != 0",
      )
    ).map(([txn_id = '', lines]) => [txn_id, Number(lines)] as const),
  );
  const sorted = books.latencies_ms.toSorted((a, b) => a - b);
  return {
    answered: books.answered.length,
    counted,
    lost: books.answered.length - counted,
    duplicated,
    redirect_errors: books.redirect_errors,
    p99_ms: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
    offered: books.offered,
    skipped: books.skipped,
    unavailable: books.unavailable,
    conversions: books.conversions.length,
    conversions_lost: books.conversions.filter((txn_id) => !booked.has(txn_id)).length,
    conversions_duplicated: [...booked.values()].filter((lines) => lines !== 1).length,
    errors: books.errors,
  };
}
