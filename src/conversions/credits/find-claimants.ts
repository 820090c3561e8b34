/**
 * Reads the claims of first clicks that conversions are credited by. Rejects when Redis is down.
 */
import { clickPartition } from '../../clicks/click.ts';
import {
  type Claim,
  type ClaimSubject,
  claimPlace,
  claimPlacesBesides,
  creditClaimOf,
  RELEASED,
  readClaim,
} from '../../clicks/first-click.ts';
import { refreshLayouts } from '../../log/layouts.ts';
import { type Command, type RedisClient, runAll } from '../../platform/redis.ts';
import type { Conversion } from '../conversion.ts';

const COMMANDS_PER_WRITE = 5_000;

/** What the claim of a conversion's first click is on. */
export function subjectOf(conversion: Conversion): ClaimSubject {
  return { ...conversion.subject, account_id: conversion.account_id, offer_id: conversion.offer_id };
}

/** Click id by conversion id, where a click has the claim of the first. */
export async function findClaimants(
  redis: RedisClient,
  conversions: readonly Conversion[],
): Promise<Map<string, string>> {
  const clickOf = new Map<string, string>();
  const claims = await readClaims(redis, conversions);
  for (const [i, { conversion_id }] of conversions.entries()) {
    const claim = claims[i];
    if (claim !== undefined && claim !== RELEASED) clickOf.set(conversion_id, claim.click_id);
  }
  return clickOf;
}

/** The claim on each conversion's offer, wherever it was made until this is called. */
export async function readClaims(
  redis: RedisClient,
  conversions: readonly Conversion[],
): Promise<(Claim | typeof RELEASED | undefined)[]> {
  if (conversions.length === 0) return [];
  // A claim may be in a partition that opened a moment ago.
  await refreshLayouts(redis);
  const stored: unknown[] = [];
  for (let from = 0; from < conversions.length; from += COMMANDS_PER_WRITE) {
    const part = conversions.slice(from, from + COMMANDS_PER_WRITE);
    const places = part.map((conversion) => {
      const subject = subjectOf(conversion);
      const claim = creditClaimOf(subject);
      const partition = clickPartition(subject);
      return [claimPlace(claim, partition), ...claimPlacesBesides(claim, subject, partition)];
    });
    const replies = await runAll(
      redis,
      places.flat().map((place): Command => ['HGET', ...place]),
    );
    let at = 0;
    for (const { length } of places) {
      stored.push(replies.slice(at, at + length).find((reply) => reply !== null));
      at += length;
    }
  }
  return stored.map(readClaim);
}
