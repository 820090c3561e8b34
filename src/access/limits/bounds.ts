/**
 * What accounts may ask of the API, and how much of it at once: the one table of these bounds. A route names its limit
 * in its config; the guide's table (src/guides/limits.md) is compared with this one by a test. Sends have no bound: they
 * run at the speed of the machine.
 */
import type { ConnectionBounds } from '../../platform/bound-connections.ts';
import type { TurnLimits } from '../../platform/turns.ts';

/** Requests in a window of time, counted in Redis over all API processes. */
export interface RateBound {
  window_s: number;
  /** Default of an account; the operator may give it another one (`requests_per_minute`). */
  account_max: number;
  /** Of one key or member: a part of the account's, so that one program does not use up what all share. */
  key_max: number;
}

/** Requests that are answered at the same time, in one API process. */
export interface AtOnceBound {
  what: string;
  /** Of all accounts together; shared fairly (src/platform/shares.ts). */
  all_max: number;
  account_max: number;
  key_max: number;
  /** When a refused caller should ask again. */
  retry_after_s: number;
}

/** 200 a second; a dashboard asks for about 1, a program that waits for a report for 4. */
export const REQUESTS: RateBound = { window_s: 60, account_max: 12_000, key_max: 6_000 };

export const AT_ONCE = {
  report: {
    what: 'questions to ClickHouse: reports, stories, lists, reconciling',
    all_max: 256,
    account_max: 32,
    key_max: 24,
    retry_after_s: 1,
  },
  audience: {
    what: 'audiences: counts, previews, explanations',
    all_max: 32,
    account_max: 6,
    key_max: 4,
    retry_after_s: 2,
  },
  // Each holds a connection to ClickHouse until its reader is done.
  download: {
    what: 'files: CSV of reports and conversions, contacts of an audience',
    all_max: 12,
    account_max: 3,
    key_max: 2,
    retry_after_s: 5,
  },
  live: {
    what: 'open streams of `/v2/live`',
    all_max: 500,
    account_max: 100,
    key_max: 50,
    retry_after_s: 5,
  },
} as const satisfies Record<string, AtOnceBound>;

export type AtOnceLimit = keyof typeof AT_ONCE;

/** What a route may name as its limit. `send`: no bound at all, not of requests either. */
export type RouteLimit = AtOnceLimit | 'send';

/**
 * Statements of analysts. Few, because a dashboard sends the statements of all its panels at once, and redirects,
 * workers and the API may share these cores.
 */
export const STATEMENTS: TurnLimits = {
  running_max: 6,
  running_each_max: 3,
  waiting_max: 256,
  waiting_each_max: 32,
  wait_ms_max: 60_000,
};

/** Of the API's listener and of the analysts'; an idle one takes about 20 kB. Times of a head and between requests. */
export const API_CONNECTIONS: ConnectionBounds = {
  connections_max: 2_000,
  headers_ms_max: 10_000,
  idle_ms_max: 72_000,
};
export const ANALYST_CONNECTIONS: ConnectionBounds = {
  connections_max: 500,
  headers_ms_max: 10_000,
  idle_ms_max: 5_000,
};

/** An address with this many wrong keys in the window gets 429 for further wrong ones; valid keys are not affected. */
export const WRONG_KEYS = { window_ms: 60_000, each_max: 60, addresses_max: 10_000 } as const;
