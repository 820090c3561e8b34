/**
 * GET /v2/audit: who changed what, from where, before and after; as pages, or as a file. An account sees its own
 * entries, the operator those of all. With ClickHouse down: 503; entries wait on their log meanwhile.
 */
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ACTIONS, type AuditAction } from '../../access/audit/actions.ts';
import { ACTOR_KINDS, OUTCOMES } from '../../access/audit/audit-fields.ts';
import {
  AUDIT_FILE_MAX,
  type AuditFilter,
  type AuditQuestion,
  ENTRY_COLUMNS,
  listAudit,
  SHOWN_ENTRY,
  type ShownEntry,
  streamAudit,
} from '../../access/audit/list-audit.ts';
import { SUBJECT_KINDS, type SubjectKind } from '../../access/audit/subjects.ts';
import { csvOf } from '../../reports/report-csv.ts';
import { readExactRange } from '../../reports/report-range.ts';
import { columnSchemas } from '../http/column-schemas.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { bom, forPeople } from '../http/csv-query.ts';
import { ApiError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { BY_FORMAT } from '../http/limit-requests.ts';
import { ndjsonOf } from '../http/ndjson.ts';
import { pageOf, pageOrFileQuery } from '../http/paging.ts';

const text = z.string().min(1).max(200).optional();
const filters = {
  action: z
    .enum(Object.keys(ACTIONS) as AuditAction[])
    .optional()
    .describe(
      Object.entries(ACTIONS)
        .map(([name, means]) => `\`${name}\`: ${means}`)
        .join('. '),
    ),
  actor_kind: z.enum(ACTOR_KINDS).optional(),
  address: text.describe('IP address that the request came from'),
  subject_kind: z.enum(SUBJECT_KINDS as [SubjectKind]).optional(),
  subject_id: text.describe('Id of what was changed'),
  outcome: z.enum(OUTCOMES).optional(),
} satisfies Record<AuditFilter, z.ZodType>;

const querystring = z.strictObject({
  from: z.string().max(40).optional().describe('Date or ISO 8601 time; default: 30 days before to'),
  to: z.string().max(40).optional().describe('The same; a plain date includes that day. Default: now'),
  tz: z.string().max(64).default('UTC'),
  account_id: text.describe('For an admin key: only this account. Default: all'),
  actor: text.describe('Id or name of the key, member or command that did it'),
  ...filters,
  ...pageOrFileQuery.shape,
  format: z
    .enum(['json', 'csv', 'ndjson'])
    .default('json')
    .describe(`csv, ndjson: all entries, up to ${AUDIT_FILE_MAX}, as a file`),
  bom,
});

const state = z.record(z.string(), z.unknown());
const entry = z
  .object({
    ...columnSchemas(SHOWN_ENTRY),
    before: state.describe(SHOWN_ENTRY.before.meaning.replace(': JSON', '')),
    after: state.describe(SHOWN_ENTRY.after.meaning),
  })
  .meta({ id: 'AuditEntry' });
const page = z.object({ entries: z.array(entry), page: z.int(), per_page: z.int(), total: z.int() });

export function auditRoutes(app: Api, { clickhouse }: ApiContext): void {
  app.get(
    '/v2/audit',
    {
      config: { scope: 'admin', either: true, limit: { ...BY_FORMAT, ndjson: 'download' } },
      schema: {
        tags: ['audit'],
        summary: 'Who changed what, from where, before and after; newest first',
        querystring,
        response: {
          200: {
            description: 'The entries',
            content: {
              'application/json': { schema: page },
              'application/x-ndjson': { schema: z.string() },
              'text/csv': { schema: z.string() },
            },
          },
        },
      },
    },
    (request, reply) =>
      explainErrors(async () => {
        const { format } = request.query;
        const { page, per_page } = pageOf(request.query);
        const question = questionOf(request, request.query);
        if (format === 'json') {
          const { rows, total_rows } = await listAudit(clickhouse, question, page, per_page);
          return { entries: rows.map(parsed), page, per_page, total: total_rows };
        }
        const groups = await streamAudit(clickhouse, question);
        const file =
          format === 'csv'
            ? csvOf(ENTRY_COLUMNS, groups, forPeople(request.query))
            : ndjsonOf(parsedGroups(groups));
        reply.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson');
        reply.header('content-disposition', `attachment; filename="audit.${format}"`);
        // Fastify streams it; the return type comes from the schema.
        return Readable.from(file) as unknown as string;
      }),
  );
}

function questionOf(
  { account, is_admin }: Pick<FastifyRequest, 'account' | 'is_admin'>,
  { from, to, tz, account_id, actor, ...query }: z.output<typeof querystring>,
): AuditQuestion {
  if (!is_admin && account_id !== undefined && account_id !== account.account_id) {
    throw new ApiError('forbidden', 'account_id: a key sees the audit log of its own account only');
  }
  const names = Object.keys(filters) as AuditFilter[];
  return {
    account_id: is_admin ? account_id : account.account_id,
    range: readExactRange(from, to, tz, Date.now()),
    filters: Object.fromEntries(
      names.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])),
    ),
    actor,
    shows_operator: is_admin,
  };
}

const parsed = ({ before, after, ...rest }: ShownEntry) => ({
  ...rest,
  before: JSON.parse(before) as Record<string, unknown>,
  after: JSON.parse(after) as Record<string, unknown>,
});

async function* parsedGroups(groups: AsyncIterable<ShownEntry[]>): AsyncGenerator<object[]> {
  for await (const rows of groups) yield rows.map(parsed);
}
