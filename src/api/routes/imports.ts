/** Imports of history: one is made, listed, read and undone; a worker applies and undoes them. With Redis down: 503. */
import { z } from 'zod';
import { newProducerId } from '../../platform/random.ts';
import {
  holdImport,
  IMPORT_STATES,
  type Import,
  listImports,
  moveImport,
  openImport,
  readImport,
  releaseImport,
  shownImport,
} from '../../transfer/imports/import.ts';
import { FIELDS_OF, IMPORT_FIELDS, IMPORT_KINDS, NEEDED } from '../../transfer/imports/import-fields.ts';
import { KNOWN_FROM, PRESETS } from '../../transfer/imports/presets.ts';
import { pageOf } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { pageQuery } from '../http/paging.ts';
import { importFile, importQuery } from './import-file.ts';

const MOVES_MAX = 5;

const counts = {
  rows: z.int().describe('Rows of the file that were read'),
  failed: z.int().describe('Rows that can not be imported; the first of them are in errors'),
  added: z.int().describe('Rows that it added'),
  duplicates: z.int().describe('Rows that were there before'),
  errors: z.array(z.object({ line: z.int(), error: z.string(), message: z.string() })),
};
const columns = {
  kind: z.enum(IMPORT_KINDS),
  preset: z.string().describe('Whose export it was read as; empty: our own names, or those of the caller'),
  mapping: z.record(z.string(), z.string()).describe('By field, the file’s name of its column'),
  ignored_columns: z.array(z.string()),
};

export const importAnswer = z
  .object({
    import_id: z.string(),
    account_id: z.string(),
    state: z
      .enum([...IMPORT_STATES, 'interrupted'])
      .describe(
        'interrupted: complete it with the same file and Idempotency-Key, or undo it; failed: its rows are no longer all there, so undo it',
      ),
    ...columns,
    ...counts,
    file_name: z.string(),
    steps_done: z.int().describe('While it is applied: steps that are done, of `steps`'),
    steps: z.int(),
    created_at: z.iso.datetime(),
    created_by: z.string(),
    finished_at: z.string().describe('Empty until it counts'),
    undone_at: z.string().describe('Empty until it was undone'),
  })
  .meta({ id: 'Import' });

const dryRunAnswer = z
  .object({
    dry_run: z.literal(true),
    ...columns,
    ...counts,
    sample: z.array(z.record(z.string(), z.string())).describe('The first rows, by field'),
  })
  .meta({ id: 'ImportDryRun' });

const formatsAnswer = z.object({
  presets: z.array(
    z.object({
      preset: z.string(),
      title: z.string(),
      kind: z.enum(IMPORT_KINDS),
      source: z.string().describe('What the names of its columns are from'),
      known_from: z
        .enum(KNOWN_FROM)
        .describe(
          'file: as the product itself writes the file, or its tables; api: as its API has them, so the header line of its file is unconfirmed; none: unconfirmed, check the mapping',
        ),
    }),
  ),
  kinds: z.array(
    z.object({
      kind: z.enum(IMPORT_KINDS),
      fields: z.array(z.object({ field: z.string(), meaning: z.string() })),
      needed: z.array(z.array(z.string())).describe('Of each list one must have a column'),
    }),
  ),
});

const params = z.object({ import_id: z.string().max(60) });

export function importRoutes(app: Api, context: ApiContext): void {
  const { redis } = context;
  const tags = ['imports'];

  async function find(account_id: string, import_id: string): Promise<Import> {
    const run = await readImport(redis, account_id, import_id);
    if (run !== undefined) return run;
    throw new ApiError('not_found', 'there is no such import in this account');
  }

  app.post(
    '/v2/imports',
    {
      config: {
        scope: 'catalog',
        documented_answers: { 200: dryRunAnswer, 202: importAnswer },
        audit: 'import.made',
      },
      schema: {
        tags,
        summary: 'Import history: links, clicks, sends or conversions of another product',
        description:
          'The body is the file, as `text/csv` with a header line, of any size; it is read as it arrives. Exports of many products are known by their header line; any other file names its columns in the query. Rows that can not be imported are counted and left out. A row that was imported before adds nothing, so a file can be sent twice. With the header `Idempotency-Key` a request that broke off is sent again and goes on where it was. `GET /v2/imports/:import_id` shows the progress.',
        consumes: ['text/csv'],
        querystring: importQuery,
      },
    },
    async (request, reply) => {
      if (!/^text\/csv\b/i.test(request.headers['content-type'] ?? ''))
        throw new ApiError('unsupported_media_type', 'send the file as text/csv');
      const made = await importFile(context, request, request.query, reply);
      return reply.code('dry_run' in made ? 200 : 202).send(made);
    },
  );

  app.get(
    '/v2/imports/formats',
    {
      config: { scope: 'read', documented_answers: { 200: formatsAnswer } },
      schema: { tags, summary: 'Exports that are known, and the fields that columns can be' },
    },
    async () => ({
      presets: PRESETS.map(({ preset, title, kind, source, known_from }) => ({
        ...{ preset, title, kind, source, known_from },
      })),
      kinds: IMPORT_KINDS.map((kind) => ({
        kind,
        fields: fieldsOf(kind),
        needed: NEEDED[kind].map((group) => [...group]),
      })),
    }),
  );

  app.get(
    '/v2/imports',
    {
      config: { scope: 'read', documented_answers: { 200: pageOf('imports', importAnswer) } },
      schema: { tags, summary: 'List imports, newest first', querystring: pageQuery },
    },
    async ({ account, query: { page, per_page } }) => {
      const { items, total } = await listImports(redis, account.account_id, page, per_page);
      return { imports: items, page, per_page, total };
    },
  );

  app.get(
    '/v2/imports/:import_id',
    {
      config: { scope: 'read', documented_answers: { 200: importAnswer } },
      schema: { tags, summary: 'Read an import, with its progress', params },
    },
    async ({ account, params: { import_id } }) =>
      shownImport(redis, await find(account.account_id, import_id)),
  );

  app.post(
    '/v2/imports/:import_id/undo',
    {
      config: { scope: 'catalog', documented_answers: { 202: importAnswer }, audit: 'import.undone' },
      schema: {
        tags,
        summary: 'Undo an import',
        description:
          'A worker removes all that the import brought, and every report has again what it had before; `state` says when it is `undone`. Old links that it brought no longer open. Safe to repeat.',
        params,
      },
    },
    async (request, reply) => {
      const { account_id } = request.account;
      const { import_id } = request.params;
      const before = await find(account_id, import_id);
      const left = await requestUndo(before);
      request.audited = {
        subject_id: import_id,
        before: { state: before.state },
        after: { state: left.state },
      };
      return reply.code(202).send(left);
    },
  );

  async function requestUndo(found: Import): Promise<Import> {
    const writer = newProducerId();
    // From now on nothing more of it is read.
    if (found.state === 'reading' && !(await holdImport(redis, found, writer)))
      throw new ApiError('conflict', 'the file is still being read: undo it when that has ended');
    try {
      let run = found;
      for (let moves = 0; moves < MOVES_MAX; moves++) {
        if (run.state === 'undone') return run;
        const undoing: Import = { ...run, state: 'undoing' };
        if (run.state === 'undoing' || (await moveImport(redis, run, undoing))) {
          await openImport(redis, undoing);
          return undoing;
        }
        run = await find(run.account_id, run.import_id);
      }
      throw new ApiError('conflict', 'the import is being changed: try again');
    } finally {
      await releaseImport(redis, found, writer).catch(() => {});
    }
  }
}

const fieldsOf = (kind: Import['kind']): { field: string; meaning: string }[] =>
  FIELDS_OF[kind].map((field) => ({ field, meaning: IMPORT_FIELDS[field] }));
