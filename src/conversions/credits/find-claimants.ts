/**
 * Reads the claims of first clicks that conversions are credited by. Rejects when Redis is down.
 */
import { readCreditClaims } from '../../clicks/claim-store.ts';
import { type Claim, type ClaimSubject, RELEASED } from '../../clicks/first-click.ts';
import { refreshLayouts } from '../../log/layouts.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { Conversion } from '../conversion.ts';

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
  return readCreditClaims(redis, conversions.map(subjectOf));
}
