/**
 * A drill: one bad day of an operator. It starts an installation, waits for silence, causes a fault while people tap, waits for
 * the alarm that names it, mends it, and compares the books. A stage gives each drill what it needs, and undoes all of it.
 */
import { join } from 'node:path';
import { connectRedis, probeRedis, untilReady } from '../../../src/platform/redis.ts';
import { noteBackup } from '../../../src/records/backup/last-backup.ts';
import { createLinks } from '../sender.ts';
import { until } from '../until.ts';
import {
  Installation,
  type RedisOptions,
  type RedisServer,
  type RoleOptions,
  startRedisServer,
} from './installation.ts';
import type { LeftBehind } from './left-behind.ts';
import { type Alarm, type Monitoring, startMonitoring } from './monitoring.ts';
import { type Books, MESSAGES, Tapping } from './tapping.ts';

export interface Drill {
  name: string;
  /** What goes wrong, in a few words. */
  about: string;
  /** It makes namespaces, mounts or control groups: Linux, as root. */
  needs_root?: boolean;
  run(stage: Stage): Promise<void>;
}

/** What has to come within so many seconds of the fault. */
const ALARM_WITHIN_S = 60;
const RESOLVED_WITHIN_S = 120;
/** No alarm for so long before a fault: Prometheus has looked several times, and rules with a `for` had their time. */
const SILENCE_S = 20;
/** Over all listeners. */
const TAPS_PER_SECOND = 10;
/** The fault lasts on for a while after its alarm: what follows from it is noted too. */
const GOES_ON_S = 10;
const CONNECTED_WITHIN_MS = 10_000;

/** What is true as well while nothing reaches Redis, or it takes no writes. */
export const WITHOUT_REDIS: readonly string[] = [
  'TracklyRedisAway',
  'TracklyRedisShardAway',
  'TracklyRedisReplicaLost',
  'TracklySpooling',
  'TracklySpoolStays',
  'TracklyNoWorker',
  'TracklyNoRedirect',
  'TracklyProcessDown',
  'TracklyReportsBehind',
  'TracklyBatchesFail',
  'TracklyUnavailable',
];

/** What is true as well while a role is not there with its supervisor. */
export const WITHOUT_A_ROLE: readonly string[] = [
  'TracklyScrapeFails',
  'TracklyProcessDown',
  'TracklyRestarts',
  'TracklyReportsBehind',
];

export interface Fault {
  /** The alarm that names the cause. */
  alarm: string;
  /** Alarms that may fire too, because they are true as well. Any other one fails the drill. */
  also?: readonly string[];
  cause(): Promise<void> | void;
  heal(): Promise<void> | void;
  /** Seconds from the cause to the healing, at least. */
  lasts_s?: number;
  /** Where a rule looks back: the seconds after which it has to be over. */
  resolved_within_s?: number;
}

export interface FaultSeen {
  alarm: string;
  alarm_s: number;
  resolved_s: number;
  also: string[];
}

export interface Options {
  redirects?: number;
  workers?: number;
  apis?: number;
  /** Of every role. */
  settings?: NodeJS.ProcessEnv;
  /** How some roles differ, by name (`redirect-1`); and Redis. */
  of?: Record<string, Omit<RoleOptions, 'name' | 'role'>>;
  redis?: RedisOptions;
}

export class Stage {
  readonly left: LeftBehind;
  /** Sentences for the report: what an operator saw. */
  readonly saw: string[] = [];
  readonly faults: FaultSeen[] = [];
  books: Books | undefined;
  installation!: Installation;
  redis!: RedisServer;
  monitoring!: Monitoring & { close(): void };
  #tapping: Tapping | undefined;
  readonly taps_per_second = TAPS_PER_SECOND;
  readonly #say: (line: string) => void;

  constructor(left: LeftBehind, say: (line: string) => void) {
    this.left = left;
    this.#say = say;
  }

  say(line: string): void {
    this.#say(line);
  }

  /** Notes what an operator saw; the same words once. */
  see(line: string): void {
    if (line === '' || this.saw.includes(line)) return;
    this.saw.push(line);
    this.#say(`saw: ${line}`);
  }

  folder(name: string): string {
    return join(this.left.folder, name);
  }

  wait(seconds: number): Promise<void> {
    return new Promise((done) => setTimeout(done, seconds * 1_000));
  }

  /** A healthy installation with people who tap and a Prometheus that looks; resolves once there was silence. */
  async open(options: Options = {}): Promise<void> {
    await this.startServers(options);
    await this.startRoles(options);
    await this.startTaps();
    await this.silence();
  }

  /** Redis and ClickHouse on this machine, no role yet. */
  async startServers({ settings = {}, redis = {} }: Options = {}): Promise<void> {
    this.redis = await startRedisServer(this.left, redis);
    this.installation = new Installation(this.left, { REDIS_URL: this.redis.url, ...settings });
    await this.installation.startClickHouse();
  }

  async startRoles(options: Options = {}): Promise<void> {
    await this.addRoles(options);
    for (const { role, untilReady } of this.installation.roles) {
      if (role !== 'clickhouse') await untilReady();
    }
  }

  /** The same without waiting until they are ready. */
  async addRoles({ redirects = 1, workers = 1, apis = 1, of = {} }: Options = {}): Promise<void> {
    for (const [role, count] of [
      ['api', apis],
      ['worker', workers],
      ['redirect', redirects],
    ] as const) {
      for (let i = 1; i <= count; i++) {
        const name = `${role}-${i}`;
        await this.installation.add({ name, role, ...of[name] });
      }
    }
  }

  /** Starts Prometheus, makes links, and taps them on every redirect listener. */
  async startTaps(): Promise<void> {
    await this.#haveBackup();
    this.monitoring = await startMonitoring(this.installation.metrics(), this.left);
    const links = await createLinks(this.installation.asSystem(), 'Drill', MESSAGES);
    this.#tapping = new Tapping(links);
    const redirects = this.installation.of('redirect');
    for (const { url } of redirects) this.tapAt(url, TAPS_PER_SECOND / redirects.length);
    this.#say(`${links.length} links, ${TAPS_PER_SECOND} taps a second`);
  }

  /** What `trackly backup` notes, as in an installation that is looked after: without it TracklyBackupOld is right to fire. */
  async #haveBackup(): Promise<void> {
    const url = this.redis?.url ?? this.installation.settings['REDIS_URL'] ?? '';
    const client = connectRedis(await probeRedis(url), 'fast');
    await untilReady(client, CONNECTED_WITHIN_MS);
    const now = new Date().toISOString();
    await noteBackup(client, { ok: true, finished_at: now, succeeded_at: now, verified_at: now });
    client.disconnect();
  }

  tapAt(url: string, per_second = TAPS_PER_SECOND): void {
    this.#tapping?.at(url, per_second);
  }

  /** Until tapAt(): a load balancer leads people elsewhere. */
  async stopTaps(): Promise<void> {
    await this.#tapping?.stop();
  }

  /** No alarm fires for `seconds`; throws with the first that does. */
  async silence(seconds = SILENCE_S): Promise<void> {
    await this.wait(seconds);
    const [alarm] = this.monitoring.alarms;
    if (alarm !== undefined) {
      throw new Error(`an alarm fires though nothing is wrong: ${alarm.name} (${alarm.summary})`);
    }
  }

  /** Causes a fault, waits for its alarm, heals it, and waits until every alarm is over. */
  async fault(fault: Fault): Promise<FaultSeen> {
    const { alarms } = this.monitoring;
    const from = alarms.length;
    const began = performance.now();
    await fault.cause();
    this.#say('the fault is there');
    const named = (): Alarm | undefined => alarms.slice(from).find(({ name }) => name === fault.alarm);
    await until(
      () => named() !== undefined,
      ALARM_WITHIN_S * 1_000 - (performance.now() - began),
      () => `${fault.alarm} did not fire; firing: ${this.monitoring.firing().join(', ') || 'none'}`,
    ).catch(async (error) => {
      await this.look();
      await fault.heal();
      throw error;
    });
    const alarm_s = seconds(began, named()?.fired_ms ?? 0);
    this.#say(`${fault.alarm} fires after ${alarm_s} s: ${named()?.summary}`);
    await this.wait(GOES_ON_S / 2);
    await this.look();
    await this.wait(GOES_ON_S / 2);
    const rest_s = (fault.lasts_s ?? 0) - seconds(began, performance.now());
    if (rest_s > 0) await this.wait(rest_s);
    const healing = performance.now();
    await fault.heal();
    this.#say('the fault is healed');
    await until(
      () => this.monitoring.firing().length === 0,
      (fault.resolved_within_s ?? RESOLVED_WITHIN_S) * 1_000,
      () => `still firing: ${this.monitoring.firing().join(', ')}`,
    );
    const last = Math.max(...alarms.slice(from).map(({ resolved_ms }) => resolved_ms ?? 0));
    const others = new Set(alarms.slice(from).map(({ name }) => name));
    others.delete(fault.alarm);
    const seen = { alarm: fault.alarm, alarm_s, resolved_s: seconds(healing, last), also: [...others] };
    this.faults.push(seen);
    this.#say(
      `every alarm is over after ${seen.resolved_s} s; also fired: ${seen.also.join(', ') || 'none'}`,
    );
    const wrong = seen.also.filter((name) => !(fault.also ?? []).includes(name));
    if (wrong.length > 0) throw new Error(`alarms that name another cause: ${wrong.join(', ')}`);
    return seen;
  }

  /** What /readyz of each listener says now, where it says more than ready. */
  async look(): Promise<void> {
    for (const { name, role, url, program } of this.installation.roles) {
      if ((role !== 'redirect' && role !== 'api') || !program.runs()) continue;
      const text = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(6_000) }).then(
        async (answer) => whyOf(await answer.text()),
        (error: Error) => `no answer (${(error.cause as { code?: string } | undefined)?.code ?? error.name})`,
      );
      this.see(text === '' ? '' : `${name}/readyz: ${text}`);
    }
  }

  /** Taps end; each answered click has to be counted once. */
  async compare(): Promise<void> {
    const clickhouse = this.installation?.clickhouse;
    if (this.#tapping === undefined || clickhouse === undefined) return;
    await this.#tapping.stop();
    this.books = this.#tapping.books();
    this.books = await this.#tapping.compare(clickhouse);
  }

  async close(): Promise<void> {
    this.monitoring?.close();
    await this.#tapping?.abandon();
    await this.installation?.clickhouse?.close();
  }
}

const seconds = (from_ms: number, to_ms: number): number => Math.round((to_ms - from_ms) / 100) / 10;

/** What an answer of /readyz says that does not work: '' where all does. */
function whyOf(body: string): string {
  if (!body.startsWith('{')) return body.trim();
  const { cannot = [] } = JSON.parse(body) as { cannot?: { what: string; why: string; do: string }[] };
  return cannot.map((one) => `cannot ${one.what}: ${one.why}: ${one.do}`).join('; ');
}
