/**
 * Tells of people who are turned away: an offer whose links were tapped by many more people than usual without reaching
 * their destination, for one reason. Pure, but for the query of what it is judged by.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import type { RefusedReason } from '../../clicks/refused-tap.ts';
import { askRows } from '../ask-clickhouse.ts';
import { gammaTail } from '../experiments/chi-squared.ts';

const DAY_MS = 24 * 3_600_000;
const HISTORY_DAYS = 27;
/** People without whom it is not worth a look. */
const PEOPLE_MIN = 20;
/** How many times the usual number of a day it must be, and the chance of so many at the usual one. */
const TIMES_USUAL = 2;
const CHANCE = 1 / 10_000;
const ROWS_MAX = 1_000;

export interface RefusedPeople {
  offer_id: string;
  reason: RefusedReason;
  /** Taps by people in the last day, and in the four weeks before it. */
  recent: number;
  before: number;
}

export interface Refusing extends RefusedPeople {
  /** In a day. */
  expected: number;
  probability: number;
}

export function readRefusedPeople(
  client: ClickHouseClient,
  account_id: string,
  now_ms: number,
): Promise<RefusedPeople[]> {
  return askRows<RefusedPeople>(client, {
    query: `SELECT offer_id, reason, countIf(tap.tapped_at >= fromUnixTimestamp64Milli({recent_ms:Int64})) AS recent,
        count() - recent AS before
      FROM trackly.refused_taps AS tap
      WHERE tap.account_id = {account_id:String} AND tap.verdict = 'human' AND tap.reason != 'opt_out'
        AND tap.tapped_at >= fromUnixTimestamp64Milli({from_ms:Int64})
      GROUP BY offer_id, reason HAVING recent >= {people_min:UInt32}
      ORDER BY recent DESC, offer_id, reason LIMIT {limit:UInt32}`,
    query_params: {
      ...{ account_id, people_min: PEOPLE_MIN, limit: ROWS_MAX },
      recent_ms: recentSince(now_ms),
      from_ms: recentSince(now_ms) - HISTORY_DAYS * DAY_MS,
    },
  });
}

export const recentSince = (now_ms: number): number => now_ms - DAY_MS;

/**
 * Undefined unless it is many more than usual. The chance is the upper tail of the Poisson distribution at the usual
 * number of a day, with one tap added, so that it is not 0: P(at least n) = 1 - Q(n, mean). Source: NIST Digital Library of
 * Mathematical Functions, 8.4.10.
 */
export function judgeRefused(people: RefusedPeople): Refusing | undefined {
  const { recent, before } = people;
  const expected = (before + 1) / HISTORY_DAYS;
  if (recent < PEOPLE_MIN || recent < TIMES_USUAL * expected) return undefined;
  const probability = Math.max(0, 1 - gammaTail(recent, expected));
  return probability < CHANCE ? { ...people, expected, probability } : undefined;
}
