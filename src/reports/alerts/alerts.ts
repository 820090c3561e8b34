/**
 * The alerts of an account: offers that used to convert and have gone silent, offers whose share of reports with a
 * problem has risen, and offers whose links turn people away. Judged when they are asked for; nothing is stored. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import type { Refusal } from '../../conversions/refusals.ts';
import { judgeProblems, type Reports } from './problem-share.ts';
import { readHistories, readReportedProblems, recentFrom } from './read-histories.ts';
import { judgeRefused, type Refusing, readRefusedPeople, recentSince } from './refused-taps.ts';
import { HISTORY_HOURS, judgeSilence, type OfferHistory, type Silence } from './silence.ts';

const HOUR_MS = 3_600_000;

export const ALERT_KINDS = ['offer_silent', 'problems_rising', 'people_refused'] as const;

export interface Alert {
  kind: (typeof ALERT_KINDS)[number];
  /** '' for reports that were refused, or that name no offer. */
  offer_id: string;
  /** ISO 8601 UTC. */
  since: string;
  /** Conversions, problems, or refused taps of people, that were to be expected since then. */
  expected: number;
  seen: number;
  /** The chance of this without a fault. */
  probability: number;
  hint: string;
}

/** The most certain first. `refusals`: of the last four weeks. */
export async function readAlerts(
  client: ClickHouseClient,
  account_id: string,
  refusals: readonly Refusal[],
  now_ms: number,
): Promise<Alert[]> {
  const reading = readReportedProblems(client, account_id, now_ms);
  const alerts: Alert[] = [];
  // Histories are judged as they come, because all of them may be large.
  const judgeHistories = async (): Promise<void> => {
    for await (const rows of readHistories(client, account_id, now_ms)) {
      const lags = new Map((await reading).map(({ offer_id, report_lag_s }) => [offer_id, report_lag_s]));
      for (const { offer_id, history } of rows) {
        const silence = judgeSilence(reportedUntil(history, lags.get(offer_id) ?? 0));
        if (silence !== undefined) alerts.push(silent(offer_id, silence, now_ms));
      }
    }
  };
  const [reported, refused] = await Promise.all([
    reading,
    readRefusedPeople(client, account_id, now_ms),
    judgeHistories(),
  ]);
  for (const { offer_id, usual, recent } of reported) {
    if (offer_id !== '') alerts.push(...rising(offer_id, usual, recent, now_ms));
  }
  for (const people of refused) {
    const refusing = judgeRefused(people);
    if (refusing !== undefined) alerts.push(turnedAway(refusing, now_ms));
  }
  return [...alerts, ...refusedRising(reported, refusals, now_ms)].sort(
    (a, b) => a.probability - b.probability || (a.offer_id < b.offer_id ? -1 : 1),
  );
}

/** Silent offers of all accounts. */
export async function countSilentOffers(client: ClickHouseClient, now_ms: number): Promise<number> {
  const reported = await readReportedProblems(client, undefined, now_ms);
  const lags = new Map(
    reported.map(({ account_id, offer_id, report_lag_s }) => [`${account_id} ${offer_id}`, report_lag_s]),
  );
  let count = 0;
  for await (const rows of readHistories(client, undefined, now_ms)) {
    for (const { account_id, offer_id, history } of rows) {
      const lag_s = lags.get(`${account_id} ${offer_id}`) ?? 0;
      if (judgeSilence(reportedUntil(history, lag_s)) !== undefined) count++;
    }
  }
  return count;
}

/** Without the last hours, of which the network has not reported yet. */
function reportedUntil(history: OfferHistory, lag_s: number): OfferHistory {
  const end = HISTORY_HOURS - Math.min(HISTORY_HOURS, Math.ceil(lag_s / 3_600));
  const cut = (counts: readonly number[]): number[] => counts.slice(0, end);
  return { clicks: cut(history.clicks), converted: cut(history.converted), earned: cut(history.earned) };
}

function silent(offer_id: string, { last_hour, expected, probability }: Silence, now_ms: number): Alert {
  const from_ms = (Math.floor(now_ms / HOUR_MS) - HISTORY_HOURS) * HOUR_MS;
  const since = new Date(from_ms + (last_hour + 1) * HOUR_MS).toISOString();
  return {
    kind: 'offer_silent',
    offer_id,
    since,
    expected: rounded(expected),
    seen: 0,
    probability,
    hint: `No conversion since ${since}, and the clicks since then usually make ${rounded(expected)}. See whether the network has conversions; if it has, compare its postback with GET /v2/offers/${offer_id}/postbacks, and see GET /v2/reports/unattributed. If it has none, see whether the destination and the offer are still open.`,
  };
}

function rising(offer_id: string, usual: Reports, recent: Reports, now_ms: number): Alert[] {
  const rise = judgeProblems(usual, recent);
  if (rise === undefined) return [];
  const { problems, reports } = recent;
  return [
    {
      kind: 'problems_rising',
      offer_id,
      since: new Date(recentFrom(now_ms)).toISOString(),
      expected: rounded(rise.expected),
      seen: problems,
      probability: rise.probability,
      hint: `${problems} of ${reports} reports are refused, credited to nothing, or have something wrong with them; usually it is ${rounded(rise.expected)}. GET /v2/reports/unattributed names the reasons with an example of each.`,
    },
  ];
}

const REASON_WORDS: Record<Refusing['reason'], string> = {
  disabled: 'found their link disabled',
  expired: 'found their link expired',
  offer_paused: 'found the offer paused',
  offer_archived: 'found the offer archived',
  offer_unknown: 'found no offer behind their link',
  offer_capped: 'found a cap of the offer reached',
  account_suspended: 'found the account suspended',
  taken_down: 'found the link closed by the operator',
  wrong_domain: 'asked a host on which the link does not open',
  country_blocked: 'came from a blocked country',
  opt_out: 'opened an opt-out link',
};

function turnedAway({ offer_id, reason, recent, expected, probability }: Refusing, now_ms: number): Alert {
  return {
    kind: 'people_refused',
    offer_id,
    since: new Date(recentSince(now_ms)).toISOString(),
    expected: rounded(expected),
    seen: recent,
    probability,
    hint: `${recent} taps by people within a day ${REASON_WORDS[reason]}; usually it is ${rounded(expected)}. GET /v2/reports/refused?reason=${reason} names the campaigns, with an example of each.`,
  };
}

/** Refusals are counted for the account, because the offer of a refused report is not certain. */
function refusedRising(
  reported: readonly { usual: Reports; recent: Reports }[],
  refusals: readonly Refusal[],
  now_ms: number,
): Alert[] {
  const recent_day = new Date(recentFrom(now_ms)).toISOString().slice(0, 10);
  const refused = { usual: 0, recent: 0 };
  for (const { day, reports } of refusals) refused[day < recent_day ? 'usual' : 'recent'] += reports;
  const withRefused = (period: 'usual' | 'recent'): Reports => ({
    problems: refused[period],
    reports: reported.reduce((sum, row) => sum + row[period].reports, refused[period]),
  });
  return rising('', withRefused('usual'), withRefused('recent'), now_ms);
}

const rounded = (value: number): number => Number(value.toFixed(1));
