/**
 * The postback inspector: the newest reports of an offer as they came, what was read, what became of them and why, and
 * their replay. `unknown` in place of an offer's id: reports that name no offer that is known. With Redis or ClickHouse
 * down: 503.
 */
import { z } from 'zod';
import { getEntities } from '../../catalog/catalog-store.ts';
import type { PostbackNames } from '../../catalog/postback-names.ts';
import { ClickIds } from '../../clicks/click-id.ts';
import { CHANNELS } from '../../conversions/conversion.ts';
import {
  explainReport,
  notReplayable,
  REPORT_STATES,
  stateOf,
} from '../../conversions/inspector/explain-report.ts';
import { readAgain } from '../../conversions/inspector/read-again.ts';
import { type Replayable, replayReport } from '../../conversions/inspector/replay-report.ts';
import {
  REPORTS_KEPT_DAYS,
  REPORTS_MAX,
  readReports,
  UNKNOWN_OFFER,
  UNPROVEN_MAX,
} from '../../conversions/inspector/report-lists.ts';
import { ConversionError } from '../../conversions/receive/conversion-error.ts';
import { directSources } from '../../conversions/receive/conversion-sources.ts';
import type { Received } from '../../conversions/receive/receive-many.ts';
import { type Booked, readBooked } from '../../reports/read-booked.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { pageQuery } from '../http/paging.ts';

const offerId = z
  .string()
  .min(1)
  .max(60)
  .describe('`unknown`: reports of the account that name no offer that is known');
const params = z.object({ id: offerId });
const oneParams = z.object({ id: offerId, report_id: z.string().min(1).max(60) });
const querystring = pageQuery.extend({
  state: z.enum(REPORT_STATES).optional().describe('Only reports that this became of'),
});

const keptReport = z
  .object({
    report_id: z.string(),
    received_at: z.string(),
    channel: z.enum(CHANNELS),
    method: z.string(),
    address: z.string().describe('Of the caller, as ip_storage says; empty for the API'),
    query: z.string().describe('As it came; secrets are …'),
    body: z.string().describe('As it came; secrets are …. Of the API, what was read'),
    content_type: z.string(),
    read: z.record(z.string(), z.string()).describe('The parameters that were read, without secrets'),
    ignored: z.array(z.string()).describe('Names of parameters that are not ours'),
    state: z
      .enum(REPORT_STATES)
      .describe('What became of it; `waiting`: it was received and is not booked yet'),
    explanation: z.string().describe('Why, in a sentence'),
    status: z.number().describe('HTTP status of the answer; a pixel is always answered 200'),
    error: z.string().describe('Code of the refusal; empty for none'),
    conversion_id: z.string().describe('Of a repeat that of the first report; empty for a refused one'),
    repeats: z.string(),
    problem: z.string().describe('What is wrong with it though it was received'),
    replay_of: z.string().describe('The report that was replayed; empty for none'),
    replayable: z.boolean(),
    booked: z
      .object({
        status: z.string(),
        reason: z.string(),
        revenue: z.string(),
        payout: z.string(),
        currency: z.string(),
      })
      .nullable()
      .describe('Its conversion in the money ledger now'),
    conversion_url: z.string().nullable(),
  })
  .meta({ id: 'KeptReport' });

const list = z.object({
  reports: z.array(keptReport),
  page: z.number(),
  per_page: z.number(),
  total: z.number(),
});
const replayed = z.object({
  report_id: z.string(),
  status: z.enum(['accepted', 'duplicate', 'refused']),
  conversion_id: z.string().describe('Of a repeat that of the first report; empty for a refused one'),
  unattributed: z.string().describe('Why it can’t be credited, if that is known already'),
  error: z.string(),
  message: z.string(),
});

export function offerReportRoutes(app: Api, context: ApiContext): void {
  const { redis, clickhouse, keys, contact_key, log_bytes_max, inspector } = context;
  const replaying = {
    ...{ redis, clickhouse, keys, contact_key, log_bytes_max, inspector },
    sources: directSources(context.reader),
    click_ids: new ClickIds(keys),
  };
  const tags = ['offers'];
  const config = { scope: 'read', limit: 'report' } as const;

  async function kept(account_id: string, offer_id: string): Promise<Replayable[]> {
    let names: PostbackNames | undefined;
    if (offer_id !== UNKNOWN_OFFER) {
      const [offer] = await getEntities(redis, 'offer', account_id, [offer_id]);
      if (offer === undefined) throw new ApiError('not_found', 'there is no such offer in this account');
      names = offer.postback_names;
    }
    const reports = await readReports(redis, account_id, offer_id, Date.now());
    return reports.map((report) => ({ report, given: readAgain(report, names) }));
  }

  async function one(account_id: string, offer_id: string, report_id: string): Promise<Replayable> {
    const reports = await kept(account_id, offer_id);
    const found = reports.find(({ report }) => report.report_id === report_id);
    if (found === undefined) throw new ApiError('not_found', 'this report is not kept, or not any more');
    return found;
  }

  const bookedOf = (account_id: string, reports: readonly Replayable[]): Promise<Map<string, Booked>> =>
    readBooked(
      clickhouse,
      account_id,
      reports.flatMap(({ report }) => report.answer.conversion_id ?? []),
    );

  app.get(
    '/v2/offers/:id/reports',
    {
      config: { ...config, documented_answers: { 200: list } },
      schema: {
        tags,
        summary: 'List the newest reports of an offer as they came',
        description: `Newest first: the last ${REPORTS_MAX} that were accepted or proved by a secret who sent them, and the last ${UNPROVEN_MAX} others, of ${REPORTS_KEPT_DAYS} days; of floods and large uploads a share.`,
        params,
        querystring,
      },
    },
    (request) =>
      explainErrors(async () => {
        const { account_id } = request.account;
        const { page, per_page, state } = request.query;
        const all = await kept(account_id, request.params.id);
        const from = (page - 1) * per_page;
        const wanted = state === undefined ? all.slice(from, from + per_page) : all;
        const booked = await bookedOf(account_id, wanted);
        const shown = wanted.map((report) => shownReport(report, booked));
        const found = state === undefined ? shown : shown.filter((report) => report.state === state);
        return {
          reports: state === undefined ? found : found.slice(from, from + per_page),
          page,
          per_page,
          total: state === undefined ? all.length : found.length,
        };
      }),
  );

  app.get(
    '/v2/offers/:id/reports/:report_id',
    {
      config: { ...config, documented_answers: { 200: keptReport } },
      schema: { tags, summary: 'Read a report of an offer as it came', params: oneParams },
    },
    (request) =>
      explainErrors(async () => {
        const { account_id } = request.account;
        const report = await one(account_id, request.params.id, request.params.report_id);
        return shownReport(report, await bookedOf(account_id, [report]));
      }),
  );

  app.post(
    '/v2/offers/:id/reports/:report_id/replay',
    {
      config: {
        scope: 'conversions',
        limit: 'report',
        audit: 'offer.report_replayed',
        documented_answers: { 200: replayed },
      },
      schema: {
        tags,
        summary: 'Send a kept report through reception again, as the account',
        description:
          'After a secret, an offer or a setting was mended; what the offer has got another name for in `postback_names` is read anew. Without a ts the conversion keeps the time at which the report came. A report that counts already is answered as a duplicate.',
        params: oneParams,
      },
    },
    (request) =>
      explainErrors(async () => {
        const { account } = request;
        const { id, report_id } = request.params;
        const found = await one(account.account_id, id, report_id);
        const why_not = notReplayable(found.report, found.given);
        if (why_not !== undefined) throw new ApiError('conflict', why_not);
        const result = await replayReport(replaying, account, found);
        if (result === 'running') {
          throw new ApiError('conflict', 'this report is being replayed: look again in a moment');
        }
        const answer = replayAnswer(report_id, result);
        request.audited = { after: { report_id, conversion_id: answer.conversion_id } };
        return answer;
      }),
  );
}

function replayAnswer(report_id: string, result: Received | ConversionError): z.output<typeof replayed> {
  if (result instanceof ConversionError) {
    const { code: error, message } = result;
    return { report_id, status: 'refused', conversion_id: '', unattributed: '', error, message };
  }
  const { status, conversion_id, unattributed = '' } = result;
  return { report_id, status, conversion_id, unattributed, error: '', message: '' };
}

function shownReport(
  { report, given }: Replayable,
  booked_by_id: ReadonlyMap<string, Booked>,
): z.output<typeof keptReport> {
  const { report_id, channel, method, address, query, body, content_type, status, answer, replay_of } =
    report;
  const booked = booked_by_id.get(answer.conversion_id ?? '');
  const { ignored: _, ...read } = report.read;
  return {
    ...{ report_id, channel, method, address, query, body, content_type, status, replay_of },
    received_at: new Date(report.received_at_ms).toISOString(),
    read: read as Record<string, string>,
    ignored: [...(answer.ignored ?? [])],
    state: stateOf(report, booked),
    explanation: explainReport(report, booked),
    error: answer.error ?? '',
    conversion_id: answer.conversion_id ?? '',
    repeats: answer.repeats ?? '',
    problem: answer.problem ?? '',
    replayable: notReplayable(report, given) === undefined,
    booked: booked === undefined ? null : pick(booked),
    conversion_url: answer.conversion_id ? `/v2/conversions/${answer.conversion_id}` : null,
  };
}

const pick = ({ status, reason, revenue, payout, currency }: Booked) => ({
  ...{ status, reason, revenue, payout, currency },
});
