/**
 * Sessions in Redis: begin, read, list, end. They are not records: a Redis that lost its data has no sessions, and
 * people sign in again. With Redis down every call rejects, and nobody is signed in.
 */
import { newEntityId } from '../catalog/entity-id.ts';
import { announce } from '../platform/change-log.ts';
import { newToken } from '../platform/random.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import {
  leftOf,
  type MemberSession,
  type NewSession,
  SEEN_EVERY_MS,
  SESSION_MS_MAX,
  SESSIONS_MAX,
  type Session,
  sessionChange,
  sessionKey,
  sessionsKey,
} from './session.ts';
import { hashToken } from './token-hash.ts';

export interface Begun {
  /** For the cookie, shown once. */
  token: string;
  session: Session;
}

/** A new session; `since_ms` is when its person signed in, if that was before. */
export async function beginSession(redis: RedisClient, made: NewSession, since_ms?: number): Promise<Begun> {
  const now = Date.now();
  const session = {
    ...made,
    session_id: newEntityId('ses'),
    created_at_ms: since_ms ?? now,
    seen_at_ms: now,
  } as Session;
  const token = newToken();
  const hash = hashToken(token);
  await redis.set(sessionKey(hash), JSON.stringify(session), 'PX', leftOf(session, now));
  if (session.kind === 'member') {
    await runAll(redis, [
      ['HSET', sessionsKey(session.email), session.session_id, hash],
      ['PEXPIRE', sessionsKey(session.email), SESSION_MS_MAX],
    ]);
    const all = await listSessions(redis, session.email);
    await endSessions(redis, all.slice(SESSIONS_MAX));
  }
  return { token, session };
}

/** The session of a token, undefined where it has ended; notes that it was seen, at most every SEEN_EVERY_MS. */
export async function findSession(
  redis: RedisClient,
  token: string,
  now: number,
): Promise<Session | undefined> {
  const key = sessionKey(hashToken(token));
  const text = await redis.get(key);
  if (text === null) return undefined;
  const session = JSON.parse(text) as Session;
  const left_ms = leftOf(session, now);
  if (left_ms <= 0) return undefined;
  if (now - session.seen_at_ms < SEEN_EVERY_MS) return session;
  const seen = { ...session, seen_at_ms: now };
  // Only where it is there still: it may have been ended meanwhile.
  await redis.set(key, JSON.stringify(seen), 'PX', left_ms, 'XX');
  return seen;
}

/** A person's sessions, the latest first; forgets those that have expired. */
export async function listSessions(redis: RedisClient, email: string): Promise<MemberSession[]> {
  const hashes = Object.entries(await redis.hgetall(sessionsKey(email)));
  const texts = await runAll(
    redis,
    hashes.map(([, hash]): Command => ['GET', sessionKey(hash)]),
  );
  const gone = hashes.filter((_one, i) => texts[i] === null).map(([session_id]) => session_id);
  if (gone.length > 0) await redis.hdel(sessionsKey(email), ...gone);
  return texts
    .flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as MemberSession] : []))
    .toSorted((a, b) => b.seen_at_ms - a.seen_at_ms);
}

/** Ends sessions at once, their open streams within a second. Safe to repeat. */
export async function endSessions(redis: RedisClient, sessions: readonly Session[]): Promise<void> {
  for (const session of sessions) {
    if (session.kind !== 'member') continue;
    const hash = await redis.hget(sessionsKey(session.email), session.session_id);
    if (hash !== null) await redis.del(sessionKey(hash));
    await redis.hdel(sessionsKey(session.email), session.session_id);
    await runAll(redis, [announce(sessionChange(session.session_id))]);
  }
}

/** Ends the session of a token, of any kind. Safe to repeat. */
export async function endSession(redis: RedisClient, token: string): Promise<void> {
  const key = sessionKey(hashToken(token));
  const text = await redis.getdel(key);
  if (text === null) return;
  const session = JSON.parse(text) as Session;
  if (session.kind === 'member') await redis.hdel(sessionsKey(session.email), session.session_id);
  await runAll(redis, [announce(sessionChange(session.session_id))]);
}
