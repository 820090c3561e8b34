/**
 * A session on the server: who signed in in a browser. The browser has an opaque token in a cookie, Redis has the
 * session under the token's hash. What a session may do is read with every request from the member, the key or the
 * admin key that it stands for, so it ends with them. Pure.
 */
import type { Proof } from './member.ts';

const HOUR_MS = 3_600_000;
/** A session that nobody used for as long has ended. */
export const SESSION_IDLE_MS = 24 * HOUR_MS;
/** However much it is used. */
export const SESSION_MS_MAX = 30 * 24 * HOUR_MS;
/** How exactly `seen_at_ms` is known; every request would write otherwise. */
export const SEEN_EVERY_MS = 60_000;
/** Sessions of one person; a further one ends the oldest. */
export const SESSIONS_MAX = 20;
export const AGENT_LENGTH_MAX = 200;

export interface Device {
  /** User agent, cut at AGENT_LENGTH_MAX. */
  agent: string;
  address: string;
}

interface Base extends Device {
  /** For lists and the audit log; it opens nothing. */
  session_id: string;
  created_at_ms: number;
  seen_at_ms: number;
}

/** A person, in one of the person's accounts, or in none yet. */
export interface MemberSession extends Base {
  kind: 'member';
  email: string;
  proof: Proof;
  /** '' until one of several is chosen. */
  account_id: string;
  member_id: string;
}

/** Somebody who looks with an API key, or the operator, with an admin key. */
export interface KeySession extends Base {
  kind: 'key';
  /** SHA-256 (hex) of the key. */
  key_sha256: string;
}

export type Session = MemberSession | KeySession;

type Without<T> = T extends Base ? Omit<T, 'session_id' | 'created_at_ms' | 'seen_at_ms'> : never;
/** What a session is made of. */
export type NewSession = Without<Session>;

export const sessionKey = (token_sha256: string): string => `session_token:${token_sha256}`;
/** Hash of a person's sessions: token_sha256 by session_id. */
export const sessionsKey = (email: string): string => `sessions_of:${email}`;
/** What is announced when a session ends: its open streams end. */
export const sessionChange = (session_id: string): string => `session:${session_id}`;

/** Milliseconds for which a session may stay unused from `now_ms` on; 0 or less: it has ended. */
export function leftOf({ created_at_ms, seen_at_ms }: Session, now_ms: number): number {
  if (now_ms >= seen_at_ms + SESSION_IDLE_MS) return 0;
  return Math.min(SESSION_IDLE_MS, created_at_ms + SESSION_MS_MAX - now_ms);
}
