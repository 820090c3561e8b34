/**
 * Exports of an account's rows, once or every hour, into files below EXPORT_DIR or into a bucket. A worker writes them
 * (workers/transfer); here they are asked for, looked at, changed and removed. With Redis down: 503; the list of files
 * needs ClickHouse.
 */
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { newEntityId } from '../../catalog/entity-id.ts';
import { FolderStore } from '../../platform/object-store/folder-store.ts';
import { refusedAddress } from '../../platform/outside-request.ts';
import { isUrl } from '../../platform/url.ts';
import { readExactRange } from '../../reports/report-range.ts';
import { filtersOf } from '../../transfer/exports/datasets.ts';
import { folderOf, sealKeys } from '../../transfer/exports/destination.ts';
import {
  type BucketKeys,
  COMPRESSIONS,
  DATASETS,
  type Destination,
  EVERY,
  EXPORTS_MAX,
  type Export,
  FILTERS,
  FORMATS,
  HOUR_MS,
  isOpen,
  nextHourAt,
  RANGE_DAYS_MAX,
  STATES,
  WINDOWS_BY,
} from '../../transfer/exports/export.ts';
import { findFile, listFiles, placeOf } from '../../transfer/exports/export-files.ts';
import {
  addExport,
  changeExport,
  listExports,
  noteLateness,
  readExport,
  setDue,
} from '../../transfer/exports/export-store.ts';
import { pageOf as pageShapeOf } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError, fieldError } from '../http/errors.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { pageQuery } from '../http/paging.ts';

const NAME_LENGTH_MAX = 100;
const FILTER_VALUES_MAX = 50;
const VALUE_LENGTH_MAX = 128;
const KEY_LENGTH_MAX = 200;
const DAY_MS = 24 * HOUR_MS;

const dataset = z
  .enum(DATASETS)
  .describe(
    'clicks, each with its verdict; sends; deliveries: what became of messages; conversions: the lines of the money ledger; verdicts: those that changed later; contacts: what the lines of a window add up to for each contact',
  );
const values = z.array(z.string().max(VALUE_LENGTH_MAX)).min(1).max(FILTER_VALUES_MAX);
const filters = z
  .strictObject(
    Object.fromEntries(FILTERS.map((name) => [name, values.optional()])) as Record<
      (typeof FILTERS)[number],
      z.ZodOptional<typeof values>
    >,
  )
  .describe('Only lines with one of these values. Each dataset has to have the columns that are named');
const keyText = z
  .string()
  .min(1)
  .max(KEY_LENGTH_MAX)
  .regex(/^[\x21-\x7e]+$/, 'has characters that no key has');
const isPath = (text: string): boolean =>
  text === '' || text.split('/').every((part) => /^[\w.=-]+$/.test(part) && !/^\.+$/.test(part));
const destination = z
  .strictObject({
    kind: z.enum(['folder', 's3']),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is no name of a bucket')
      .optional(),
    prefix: z
      .string()
      .max(200)
      .refine(isPath, 'may have letters, digits and ._=-, with single slashes between them')
      .optional()
      .describe('Names begin with it, and with the export’s id'),
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'is no name of a region')
      .optional()
      .describe('Default: us-east-1'),
    endpoint: z
      .string()
      .max(300)
      .refine(
        (text) => isUrl(text) && /^https?:\/\/[^/?#]+\/?$/.test(text),
        'is no address: write https://host',
      )
      .optional()
      .describe('Of the server. Default: Amazon’s, by the region'),
    access_key_id: keyText.optional(),
    secret_access_key: keyText.optional().describe('Both keys are kept encrypted, and never shown'),
  })
  .describe(
    'folder: on the server, from where `GET …/file` reads it. s3: a bucket of S3-compatible storage, with its name and keys',
  );

const exportInput = z
  .strictObject({
    name: z.string().max(NAME_LENGTH_MAX).default(''),
    datasets: z
      .array(dataset)
      .min(1)
      .max(DATASETS.length)
      .refine((given) => new Set(given).size === given.length, 'names a dataset twice'),
    format: z.enum(FORMATS).default('parquet'),
    compression: z
      .enum(COMPRESSIONS)
      .default('none')
      .describe('Of csv and ndjson; Parquet compresses itself'),
    every: z
      .enum(EVERY)
      .default('once')
      .describe(
        'once: a range. hour: each hour what was stored in it, also of earlier events, until it is removed',
      ),
    from: z
      .string()
      .max(40)
      .optional()
      .describe('Date or ISO 8601 time. Default: 30 days before to; of an hourly one: the hour that goes on'),
    to: z
      .string()
      .max(40)
      .optional()
      .describe('A plain date includes that day. Default: now; of an hourly one: never'),
    tz: z.string().max(64).optional().describe('Of dates. Default: the account’s'),
    range_by: z
      .enum(['event', 'sent'])
      .optional()
      .describe(
        'event (default): what happened in the range. sent: what came of messages sent in it. Not of an hourly one',
      ),
    filters: filters.default({}),
    destination: destination.default({ kind: 'folder' }),
  })
  .meta({
    examples: [
      { datasets: ['clicks', 'conversions'], format: 'parquet', from: '2026-11-01', to: '2026-11-30' },
      {
        datasets: ['clicks'],
        every: 'hour',
        destination: {
          ...{ kind: 's3', bucket: 'my-lake', prefix: 'trackly', region: 'eu-central-1' },
          ...{ access_key_id: 'EXAMPLE-ID', secret_access_key: 'EXAMPLE-SECRET' },
        },
      },
    ],
  });
const exportChange = z
  .strictObject({
    name: z.string().max(NAME_LENGTH_MAX),
    status: z
      .enum(['active', 'paused'])
      .describe('active: goes on where it stands, also after it was given up'),
    keys: z
      .strictObject({ access_key_id: keyText, secret_access_key: keyText })
      .describe('Other keys for the same bucket'),
  })
  .partial()
  .meta({ examples: [{ status: 'paused' }] });

const shownExport = z
  .object({
    export_id: z.string(),
    name: z.string(),
    datasets: z.array(z.enum(DATASETS)),
    format: z.enum(FORMATS),
    compression: z.enum(COMPRESSIONS),
    every: z.enum(EVERY),
    range_by: z.enum(WINDOWS_BY).describe('stored: an hourly one'),
    filters: z.record(z.string(), z.array(z.string())),
    destination: z.object({
      kind: z.enum(['folder', 's3']),
      place: z.string().describe('exports, or s3://bucket/prefix'),
      region: z.string().nullable(),
      endpoint: z.string().nullable(),
    }),
    from: z.iso.datetime(),
    to: z.iso.datetime().nullable(),
    state: z
      .enum(STATES)
      .describe('failed: it was given up after many tries; status: active takes it up again'),
    written_to: z.iso.datetime().describe('Everything before is written'),
    waits_for: z.string().describe('What it waits for; empty while it works, and when it is done'),
    next_at: z.iso.datetime().nullable().describe('When an hourly one goes on'),
    files: z.int(),
    rows: z.int(),
    bytes: z.int(),
    error: z.string().describe('Why the last try failed; empty where it did not'),
    failures: z.int().describe('Tries that failed one after the other'),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Export' });
const shownFile = z
  .object({
    name: z.string(),
    dataset: z.string().describe('Of the rows, or manifest'),
    from: z.string(),
    to: z.string(),
    rows: z.int(),
    bytes: z.int(),
    sha256: z.string(),
  })
  .meta({ id: 'ExportFile' });

const params = z.object({ export_id: z.string().max(60) });
const missing = (): ApiError => new ApiError('not_found', 'there is no such export in this account');

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

export function exportRoutes(app: Api, context: ApiContext): void {
  const { redis, clickhouse, export_dir } = context;
  const tags = ['exports'];
  const answering = (scope: 'read' | 'admin', code: number, answer: z.ZodType = shownExport) => ({
    scope,
    documented_answers: { [code]: answer },
  });

  async function find(request: FastifyRequest, export_id: string): Promise<Export> {
    const { account_id } = request.account;
    const found = await readExport(redis, { account_id, export_id });
    if (found === undefined || found.one.state === 'removing') throw missing();
    return found.one;
  }

  app.get(
    '/v2/exports',
    {
      config: answering('read', 200, z.object({ exports: z.array(shownExport) })),
      schema: { tags, summary: 'List the exports, newest first', description: `At most ${EXPORTS_MAX}.` },
    },
    async ({ account }) => {
      const all = await listExports(redis, account.account_id);
      return { exports: all.filter(({ state }) => state !== 'removing').map(shown) };
    },
  );

  app.get(
    '/v2/exports/:export_id',
    { config: answering('read', 200), schema: { tags, summary: 'Read an export and its progress', params } },
    async (request) => shown(await find(request, request.params.export_id)),
  );

  app.get(
    '/v2/exports/:export_id/files',
    {
      config: answering('read', 200, pageShapeOf('files', shownFile)),
      schema: {
        tags,
        summary: 'List the files of an export, newest windows first',
        params,
        querystring: pageQuery,
      },
    },
    (request) =>
      explainErrors(async () => {
        const { page, per_page } = request.query;
        const one = await find(request, request.params.export_id);
        const { files, total } = await listFiles(clickhouse, one, { page, per_page });
        return { files, page, per_page, total };
      }),
  );

  app.get(
    '/v2/exports/:export_id/file',
    {
      config: { scope: 'admin', limit: 'download' },
      schema: {
        tags,
        summary: 'Read a file of an export below EXPORT_DIR',
        description: 'The API has to run on the machine of the worker that wrote it, or to share its folder.',
        params,
        querystring: z.strictObject({
          name: z.string().max(300).default('').describe('As the list of files has it'),
        }),
        response: {
          200: {
            description: 'The bytes of the file. If the answer breaks off, it is incomplete',
            content: { 'application/octet-stream': { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      const { name } = request.query;
      const one = await find(request, request.params.export_id);
      if (one.destination.kind !== 'folder')
        throw new ApiError('not_found', `the files of this export are in ${placeOf(one)}: read them there`);
      const file = await explainErrors(() => findFile(clickhouse, one, name));
      if (file === undefined) throw new ApiError('not_found', 'this export has no such file');
      const chunks = new FolderStore(folderOf(export_dir, one.account_id, one.export_id))
        .get(name)
        [Symbol.asyncIterator]();
      // The first bytes are read before the answer begins, so that a missing file still has a status.
      const first = await chunks.next().catch(() => {
        throw new ApiError(
          'not_found',
          'the file is not on this machine: it was removed, or another machine wrote it',
        );
      });
      const short = name.split('/').at(-1) ?? name;
      reply.type(TYPES[short.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
      reply.header('content-length', file.bytes);
      reply.header('content-disposition', `attachment; filename="${short}"`);
      return Readable.from(withFirst(first, chunks), { objectMode: false }) as unknown as string;
    },
  );

  app.post(
    '/v2/exports',
    {
      config: { ...answering('admin', 201), audit: 'export.created' },
      schema: {
        tags,
        summary: 'Export rows, once or every hour',
        description:
          'Files with rows, and last a manifest that lists them with rows, bytes and SHA-256. sum(sign × …) over all files is what the reports have.',
        body: exportInput,
      },
    },
    async (request, reply) => {
      const { account, caller, body } = request;
      refuseFilters(body);
      const export_id = newEntityId('exp');
      const now = new Date().toISOString();
      const { from_ms, to_ms } = rangeOf(body, account.time_zone);
      const one: Export = {
        ...{ export_id, account_id: account.account_id, name: body.name, every: body.every },
        ...{ datasets: body.datasets, format: body.format, compression: body.compression },
        window_by: body.every === 'hour' ? 'stored' : (body.range_by ?? 'event'),
        filters: given(body.filters),
        destination: destinationOf(export_id, body.destination),
        ...{ from_ms, to_ms, state: 'waiting', written_to_ms: from_ms, cursor: null },
        ...{ settled_ms: 0, settling: null, waits_for: '', files: 0, rows: 0, bytes: 0 },
        ...{
          error: '',
          failures: 0,
          created_by: caller.name,
          created_at: now,
          updated_at: now,
          finished_at: null,
        },
      };
      await addExport(redis, one);
      request.audited = { subject_id: export_id, after: audited(one) };
      return reply.code(201).send(shown(one));
    },
  );

  app.patch(
    '/v2/exports/:export_id',
    {
      config: { ...answering('admin', 200), audit: 'export.changed' },
      schema: {
        tags,
        summary: 'Pause an export, take it up again, or give it other keys',
        params,
        body: exportChange,
      },
    },
    async (request) => {
      const before = await find(request, request.params.export_id);
      const { name, status, keys } = request.body;
      if (keys !== undefined && before.destination.kind !== 's3')
        throw fieldError('keys', 'this export has no bucket: leave them out');
      const after = await changeExport(redis, before, (one) => ({
        ...one,
        ...(name !== undefined && { name }),
        ...(status !== undefined && { ...statusOf(one, status) }),
        ...(keys !== undefined && one.destination.kind === 's3'
          ? {
              destination: { ...one.destination, sealed: sealKeys(context.keys, one.export_id, keys) },
              ...{ failures: 0, error: '' },
            }
          : {}),
      }));
      if (after === undefined) throw missing();
      if (isOpen(after)) await setDue(redis, after, Date.now());
      // Taken up again, or with other keys, it has as long as a new one.
      await noteLateness(redis, after, { moved: status !== undefined || keys !== undefined });
      request.audited = {
        before: audited(before),
        after: { ...audited(after), keys_changed: keys !== undefined },
      };
      return shown(after);
    },
  );

  app.delete(
    '/v2/exports/:export_id',
    {
      config: {
        ...answering('admin', 200, z.object({ export_id: z.string(), removed: z.boolean() })),
        audit: 'export.removed',
      },
      schema: {
        tags,
        summary: 'End an export and remove it',
        description: 'Its files below EXPORT_DIR are removed with it; files in a bucket stay.',
        params,
      },
    },
    async (request) => {
      const before = await find(request, request.params.export_id);
      const after = await changeExport(redis, before, (one) => ({ ...one, state: 'removing' }));
      if (after === undefined) throw missing();
      await setDue(redis, after, Date.now());
      request.audited = { before: audited(before) };
      return { export_id: before.export_id, removed: true };
    },
  );

  function destinationOf(export_id: string, asked: z.output<typeof destination>): Destination {
    const { kind, ...of_bucket } = asked;
    if (kind === 'folder') {
      const [field] = Object.keys(of_bucket);
      if (field !== undefined)
        throw fieldError(`destination.${field}`, 'a folder has none: leave it out, or write kind: s3');
      return { kind };
    }
    const { prefix = '', region = 'us-east-1', endpoint = null } = asked;
    const refused = refusedAddress(
      endpoint ?? `https://s3.${region}.amazonaws.com`,
      context.allow_private_endpoints,
    );
    if (refused !== undefined) throw fieldError('destination.endpoint', `it ${refused}`);
    const keys: BucketKeys = {
      access_key_id: required(asked, 'access_key_id'),
      secret_access_key: required(asked, 'secret_access_key'),
    };
    const bucket = required(asked, 'bucket');
    return { kind, bucket, prefix, region, endpoint, sealed: sealKeys(context.keys, export_id, keys) };
  }
}

function required(
  asked: z.output<typeof destination>,
  field: 'bucket' | 'access_key_id' | 'secret_access_key',
): string {
  const value = asked[field];
  if (value === undefined) throw fieldError(`destination.${field}`, 'a bucket needs it');
  return value;
}

function statusOf(one: Export, status: 'active' | 'paused'): Partial<Export> {
  if (status === 'paused') return one.state === 'done' ? {} : { state: 'paused', waits_for: '' };
  return one.state === 'paused' || one.state === 'failed' ? { state: 'running', failures: 0, error: '' } : {};
}

type Asked = z.output<typeof exportInput>;

/** Of an hourly one whole hours. Throws ApiError and InvalidReportError. */
function rangeOf(
  { every, from, to, tz, range_by }: Asked,
  time_zone: string,
): { from_ms: number; to_ms: number | null } {
  const now_ms = Date.now();
  const hourOf = (time_ms: number): number => Math.floor(time_ms / HOUR_MS) * HOUR_MS;
  const range = readExactRange(from, to, tz ?? time_zone, now_ms);
  if (every === 'hour') {
    if (range_by !== undefined)
      throw fieldError('range_by', 'hours are of the time at which rows are stored: leave it out');
    const from_ms = from === undefined ? hourOf(now_ms) : hourOf(range.from_ms);
    const to_ms = to === undefined ? null : hourOf(range.to_ms + HOUR_MS - 1);
    if (from_ms > now_ms) throw fieldError('from', 'it is in the future: leave it out to begin now');
    if (to_ms !== null && to_ms <= from_ms) throw fieldError('to', 'it is before from');
    refuseLong(from_ms, to_ms ?? now_ms);
    return { from_ms, to_ms };
  }
  const to_ms = Math.min(range.to_ms, now_ms);
  if (range.from_ms >= to_ms) throw fieldError('from', 'the range has not begun: write an earlier time');
  refuseLong(range.from_ms, to_ms);
  return { from_ms: range.from_ms, to_ms };
}

function refuseLong(from_ms: number, to_ms: number): void {
  if (to_ms - from_ms > RANGE_DAYS_MAX * DAY_MS)
    throw fieldError('from', `a range may have ${RANGE_DAYS_MAX} days: take several exports`);
}

const given = (asked: Asked['filters']): Export['filters'] =>
  Object.fromEntries(FILTERS.flatMap((name) => (asked[name] === undefined ? [] : [[name, asked[name]]])));

function refuseFilters({ datasets, filters: asked }: Asked): void {
  for (const name of Object.keys(given(asked)) as (typeof FILTERS)[number][]) {
    const without = datasets.find((one) => !filtersOf(one).includes(name));
    if (without !== undefined)
      throw fieldError(`filters.${name}`, `${without} can't be filtered by it: export that in another one`);
  }
}

const iso = (time_ms: number): string => new Date(time_ms).toISOString();

function shown(one: Export): z.output<typeof shownExport> {
  const { name, export_id, datasets, format, compression, every, state, error, failures } = one;
  const is_hourly = every === 'hour' && isOpen(one) && one.cursor === null;
  const next_ms = is_hourly ? nextHourAt(one) : undefined;
  const is_s3 = one.destination.kind === 's3' ? one.destination : undefined;
  return {
    ...{ export_id, name, datasets, format, compression, every, state, error, failures },
    range_by: one.window_by,
    filters: one.filters as Record<string, string[]>,
    destination: {
      kind: one.destination.kind,
      place: placeOf(one),
      region: is_s3?.region ?? null,
      endpoint: is_s3?.endpoint ?? null,
    },
    from: iso(one.from_ms),
    to: one.to_ms === null ? null : iso(one.to_ms),
    written_to: iso(one.written_to_ms),
    waits_for: one.waits_for,
    next_at: next_ms === undefined ? null : iso(next_ms),
    ...{ files: one.files, rows: one.rows, bytes: one.bytes },
    ...{ created_by: one.created_by, created_at: one.created_at, updated_at: one.updated_at },
    finished_at: one.finished_at,
  };
}

/** What the audit log keeps: nothing of the bucket's keys. */
function audited(one: Export): Record<string, unknown> {
  const {
    name,
    every,
    datasets,
    format,
    range_by: window_by,
    filters: kept,
    destination: where,
    from,
    to,
    state,
  } = shown(one);
  return { name, every, datasets, format, window_by, filters: kept, place: where.place, from, to, state };
}

async function* withFirst(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    // Also where the download is broken off: the file is closed.
    await rest.return?.();
  }
}
