/**
 * Sends a plan of reports, each until it is answered, by its own channel: networks do the same. Some files are taken back
 * and sent again.
 */
import { createHash } from 'node:crypto';
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
/** Of the files. */
const TAKEN_BACK_EACH = 3;
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
    const [type, body] =
      reports[0]?.channel === 'json'
        ? ['application/json', JSON.stringify({ conversions: items })]
        : ['application/x-ndjson', items.map((item) => `${JSON.stringify(item)}\n`).join('')];
    const { status, text } = await ask('POST', '/v2/conversions', { 'content-type': type }, body);
    const taken = (text.match(/"status":"(accepted|duplicate)"/g) ?? []).length;
    return status === 200 && taken === reports.length ? undefined : `${status} ${text.slice(0, 300)}`;
  }

  let files = 0;
  /** A file until it is taken, as a whole; what broke off goes on. Every third is then taken back, and sent again. */
  async function file(reports: readonly PlanReport[]): Promise<void> {
    const items = reports.map(parametersOf);
    const lines = [COLUMNS, ...items.map((item) => COLUMNS.map((name) => item[name] ?? ''))];
    const body = lines.map((line) => line.join(',')).join('\r\n');
    let upload_id = '';
    const upload = async (key: string): Promise<string | undefined> => {
      const headers = { 'content-type': 'text/csv', 'idempotency-key': key };
      const { status, text } = await ask('POST', '/v2/conversions', headers, body);
      if (status !== 200) return `${status} ${text.slice(0, 300)}`;
      const { accepted, duplicates, ...answer } = JSON.parse(text);
      upload_id = answer.upload_id;
      return accepted + duplicates === reports.length ? undefined : text;
    };
    const undo = async (): Promise<string | undefined> => {
      const { status, text } = await ask('POST', `/v2/conversions/uploads/${upload_id}/undo`);
      return status === 202 && JSON.parse(text).state === 'undone' ? undefined : `${status} ${text}`;
    };
    const key = createHash('sha256').update(body).digest('hex');
    await until(() => upload(key), 'csv');
    if (files++ % TAKEN_BACK_EACH !== 0) return;
    await until(undo, 'undo');
    await until(() => upload(`${key}-again`), 'csv again');
  }

  async function ask(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<{ status: number; text: string }> {
    const answer = await fetch(`${system.api_url}${path}`, {
      method,
      headers: { 'x-api-key': sender.api_key, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.status, text: await answer.text() };
  }

  async function reporter(): Promise<void> {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
      const [first] = call as [PlanReport];
      const reports = call;
      if (first.channel === 'csv') await file(reports);
      else if ((BULK as readonly PlanChannel[]).includes(first.channel))
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
