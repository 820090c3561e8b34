/**
 * Answers to an authority's http-01 challenges (RFC 8555, 8.3): for as long as an order takes they are in Redis, where
 * the redirect processes read them. With Redis down they can't be read, and the order fails.
 */
import type { RedisClient } from '../../platform/redis.ts';

/** Longer than an order may take. */
const KEPT_S = 600;
const TOKEN = /^[A-Za-z0-9_-]{1,128}$/;

const challengeKey = (token: string): string => `acme_challenge:${token}`;

/** Whether a text can be a token: base64url. Others are never asked for. */
export const isChallengeToken = (text: string): boolean => TOKEN.test(text);

export async function publishChallenge(redis: RedisClient, token: string, answer: string): Promise<void> {
  await redis.set(challengeKey(token), answer, 'EX', KEPT_S);
}

export async function withdrawChallenge(redis: RedisClient, token: string): Promise<void> {
  await redis.del(challengeKey(token));
}

/** The answer to the challenge, or null. `token` has passed isChallengeToken. */
export function readChallenge(redis: RedisClient, token: string): Promise<string | null> {
  return redis.get(challengeKey(token));
}
