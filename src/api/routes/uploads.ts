/** Uploads of conversions: the list, one of them, and its undo, which a worker carries out. With Redis down: 503. */
import { z } from 'zod';
import {
  holdWriter,
  listUploads,
  readUpload,
  requestUndo,
  shownUpload,
  type Upload,
} from '../../conversions/uploads/upload.ts';
import { newProducerId } from '../../platform/random.ts';
import { pageOf } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { pageQuery } from '../http/paging.ts';

export const uploadAnswer = z
  .object({
    upload_id: z.string(),
    account_id: z.string(),
    state: z
      .enum(['recording', 'interrupted', 'recorded', 'undoing', 'undone'])
      .describe('interrupted: complete it with the same Idempotency-Key, or undo it'),
    file_name: z.string(),
    network: z.string().describe('Whose export it was read as; empty: our own names'),
    ignored_columns: z.array(z.string()),
    lines: z.int(),
    accepted: z.int(),
    duplicates: z.int().describe('Lines that were reported before'),
    unattributed: z.int().describe('Accepted lines whose ids are already known to be wrong'),
    skipped: z.int().describe('Lines without any value'),
    rejected: z.int().describe('Lines for which the network pays nothing, which are not recorded'),
    uploaded_at: z.iso.datetime(),
    uploaded_by: z.string(),
    undone_at: z.string().describe('Empty until it was taken back'),
    voided: z.int().describe('Conversions that were taken back'),
  })
  .meta({ id: 'Upload' });

const params = z.object({ upload_id: z.string().max(60) });

export function uploadRoutes(app: Api, { redis }: ApiContext): void {
  const tags = ['conversions'];

  async function find(account_id: string, upload_id: string): Promise<Upload> {
    const upload = await readUpload(redis, upload_id);
    if (upload?.account_id === account_id) return upload;
    throw new ApiError('not_found', 'there is no such upload in this account');
  }

  app.get(
    '/v2/conversions/uploads',
    {
      config: { scope: 'read', documented_answers: { 200: pageOf('uploads', uploadAnswer) } },
      schema: { tags, summary: 'List uploads of conversions, newest first', querystring: pageQuery },
    },
    async ({ account, query: { page, per_page } }) => {
      const { items, total } = await listUploads(redis, account.account_id, page, per_page);
      return { uploads: items, page, per_page, total };
    },
  );

  app.get(
    '/v2/conversions/uploads/:upload_id',
    {
      config: { scope: 'read', documented_answers: { 200: uploadAnswer } },
      schema: { tags, summary: 'Read an upload of conversions', params },
    },
    async ({ account, params: { upload_id } }) =>
      shownUpload(redis, await find(account.account_id, upload_id)),
  );

  app.post(
    '/v2/conversions/uploads/:upload_id/undo',
    {
      config: {
        scope: 'conversions',
        documented_answers: { 202: uploadAnswer },
        audit: 'conversions.upload_undone',
      },
      schema: {
        tags,
        summary: 'Take back all that an upload booked',
        description:
          'A worker takes it back within seconds; `state` says when it is `undone`. The mended file can then be sent again and counts once. Safe to repeat.',
        params,
      },
    },
    async (request, reply) => {
      const { account_id } = request.account;
      const upload = await find(account_id, request.params.upload_id);
      const { upload_id } = upload;
      // From now on nothing more of it is recorded.
      if (upload.state === 'recording' && !(await holdWriter(redis, upload_id, newProducerId()))) {
        throw new ApiError(
          'conflict',
          'the upload is still being recorded: take it back when that has ended',
        );
      }
      const left = upload.state === 'undone' ? upload : await requestUndo(redis, upload);
      request.audited = {
        subject_id: upload_id,
        before: { state: upload.state },
        after: { state: left.state },
      };
      return reply.code(202).send(left);
    },
  );
}
