/**
 * Finds the versions of the bot rules under which a report's clicks were judged. Live clicks have the version of
 * their time; each finished rejudgement overrides its range for all reports after it. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import { within } from './report-query.ts';
import { InvalidReportError, type Range } from './report-range.ts';
import { SharedQueries } from './shared-queries.ts';

export interface FinishedRejudgement {
  rejudgement: number;
  rules_version: string;
  from_s: number;
  to_s: number;
}

export interface RulesVersions {
  /** The versions that the report shows, oldest first. */
  shown: string[];
  /** The versions that can be asked for. */
  available: string[];
  /** Rejudgements up to this number count; undefined: all. */
  rejudgement_max: number | undefined;
}

const RUNS = `SELECT rejudgement, rules_version, toUnixTimestamp(from_at) AS from_s, toUnixTimestamp(to_at) AS to_s
  FROM trackly.rejudgements
  WHERE account_id = {account_id:String} AND from_at < toDateTime({to_s:UInt32}) AND to_at > toDateTime({from_s:UInt32})`;

/** Finished rejudgements that touch the range, oldest first. */
export function readFinishedRejudgements(
  client: ClickHouseClient,
  account_id: string,
  from_s: number,
  to_s: number,
): Promise<FinishedRejudgement[]> {
  return askRows<FinishedRejudgement>(client, {
    query: `${RUNS} ORDER BY rejudgement`,
    query_params: { account_id, from_s, to_s },
  });
}

/** `asked` shows the range as it was last judged under that version. Throws InvalidReportError. */
export async function readRulesVersions(
  client: ClickHouseClient,
  account_id: string,
  range: Range,
  asked: string | undefined,
): Promise<RulesVersions> {
  const [from_s, to_s] = [range.from_ms / 1_000, range.to_ms / 1_000];
  const { runs, live } = await shared.ask(client, `${account_id} ${from_s} ${to_s}`, () =>
    readJudged(client, account_id, from_s, to_s),
  );
  const available = [...new Set([...live, ...runs.map(({ rules_version }) => rules_version)])];
  let rejudgement_max: number | undefined;
  if (asked !== undefined) {
    if (!available.includes(asked)) {
      const known = available.length === 0 ? 'nothing was judged in it' : `use ${available.join(' or ')}`;
      throw new InvalidReportError(
        `No click of this range was judged under rules_version ${asked}: ${known}.`,
      );
    }
    // The first verdicts of clicks come before every rejudgement.
    rejudgement_max = runs.findLast(({ rules_version }) => rules_version === asked)?.rejudgement ?? 0;
  }
  const counted = runs.filter(({ rejudgement }) => rejudgement <= (rejudgement_max ?? rejudgement));
  // The quarter hours of live clicks are needed only if the range was rejudged, which is rare.
  if (counted.length === 0) {
    return { shown: live, available, rejudgement_max };
  }
  const lastOf = (quarter_s: number): FinishedRejudgement | undefined =>
    counted.findLast((run) => run.from_s <= quarter_s && quarter_s < run.to_s);
  const shown = new Set<string>();
  const with_hours = await askRows<{ rules_version: string; quarter_hours: number[] }>(client, {
    query: `SELECT rules_version, groupUniqArray(toUnixTimestamp(quarter_hour)) AS quarter_hours ${LIVE}`,
    query_params: { account_id, from_s, to_s },
  });
  for (const { rules_version, quarter_hours } of with_hours) {
    for (const quarter_s of quarter_hours) shown.add(lastOf(quarter_s)?.rules_version ?? rules_version);
  }
  return { shown: available.filter((version) => shown.has(version)), available, rejudgement_max };
}

const LIVE = `FROM trackly.rollup_networks
  WHERE account_id = {account_id:String} AND rejudgement = 0 AND rules_version != ''
    AND ${within('quarter_hour')}
  GROUP BY rules_version`;

interface Judged {
  runs: FinishedRejudgement[];
  /** Versions that live clicks were judged under, oldest first. */
  live: string[];
}

const shared = new SharedQueries<Judged>();

async function readJudged(
  client: ClickHouseClient,
  account_id: string,
  from_s: number,
  to_s: number,
): Promise<Judged> {
  const rows = await askRows<FinishedRejudgement>(client, {
    query: `${RUNS} UNION ALL SELECT 0, rules_version, toUnixTimestamp(min(quarter_hour)), 0 ${LIVE}`,
    query_params: { account_id, from_s, to_s },
  });
  const live = rows.filter(({ rejudgement }) => rejudgement === 0).sort((a, b) => a.from_s - b.from_s);
  return {
    runs: rows.filter(({ rejudgement }) => rejudgement > 0).sort((a, b) => a.rejudgement - b.rejudgement),
    live: live.map(({ rules_version }) => rules_version),
  };
}
