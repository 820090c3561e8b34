/**
 * The keys of an installation: the one that signs, and those before it. A rotation adds a key that signs once every
 * process knows it; the keys before it are still accepted until they end. Ended keys stay in the ring: what was sealed
 * under them stays readable, and click ids that they signed in their time stay genuine, unless they leaked. Pure.
 */
import { createHash } from 'node:crypto';

export interface RingKey {
  /** 64 hex digits. */
  key: string;
  made_at_ms: number;
  /** From when on it signs. */
  signs_from_ms: number;
  /** From when on it is not accepted any more; null: no end is set. */
  ends_at_ms: number | null;
  /** Somebody else may have it: click ids that it signed are not accepted after its end. */
  leaked: boolean;
}

/** Oldest first, never empty. */
export type KeyRing = readonly RingKey[];

/** What signs and checks. */
export interface InstallationKeySource {
  readonly ring: KeyRing;
}

/** A new key signs so long after it was made: every process reads the ring more often (see installation-key.ts). */
export const SIGNS_AFTER_MS = 5_000;
/** One rotation a month for eight years. */
const KEYS_MAX = 100;
/** The longest window of a click (10 years): a key that ended before that is not needed any more. */
const NEEDED_MS_MAX = 3_650 * 24 * 3_600_000;
const KEY_ID_LENGTH = 8;

export class KeyRingFullError extends Error {
  readonly code = 'key_ring_full';
}

export function newKeyRing(key: string, now_ms: number): KeyRing {
  return [{ key, made_at_ms: now_ms, signs_from_ms: now_ms, ends_at_ms: null, leaked: false }];
}

/** The key that signs. */
export function signingKey({ ring }: InstallationKeySource, now_ms = Date.now()): string {
  const signing = ring.findLast(({ signs_from_ms }) => signs_from_ms <= now_ms) ?? ring[0];
  if (signing === undefined) throw new Error('the installation has no key');
  return signing.key;
}

/** The keys whose secrets and tokens are accepted, the one that signs first. */
export function acceptedKeys(source: InstallationKeySource, now_ms = Date.now()): string[] {
  const signing = signingKey(source, now_ms);
  const others = source.ring.filter(
    ({ key, ends_at_ms }) => key !== signing && (ends_at_ms === null || ends_at_ms > now_ms),
  );
  return [signing, ...others.map(({ key }) => key)];
}

/** All keys, the one that signs first: for what was sealed under any of them. */
export function everyKey(source: InstallationKeySource, now_ms = Date.now()): string[] {
  const signing = signingKey(source, now_ms);
  return [signing, ...source.ring.map(({ key }) => key).filter((key) => key !== signing)];
}

/** Names a key without telling it: 8 hex digits. */
export const keyId = (key: string): string =>
  createHash('sha256').update(`key id:${key}`).digest('hex').slice(0, KEY_ID_LENGTH);

export interface Rotation {
  /** The new key: 64 hex digits. */
  key: string;
  now_ms: number;
  /** How long the keys before are still accepted. */
  grace_ms: number;
  leaked: boolean;
}

/** The ring with a new key. Throws KeyRingFullError. */
export function rotated(ring: KeyRing, { key, now_ms, grace_ms, leaked }: Rotation): KeyRing {
  const needed = ring.filter(({ ends_at_ms }) => ends_at_ms === null || ends_at_ms > now_ms - NEEDED_MS_MAX);
  if (needed.length >= KEYS_MAX) {
    throw new KeyRingFullError(`the installation has had ${KEYS_MAX} keys in ten years: no more can be kept`);
  }
  const signs_from_ms = now_ms + SIGNS_AFTER_MS;
  const ends_at_ms = Math.max(now_ms + grace_ms, signs_from_ms);
  const before = needed.map((one) => ({
    ...one,
    ends_at_ms: Math.min(one.ends_at_ms ?? ends_at_ms, ends_at_ms),
    // Whoever has one of them has all: they are in one file.
    leaked: one.leaked || leaked,
  }));
  return [...before, { key, made_at_ms: now_ms, signs_from_ms, ends_at_ms: null, leaked: false }];
}

/**
 * All keys of both rings: a copy that missed a rotation, or a Redis that lost one, takes nothing back. A key ends when
 * the first of them says so.
 */
export function mergedRings(a: KeyRing, b: KeyRing): KeyRing {
  const keys = new Map<string, RingKey>();
  for (const one of [...a, ...b]) {
    const other = keys.get(one.key) ?? one;
    keys.set(one.key, {
      ...other,
      ends_at_ms: earlier(one.ends_at_ms, other.ends_at_ms),
      leaked: one.leaked || other.leaked,
    });
  }
  return [...keys.values()].toSorted((x, y) => x.made_at_ms - y.made_at_ms || (x.key < y.key ? -1 : 1));
}

const earlier = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/** As it is stored in Redis and in the file: equal rings give equal texts. */
export const encodeRing = (ring: KeyRing): string => JSON.stringify({ keys: ring });

/** Reads what encodeRing wrote; undefined for any other text. */
export function decodeRing(text: string): KeyRing | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { keys } = (parsed ?? {}) as { keys?: unknown };
  return Array.isArray(keys) && keys.length > 0 && keys.every(isRingKey) ? keys : undefined;
}

function isRingKey(value: unknown): value is RingKey {
  const { key, made_at_ms, signs_from_ms, ends_at_ms, leaked } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof key === 'string' &&
    /^[0-9a-f]{64}$/.test(key) &&
    Number.isSafeInteger(made_at_ms) &&
    Number.isSafeInteger(signs_from_ms) &&
    (ends_at_ms === null || Number.isSafeInteger(ends_at_ms)) &&
    typeof leaked === 'boolean'
  );
}
