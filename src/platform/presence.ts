/**
 * Which processes run and reach Redis, and what each knows of its machine: every process notes itself there every
 * TELL_EVERY_MS under a name that no other start of any process has, also where two machines share a host name. Times
 * are Redis's, because the clocks of machines differ. With Redis down nothing is noted, a gauge of the process says so,
 * and it counts as gone after SEEN_WITHIN_MS.
 */
import { hostname } from 'node:os';
import { spaceOf } from './disk.ts';
import { Gauge, type Registry } from './metrics.ts';
import { newProducerId } from './random.ts';
import { isReady, type RedisClient, timeOf } from './redis.ts';
import { within } from './within.ts';

const KEY = 'processes:present';
/** What each noted last, as JSON, by name. */
const NOTES_KEY = 'processes:notes';
const TELL_EVERY_MS = 2_000;
const ANSWERS_WITHIN_MS = 1_500;
const SEEN_WITHIN_MS = 10_000;
/** What ended without a word is listed for so long. */
const LISTED_MS = 10 * 60_000;

/** What a process knows of its machine. */
export interface ProcessNotes {
  /** Bytes on its disk that wait for Redis. */
  spool_bytes: number;
  /** What its spool may hold, and whether it fills now; undefined where it has none. */
  spool_bytes_max?: number;
  spooling?: boolean;
  /** By how much its clock is ahead of Redis's. */
  clock_offset_s: number;
  /** Of the file system of its DATA_DIR; undefined before there is a folder. */
  disk_free_bytes?: number;
  disk_size_bytes?: number;
  /** The resolvers that do not answer it; undefined where it asks none. */
  resolvers_away?: string[];
  /** What it can do that an earlier version can not, while both run. */
  abilities?: readonly string[];
}

export interface Present {
  /** `redirect-1@<host>/<start>`. */
  name: string;
  role: string;
  seen_ms_ago: number;
  /** False where it was not seen for SEEN_WITHIN_MS. */
  present: boolean;
  notes: ProcessNotes;
}

export interface PresenceOptions {
  redis: RedisClient;
  registry: Registry;
  /** Begins with the role, and may end with the host: `redirect-1@host`. */
  process_name: string;
  data_dir: string;
  /** What else it knows. */
  notes?: () => Partial<ProcessNotes>;
  /** What it found of another server, for the gauges that tell of Redis here. */
  otherServer?: () => { server: string; up: boolean; clock_offset_s: number | undefined };
}

export interface Presence {
  /** Says that the process ends, and stops. Never rejects. */
  close(): Promise<void>;
}

export function announcePresence(options: PresenceOptions): Presence {
  const { redis, process_name, data_dir, notes = () => ({}) } = options;
  const at_host = process_name.includes('@') ? process_name : `${process_name}@${hostname()}`;
  const name = `${at_host}/${newProducerId()}`;
  const gauges = createGauges(options);

  async function tell(): Promise<void> {
    const asked_ms = Date.now();
    const redis_ms = await timeOf(redis);
    const clock_offset_s = ((asked_ms + Date.now()) / 2 - redis_ms) / 1_000;
    const space = await spaceOf(data_dir);
    const noted: ProcessNotes = {
      spool_bytes: 0,
      clock_offset_s,
      ...(space && { disk_free_bytes: space.free_bytes, disk_size_bytes: space.size_bytes }),
      ...notes(),
    };
    const began = performance.now();
    await redis.hset(NOTES_KEY, name, JSON.stringify(noted));
    gauges.write.set((performance.now() - began) / 1_000);
    await redis.zadd(KEY, redis_ms, name);
    await forgetGone(redis, redis_ms - LISTED_MS);
    gauges.offset.set({ server: 'redis' }, clock_offset_s);
  }

  async function look(): Promise<void> {
    const told = await within(ANSWERS_WITHIN_MS, tell).then(
      () => true,
      () => false,
    );
    gauges.up.set({ server: 'redis' }, told && isReady(redis) ? 1 : 0);
  }

  let looking = look();
  const timer = setInterval(() => {
    looking = look();
  }, TELL_EVERY_MS);
  return {
    async close() {
      clearInterval(timer);
      await looking;
      await Promise.all([redis.zrem(KEY, name), redis.hdel(NOTES_KEY, name)]).catch(() => {});
    },
  };
}

function createGauges({ registry, otherServer }: PresenceOptions) {
  const registers = [registry];
  const labelNames = ['server'] as const;
  return {
    up: new Gauge({
      name: 'trackly_server_up',
      help: '1 while the server answers this process and takes its writes.',
      labelNames,
      registers,
      collect() {
        const other = otherServer?.();
        if (other !== undefined) this.set({ server: other.server }, other.up ? 1 : 0);
      },
    }),
    offset: new Gauge({
      name: 'trackly_clock_offset_seconds',
      help: 'By how much the clock of this machine is ahead of the clock of the server.',
      labelNames,
      registers,
      collect() {
        const { server = '', clock_offset_s } = otherServer?.() ?? {};
        if (clock_offset_s !== undefined) this.set({ server }, clock_offset_s);
      },
    }),
    write: new Gauge({
      name: 'trackly_redis_write_seconds',
      help: 'How long the last small write to Redis took.',
      registers,
    }),
  };
}

async function forgetGone(redis: RedisClient, before_ms: number): Promise<void> {
  const gone = await redis.zrangebyscore(KEY, '-inf', before_ms);
  if (gone.length === 0) return;
  await Promise.all([redis.zrem(KEY, ...gone), redis.hdel(NOTES_KEY, ...gone)]);
}

/**
 * Whether every process of this role can do this, so that none that runs since before an upgrade gets in its way; false where
 * there is none. Rejects when Redis is down.
 */
export async function allCan(redis: RedisClient, role: string, ability: string): Promise<boolean> {
  const of_role = (await readPresent(redis)).filter((one) => one.present && one.role === role);
  return of_role.length > 0 && of_role.every(({ notes }) => notes.abilities?.includes(ability) === true);
}

/** All that were seen within LISTED_MS, by name. Rejects when Redis is down. */
export async function readPresent(redis: RedisClient): Promise<Present[]> {
  const [flat, noted, now_ms] = await Promise.all([
    redis.zrange(KEY, '0', '-1', 'WITHSCORES'),
    redis.hgetall(NOTES_KEY),
    timeOf(redis),
  ]);
  const present = Array.from({ length: flat.length / 2 }, (_, i): Present => {
    const name = flat[2 * i] ?? '';
    const seen_ms_ago = Math.max(0, now_ms - Number(flat[2 * i + 1]));
    const notes = noted[name];
    return {
      name,
      role: /^[a-z]*/.exec(name)?.[0] ?? '',
      seen_ms_ago,
      present: seen_ms_ago < SEEN_WITHIN_MS,
      notes:
        notes === undefined ? { spool_bytes: 0, clock_offset_s: 0 } : (JSON.parse(notes) as ProcessNotes),
    };
  });
  return present.sort((a, b) => (a.name < b.name ? -1 : 1));
}
