/**
 * How webhooks of an account are doing, from what was sent to them in the last 30 days. While ClickHouse can't be asked
 * that is unknown, and webhooks can be changed all the same.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows, ClickHouseUnavailableError } from '../reports/ask-clickhouse.ts';

export interface WebhookState {
  waiting: number;
  last_sequence: number;
  last_delivered_at: string | null;
  last_attempt: { at: string; status: number; outcome: string; error: string } | null;
  failing_since: string | null;
}

const NO_STATE: WebhookState = {
  ...{ waiting: 0, last_sequence: 0, last_delivered_at: null, last_attempt: null, failing_since: null },
};

/** Outcomes after which a message is not tried again by itself. */
const FINAL = "('delivered', 'failed', 'ended')";

interface Made {
  webhook_id: string;
  made: number;
  first_sequence: number;
  last_sequence: number;
}

interface Tried {
  webhook_id: string;
  done: number;
  at: string;
  status: number;
  outcome: string;
  error: string;
  delivered_at: string;
}

const OF_THESE = 'account_id = {account_id:String} AND webhook_id IN {ids:Array(String)}';
/** The value at the position of the row's webhook. */
const givenOf = (type: string): string =>
  `transform(webhook_id, {of:Array(String)}, {values:Array(${type})}, to${type}(0))`;
/** Where ClickHouse has no time. */
const isTime = (text: string): boolean => !text.startsWith('1970-');

/** The state of each by its webhook_id; null: ClickHouse can't be asked. */
export async function statesOf(
  clickhouse: ClickHouseClient,
  account_id: string,
  ids: readonly string[],
): Promise<(webhook_id: string) => WebhookState | null> {
  try {
    const states = await readStates(clickhouse, account_id, ids);
    return (webhook_id) => states.get(webhook_id) ?? NO_STATE;
  } catch (error) {
    if (error instanceof ClickHouseUnavailableError) return () => null;
    throw error;
  }
}

/** Numbers have no gaps, so their ends tell how many there are. Those to which nothing was sent are missing. */
async function readStates(
  clickhouse: ClickHouseClient,
  account_id: string,
  ids: readonly string[],
): Promise<Map<string, WebhookState>> {
  if (ids.length === 0) return new Map();
  const made = await askRows<Made>(clickhouse, {
    query: `SELECT webhook_id, max(sequence) - min(sequence) + 1 AS made, min(sequence) AS first_sequence,
        max(sequence) AS last_sequence
      FROM trackly.webhook_messages WHERE ${OF_THESE} GROUP BY webhook_id`,
    query_params: { account_id, ids },
  });
  if (made.length === 0) return new Map();
  const tried = await askRows<Tried>(clickhouse, {
    // Tries outlive the message that they were for by as long as it was tried.
    query: `SELECT webhook_id,
        uniqExactIf(sequence, tries.outcome IN ${FINAL} AND sequence >= ${givenOf('UInt64')}) AS done,
        max(tries.at) AS at, argMax(tries.status, tries.at) AS status, argMax(tries.outcome, tries.at) AS outcome,
        argMax(tries.error, tries.at) AS error, maxIf(tries.at, tries.outcome = 'delivered') AS delivered_at
      FROM trackly.webhook_attempts AS tries WHERE ${OF_THESE} GROUP BY webhook_id`,
    query_params: {
      ...{ account_id, ids },
      of: made.map(({ webhook_id }) => webhook_id),
      values: made.map(({ first_sequence }) => first_sequence),
    },
  });
  const failing = await readFailing(clickhouse, account_id, tried);
  const tries = new Map(tried.map((one) => [one.webhook_id, one]));
  return new Map(
    made.map((one) => [one.webhook_id, stateOf(one, tries.get(one.webhook_id), failing.get(one.webhook_id))]),
  );
}

/** Since when those have failed whose last try did. */
async function readFailing(
  clickhouse: ClickHouseClient,
  account_id: string,
  tried: readonly Tried[],
): Promise<Map<string, string>> {
  const failing = tried.filter(({ outcome }) => outcome !== 'delivered');
  if (failing.length === 0) return new Map();
  const ids = failing.map(({ webhook_id }) => webhook_id);
  const rows = await askRows<{ webhook_id: string; since: string }>(clickhouse, {
    query: `SELECT webhook_id, min(at) AS since FROM trackly.webhook_attempts
      WHERE ${OF_THESE} AND toUnixTimestamp64Milli(at) > ${givenOf('Int64')}
      GROUP BY webhook_id`,
    query_params: {
      ...{ account_id, ids, of: ids },
      values: failing.map(({ delivered_at }) => Date.parse(delivered_at)),
    },
  });
  return new Map(rows.map(({ webhook_id, since }) => [webhook_id, since]));
}

function stateOf(made: Made, tried: Tried | undefined, failing_since: string | undefined): WebhookState {
  return {
    waiting: Math.max(0, made.made - (tried?.done ?? 0)),
    last_sequence: made.last_sequence,
    last_delivered_at: tried !== undefined && isTime(tried.delivered_at) ? tried.delivered_at : null,
    last_attempt:
      tried === undefined
        ? null
        : { at: tried.at, status: tried.status, outcome: tried.outcome, error: tried.error },
    failing_since: failing_since ?? null,
  };
}
