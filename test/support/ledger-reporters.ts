/** Sends a plan of reports, each until it is answered, by its own channel: networks do the same. */
import type { PlanChannel, PlanReport } from './ledger-plan.ts';
import { createNetwork } from './postback.ts';
import type { Sender } from './sender.ts';
import type { System } from './system.ts';

const PATHS: Partial<Record<PlanChannel, string>> = {
  click: '/conv',
  link: '/conv',
  message: '/conv/offer',
  offer_click: '/conv/offer',
  coupon: '/conv/coupon',
  wrong: '/conv/offer',
};
const BULK = ['json', 'ndjson', 'csv'] as const;
const BULK_REPORTS = 100;
const COLUMNS = ['click_id', 'link_id', 'event', 'revenue', 'currency', 'txn_id', 'refund_id', 'ts'];
/** A report that is not answered after so many tries is a failure of the test. */
const TRIES_MAX = 300;
/** While a process is away all reporters try: not so often that they keep it from coming back. */
const RETRY_MS = 150;

/** What goes wrong, in words; empty where every report was taken. */
export async function sendReports(
  system: System,
  sender: Sender,
  plan: readonly PlanReport[],
  at_once: number,
  progress: (sent: number) => void,
): Promise<string[]> {
  const network = createNetwork(system.redirect_url, at_once);
  const wrong: string[] = [];
  let sent = 0;
  let next = 0;
  const calls: PlanReport[][] = [];
  const bulks = new Map<PlanChannel, PlanReport[]>();
  for (const report of plan) {
    if (!(BULK as readonly PlanChannel[]).includes(report.channel)) calls.push([report]);
    else {
      const bulk = bulks.get(report.channel) ?? [];
      if (bulk.push(report) === 1) calls.push(bulk);
      bulks.set(report.channel, bulk.length === BULK_REPORTS ? [] : bulk);
    }
  }

  async function until(run: () => Promise<string | undefined>, what: string): Promise<void> {
    let problem: string | undefined = '';
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      problem = await run().catch((error: unknown) => String(error));
      if (problem === undefined) return;
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
    wrong.push(`${what}: ${problem}`);
  }

  async function single(report: PlanReport): Promise<string | undefined> {
    const parameters = parametersOf(report);
    const { link_id, ...rest } = parameters;
    const pixel = report.channel === 'pixel';
    const path = pixel ? `/pixel/${link_id}.gif` : (PATHS[report.channel] ?? '');
    const method = !pixel && report.txn_id.endsWith('3') ? 'POST' : 'GET';
    const reply = await network.report(path, pixel ? rest : parameters, method);
    if (reply === undefined) return 'no answer';
    const outcome = pixel ? reply.outcome : reply.body.status;
    return reply.status === 200 && /^(accepted|duplicate)$/.test(outcome)
      ? undefined
      : `${reply.status} ${JSON.stringify(reply.body)}`;
  }

  async function bulk(reports: readonly PlanReport[]): Promise<string | undefined> {
    const items = reports.map(parametersOf);
    const channel = reports[0]?.channel;
    const [type, body] =
      channel === 'json'
        ? ['application/json', JSON.stringify({ conversions: items })]
        : channel === 'ndjson'
          ? ['application/x-ndjson', items.map((item) => `${JSON.stringify(item)}\n`).join('')]
          : [
              'text/csv',
              [COLUMNS, ...items.map((item) => COLUMNS.map((name) => item[name] ?? ''))].join('\r\n'),
            ];
    const answer = await fetch(`${system.api_url}/v2/conversions`, {
      method: 'POST',
      headers: { 'x-api-key': sender.api_key, 'content-type': type },
      body,
    });
    const text = await answer.text();
    if (answer.status !== 200) return `${answer.status} ${text.slice(0, 300)}`;
    const taken =
      channel === 'csv'
        ? JSON.parse(text).accepted + JSON.parse(text).duplicates
        : (text.match(/"status":"(accepted|duplicate)"/g) ?? []).length;
    return taken === reports.length
      ? undefined
      : `${taken} of ${reports.length} taken: ${text.slice(0, 300)}`;
  }

  async function reporter(): Promise<void> {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
      const [first] = call as [PlanReport];
      const reports = call;
      if ((BULK as readonly PlanChannel[]).includes(first.channel))
        await until(() => bulk(reports), first.channel);
      else await until(() => single(first), JSON.stringify(first.parameters));
      sent += call.length;
      progress(sent);
    }
  }
  await Promise.all(Array.from({ length: at_once }, reporter));
  network.close();
  return wrong;
}

function parametersOf(report: PlanReport): Record<string, string> {
  const { parameters, event, amount, currency, txn_id, sent_txn_id, refund_id, converted_at_ms } = report;
  const seconds = String(converted_at_ms / 1_000);
  return {
    ...parameters,
    ...(event === 'sale' && txn_id.endsWith('7') ? {} : { event }),
    revenue: amount,
    currency,
    txn_id: sent_txn_id,
    refund_id,
    ts: txn_id.endsWith('5') ? new Date(converted_at_ms).toISOString() : seconds,
  };
}
