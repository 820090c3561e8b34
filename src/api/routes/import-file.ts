/**
 * `POST /v2/imports`: a file of history as CSV. It is read once, as it arrives, and never held whole: with a dry run the
 * answer says what would be imported; else the rows are staged, and a worker applies them (workers/transfer). With the
 * header Idempotency-Key a request that broke off can be sent again, and goes on behind what was stored. With Redis or
 * ClickHouse down: 503, and the same request can be sent again.
 */
import { PassThrough, type Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listEntities } from '../../catalog/catalog-store.ts';
import type { Account, EntityKind } from '../../catalog/definitions.ts';
import { Agents } from '../../clicks/agent.ts';
import { noteLinkMade } from '../../domains/note-link-made.ts';
import { hostName } from '../../platform/host.ts';
import { newProducerId } from '../../platform/random.ts';
import { ErasedContacts } from '../../privacy/erased-contacts.ts';
import {
  type BadRow,
  holdImport,
  type Import,
  moveImport,
  NO_COUNTS,
  newImportId,
  noteBlock,
  openImport,
  readImport,
  recordImport,
  releaseImport,
  saveImport,
  stagedBlocks,
} from '../../transfer/imports/import.ts';
import { type ImportColumns, resolveImportColumns } from '../../transfer/imports/import-columns.ts';
import { ImportError } from '../../transfer/imports/import-error.ts';
import {
  FIELD_NAMES,
  IMPORT_FIELDS,
  IMPORT_KINDS,
  type ImportField,
} from '../../transfer/imports/import-fields.ts';
import { domainsOf, OldLinks } from '../../transfer/imports/old-links.ts';
import { PRESET_NAMES } from '../../transfer/imports/presets.ts';
import { BLOCK_ROWS, type ReadCounts, type Reading, readHistory } from '../../transfer/imports/read-file.ts';
import { textsOf } from '../../transfer/imports/read-import-row.ts';
import type { History } from '../../transfer/imports/rows-of-history.ts';
import { BODY_BOUNDS, passOver } from '../http/bound-bodies.ts';
import type { ApiContext } from '../http/context.ts';
import { type Csv, readCsv } from '../http/csv.ts';
import { ApiError } from '../http/errors.ts';
import { columnsQuery, namedColumns, styleQuery, zoneOf } from '../http/file-query.ts';
import { beginKeyed, fingerprintOf, idempotencyKey } from '../http/idempotency.ts';

const DAY_S = 24 * 3_600;
/** Entities of each kind whose names are known; those behind them are known by their ids alone. */
const ENTITIES_MAX = 10_000;
const ENTITIES_PER_PAGE = 1_000;
const AGENTS_CACHED_MAX = 20_000;

export const importQuery = z.strictObject({
  kind: z
    .enum(IMPORT_KINDS)
    .optional()
    .describe('What the rows are. Default: what the header line is known for'),
  preset: z
    .enum(PRESET_NAMES as [string, ...string[]])
    .optional()
    .describe('Whose export it is. Default: the one that has such a header line; else our own names'),
  dry_run: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      'Whether to read and check only: nothing is stored, and the answer has the counts and the first errors',
    ),
  ...columnsQuery(FIELD_NAMES, (field) => `The file's own name of the column: ${IMPORT_FIELDS[field]}`),
  domain: z
    .string()
    .max(253)
    .optional()
    .describe("Host of old codes that have none in the file. Default: the account's"),
  case: z
    .enum(['sensitive', 'insensitive'])
    .optional()
    .describe(
      'Whether /Spring and /spring are two links. Default: as the preset’s product has it; else they are',
    ),
  ...styleQuery,
});
export type ImportQuery = z.output<typeof importQuery>;

export interface DryRun extends Omit<ReadCounts, 'errors'> {
  dry_run: true;
  kind: Import['kind'];
  preset: string;
  mapping: Import['mapping'];
  ignored_columns: string[];
  errors: BadRow[];
  /** The first rows, by field, as the columns were read. */
  sample: Record<string, string>[];
}

type Context = Pick<
  ApiContext,
  'redis' | 'clickhouse' | 'reader' | 'contact_key' | 'link_keep_s' | 'default_domain'
>;

/** One agents' cache for all imports of a process. */
const agents = new Agents(AGENTS_CACHED_MAX);

/** Throws ApiError. */
export async function importFile(
  context: Context,
  request: FastifyRequest,
  query: ImportQuery,
  reply: FastifyReply,
): Promise<Import | DryRun> {
  // Closing the file must not close the connection, on which the answer goes.
  const body = request.body as Readable;
  const input = new PassThrough();
  body.once('error', (error: Error) => input.destroy(error));
  body.once('close', () => {
    if (!request.raw.complete) input.destroy(new Error('the body broke off'));
  });
  body.pipe(input);
  try {
    return await readAndImport(context, request, query, input);
  } catch (error) {
    body.unpipe(input);
    // The sender sees an answer only once it has sent all.
    const { refused_known_bytes_max, refused_ms_max } = BODY_BOUNDS;
    if (!request.raw.complete) {
      const passed = passOver(request.raw, refused_known_bytes_max, refused_ms_max);
      // Whoever was unpiped stands still.
      body.resume();
      request.raw.resume();
      await passed;
    }
    if (!request.raw.complete) reply.header('connection', 'close');
    throw error;
  }
}

async function readAndImport(
  context: Context,
  request: FastifyRequest,
  query: ImportQuery,
  input: Readable,
): Promise<Import | DryRun> {
  const csv = await readCsv(input, BLOCK_ROWS);
  try {
    const found = resolveImportColumns(csv.header, {
      kind: query.kind,
      preset: query.preset,
      named: namedColumns(FIELD_NAMES, query),
    });
    if (query.dry_run === 'true') {
      request.audited = null;
      return await dryRun(context, request.account, { csv, query, columns: found });
    }
    return await run(context, request, { csv, query, columns: found });
  } catch (error) {
    if (error instanceof ImportError) throw new ApiError('invalid_request', error.message);
    throw error;
  } finally {
    csv.close();
  }
}

interface Given {
  csv: Csv;
  query: ImportQuery;
  columns: ImportColumns;
}

async function dryRun(context: Context, account: Account, given: Given): Promise<DryRun> {
  const sample: DryRun['sample'] = [];
  async function* groups(): AsyncGenerator<Awaited<ReturnType<Csv['groups']['next']>>['value']> {
    for await (const group of given.csv.groups) {
      if (sample.length === 0) sample.push(...sampleOf(given.columns, group));
      yield group;
    }
  }
  const reading = await readingOf(context, account, given, {
    ...{ import_id: '', dry: true },
    now_ms: Date.now(),
  });
  const counts = await readHistory({ ...reading, staged: [], noted: async () => {} }, groups());
  return { dry_run: true, ...shownColumns(given.columns), ...counts, sample };
}

const SAMPLE_MAX = 3;
const sampleOf = (
  { at }: ImportColumns,
  group: readonly { values: readonly string[] }[],
): Record<string, string>[] =>
  group
    .slice(0, SAMPLE_MAX)
    .map(({ values }) =>
      Object.fromEntries(
        Object.keys(at).map((field) => [field, textsOf({ at }, values)(field as ImportField)]),
      ),
    );

const shownColumns = ({ kind, preset, mapping, ignored }: ImportColumns) => ({
  kind,
  preset: preset?.preset ?? '',
  mapping,
  ignored_columns: ignored,
});

async function run(context: Context, request: FastifyRequest, given: Given): Promise<Import> {
  const { redis } = context;
  const { account } = request;
  const { account_id } = account;
  const key = idempotencyKey(request);
  const begun = {
    fingerprint: fingerprintOf('import', given.query),
    request_id: newImportId(),
    received_at_ms: Date.now(),
  };
  const keyed = key === undefined ? begun : await beginKeyed(redis, account_id, key, begun);
  const place = { account_id, import_id: keyed.request_id };
  const writer = newProducerId();
  const hold = async (): Promise<void> => {
    if (await holdImport(redis, place, writer)) return;
    throw new ApiError('conflict', 'the same file is still being read: send it again in a moment');
  };
  await hold();
  try {
    const earlier = await readImport(redis, account_id, place.import_id);
    const one = earlier ?? newImport(request, given, keyed);
    request.audited = { subject_id: one.import_id, after: { ...one, errors: [] } };
    if (one.state === 'undoing' || one.state === 'undone')
      throw new ApiError(
        'conflict',
        `the import ${one.import_id} of this Idempotency-Key was undone: send the file with a new key`,
      );
    // The whole file was read.
    if (one.state !== 'reading') return one;
    if (earlier === undefined) await saveImport(redis, one);
    return await read(context, request.account, given, { one, hold });
  } finally {
    await releaseImport(redis, place, writer).catch(() => {});
  }
}

async function read(
  context: Context,
  account: Account,
  given: Given,
  { one, hold }: { one: Import; hold: () => Promise<void> },
): Promise<Import> {
  const { redis } = context;
  let now = one;
  const move = async (changes: Partial<Import>): Promise<void> => {
    const next = { ...now, ...changes };
    if (!(await moveImport(redis, now, next)))
      throw new ApiError('conflict', 'the import was undone while its file was read');
    now = next;
  };
  const reading = await readingOf(context, account, given, {
    ...{ import_id: one.import_id, dry: false },
    // The same at every try.
    now_ms: Date.parse(one.created_at),
  });
  const counts = await readHistory(
    {
      ...reading,
      staged: await stagedBlocks(redis, one),
      async noted(counts, hash) {
        await hold();
        // First the block: were the counts to fail, it is counted again when the file is sent again.
        if (hash !== '') await noteBlock(redis, one, hash);
        await move({ ...counts, errors: [...counts.errors] });
      },
    },
    given.csv.groups,
  );
  const is_links = one.kind === 'links';
  await move({
    ...counts,
    ...(is_links ? { state: 'done', finished_at: new Date().toISOString() } : { state: 'applying' }),
  });
  if (is_links) {
    await recordImport(redis, now);
    await noteHosts(context, reading);
  } else await openImport(redis, now);
  return now;
}

/** Domains with links that were made today are kept. */
async function noteHosts({ redis }: Context, { making }: Pick<Reading, 'making'>): Promise<void> {
  for (const [host, { status }] of making.domains) {
    if (status === 'active') await noteLinkMade(redis, making.account_id, host);
  }
}

function newImport(
  { account, caller }: FastifyRequest,
  { query, columns: found }: Given,
  { request_id, received_at_ms }: { request_id: string; received_at_ms: number },
): Import {
  return {
    ...NO_COUNTS,
    import_id: request_id,
    account_id: account.account_id,
    ...shownColumns(found),
    state: 'reading',
    file_name: query.file_name ?? '',
    errors: [],
    steps_done: 0,
    steps: 0,
    created_at: new Date(received_at_ms).toISOString(),
    created_by: caller.name,
    finished_at: '',
    undone_at: '',
  };
}

async function readingOf(
  context: Context,
  account: Account,
  { query, columns: found }: Given,
  { import_id, dry, now_ms }: { import_id: string; dry: boolean; now_ms: number },
): Promise<Omit<Reading, 'staged' | 'noted'>> {
  const { redis, clickhouse, reader, contact_key, link_keep_s, default_domain } = context;
  const { account_id } = account;
  const own_domain = hostName(default_domain);
  const history: History = {
    ...{ account_id, import_id, agents, own_domain, columns: found },
    style: {
      decimal: query.decimal ?? 'ask',
      dates: query.dates ?? 'ask',
      tz: zoneOf(query.tz),
      currency: query.currency?.toUpperCase() ?? '',
      domain: query.domain ?? (account.link_domain || own_domain),
    },
    now_ms,
    clicks_s: account.click_retention_days * DAY_S,
    sends_s: account.send_retention_days * DAY_S,
    ip_storage: account.ip_storage,
    entityOf: await entityNames(context, account_id),
  };
  return {
    ...{ history, clickhouse, dry },
    erased: new ErasedContacts(redis, contact_key),
    old_links: new OldLinks(redis, reader, account_id),
    making: {
      ...{ redis, reader, account_id, import_id, keep_s: link_keep_s },
      code_case: query.case ?? found.preset?.case ?? 'sensitive',
      domains: await domainsOf(redis, account_id),
    },
  };
}

const NAMED = ['offer', 'campaign', 'creative'] as const satisfies readonly EntityKind[];

/** By id, by external id and by name, which must be of one alone; any other text stands for itself. */
async function entityNames({ redis }: Context, account_id: string): Promise<History['entityOf']> {
  const ids = new Map<string, string>();
  for (const kind of NAMED) {
    for (const [text, id] of await idsByText(redis, kind, account_id)) ids.set(`${kind} ${text}`, id);
  }
  return (kind, text) => ids.get(`${kind} ${text}`) ?? text;
}

async function idsByText(
  redis: Context['redis'],
  kind: (typeof NAMED)[number],
  account_id: string,
): Promise<Map<string, string>> {
  const by_name = new Map<string, string>();
  const shared = new Set<string>();
  const by_id = new Map<string, string>();
  for (let page = 1; page <= ENTITIES_MAX / ENTITIES_PER_PAGE; page++) {
    const { items } = await listEntities(redis, kind, account_id, page, ENTITIES_PER_PAGE);
    for (const entity of items) {
      const id = String((entity as unknown as Record<string, unknown>)[`${kind}_id`]);
      if (by_name.has(entity.name)) shared.add(entity.name);
      by_name.set(entity.name, id);
      by_id.set(id, id);
      if (entity.external_id) by_id.set(entity.external_id, id);
    }
    if (items.length < ENTITIES_PER_PAGE) break;
  }
  for (const name of shared) by_name.delete(name);
  return new Map([...by_name, ...by_id]);
}
