/**
 * The key ring of the installation (key-ring.ts) in Redis, with a copy in `data_dir/installation.key` on every machine.
 * A copy fills a Redis that lost its data, and stands in while Redis is down. A rotation is one write in Redis: a kill
 * before it changes nothing, after it every process finds the new ring, by the change log or at its next look.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareAndSet } from '../catalog/update-record.ts';
import { announce, type ChangeListener } from '../platform/change-log.ts';
import { replaceSecret } from '../platform/kept-secret.ts';
import { randomHex } from '../platform/random.ts';
import { type RedisClient, runAll } from '../platform/redis.ts';
import {
  decodeRing,
  encodeRing,
  type InstallationKeySource,
  type KeyRing,
  mergedRings,
  newKeyRing,
  rotated,
  SIGNS_AFTER_MS,
} from './key-ring.ts';

export const INSTALLATION_KEY = 'installation_key';
const KEY_BYTES = 32;
const WRITE_TRIES_MAX = 20;
/** Well below SIGNS_AFTER_MS, so that a new key is known everywhere before it signs. */
const READ_EVERY_MS = 1_000;
/** A ring that was read so long ago may lack a key that signs elsewhere by now. */
const FRESH_MS = SIGNS_AFTER_MS - READ_EVERY_MS;

/**
 * The ring of Redis and of the copy together, which both have from then on; the first caller makes it. With Redis down
 * the copy alone; rejects where there is none.
 */
export async function readKeyRing(redis: RedisClient, data_dir: string): Promise<KeyRing> {
  const copy = await readCopy(data_dir);
  const ring = await settleRing(redis, copy).catch((error) => {
    if (copy === undefined) throw error;
    return copy;
  });
  await keepCopy(data_dir, ring, copy);
  return ring;
}

/** Merges `own` into the ring in Redis. Rejects when Redis is down. */
async function settleRing(redis: RedisClient, own: KeyRing | undefined): Promise<KeyRing> {
  return changeRing(redis, (stored) => {
    if (stored !== undefined) return own === undefined ? stored : mergedRings(stored, own);
    return own ?? newKeyRing(randomHex(KEY_BYTES), Date.now());
  });
}

/** Replaces the ring by what `change` makes of it; `change` may run several times. */
async function changeRing(
  redis: RedisClient,
  change: (stored: KeyRing | undefined) => KeyRing,
): Promise<KeyRing> {
  for (let tries = 0; tries < WRITE_TRIES_MAX; tries++) {
    const before = (await redis.get(INSTALLATION_KEY)) ?? '';
    const ring = change(decodeRing(before));
    const after = encodeRing(ring);
    if (after === before) return ring;
    if (await compareAndSet(redis, INSTALLATION_KEY, before, after)) {
      await runAll(redis, [announce(INSTALLATION_KEY)]);
      return ring;
    }
  }
  throw new Error('the installation key is being changed by too many at once');
}

const copyPath = (data_dir: string): string => join(data_dir, 'installation.key');

async function readCopy(data_dir: string): Promise<KeyRing | undefined> {
  return decodeRing(await readFile(copyPath(data_dir), 'utf8').catch(() => ''));
}

/** Writes atomically, because all processes of a machine share the folder, and one may write twice at once. */
async function keepCopy(data_dir: string, ring: KeyRing, copy: KeyRing | undefined): Promise<void> {
  if (copy !== undefined && encodeRing(copy) === encodeRing(ring)) return;
  await replaceSecret(copyPath(data_dir), encodeRing(ring));
}

/** The ring of a running process: always one, at most FRESH_MS old while Redis answers. */
export class InstallationKeys implements InstallationKeySource, ChangeListener {
  readonly #redis: RedisClient;
  readonly #data_dir: string;
  readonly #timer: NodeJS.Timeout;
  #ring: KeyRing;
  /** What the copy holds. */
  #kept: KeyRing;
  /** When the last successful read began, as performance.now(). */
  #read_at = performance.now();
  #reading: Promise<void> | undefined;

  private constructor(redis: RedisClient, data_dir: string, ring: KeyRing) {
    this.#redis = redis;
    this.#data_dir = data_dir;
    this.#ring = ring;
    this.#kept = ring;
    this.#timer = setInterval(() => void this.#read().catch(() => {}), READ_EVERY_MS).unref();
  }

  /** Rejects where neither Redis nor the copy has a ring. */
  static async open(redis: RedisClient, data_dir: string): Promise<InstallationKeys> {
    return new InstallationKeys(redis, data_dir, await readKeyRing(redis, data_dir));
  }

  get ring(): KeyRing {
    return this.#ring;
  }

  /** Resolves once the ring has every key that signs anywhere; rejects when Redis is down. Usually at once. */
  async fresh(): Promise<void> {
    if (performance.now() - this.#read_at > FRESH_MS) await this.#read();
  }

  /** Adds a key and lets the others end after `grace_ms`. Throws KeyRingFullError; rejects when Redis is down. */
  async rotate(grace_ms: number, leaked: boolean): Promise<void> {
    const key = randomHex(KEY_BYTES);
    const ring = await changeRing(this.#redis, (stored) => {
      const before = stored === undefined ? this.#ring : mergedRings(stored, this.#ring);
      return rotated(before, { key, now_ms: Date.now(), grace_ms, leaked });
    });
    await this.#adopt(ring);
  }

  changed(key: string): void {
    if (key === INSTALLATION_KEY) void this.#read().catch(() => {});
  }

  missed(): void {
    void this.#read().catch(() => {});
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Concurrent calls share one read. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const began_at = performance.now();
    const ring = await settleRing(this.#redis, this.#ring);
    this.#read_at = began_at;
    await this.#adopt(ring);
  }

  async #adopt(ring: KeyRing): Promise<void> {
    this.#ring = ring;
    await keepCopy(this.#data_dir, ring, this.#kept);
    this.#kept = ring;
  }
}
