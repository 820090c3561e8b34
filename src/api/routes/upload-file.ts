/**
 * Uploads a file of conversions, all or none: the body is held until its end, every line is checked, and only then the
 * first one counts. With an Idempotency-Key a broken-off upload is completed by sending it again. With Redis down: 503.
 */
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../../catalog/definitions.ts';
import { type ReportFile, readFile } from '../../conversions/exports/read-file.ts';
import type { ReceiveContext } from '../../conversions/receive/authenticate.ts';
import { ConversionError } from '../../conversions/receive/conversion-error.ts';
import { checkMany, receiveMany } from '../../conversions/receive/receive-many.ts';
import { type CheckedFile, checkFile } from '../../conversions/uploads/check-file.ts';
import type { KeyedRequest } from '../../conversions/uploads/idempotency.ts';
import { NotRecordedError, recordFile } from '../../conversions/uploads/record-file.ts';
import {
  holdWriter,
  NO_COUNTS,
  newUploadId,
  readUpload,
  releaseWriter,
  saveUpload,
  type Upload,
} from '../../conversions/uploads/upload.ts';
import { newProducerId } from '../../platform/random.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { BodySpool } from '../http/body-spool.ts';
import { ApiError } from '../http/errors.ts';
import { choicesOf, csvOpener, explainFile, type FileQuery } from '../http/file-query.ts';
import { beginKeyed, earlierRequest, fingerprintOf, idempotencyKey } from '../http/idempotency.ts';

/** Lines per call to Redis. */
const GROUP_MAX = 250;

export interface Uploading {
  redis: RedisClient;
  bodies: BodySpool;
  receiving: ReceiveContext & { redis: RedisClient };
}

/** Answers the upload, or 400 with the bad lines. Throws ApiError. */
export function uploadFile(
  uploading: Uploading,
  request: FastifyRequest,
  query: FileQuery,
  reply: FastifyReply,
): Promise<object> {
  const { redis, bodies, receiving } = uploading;
  const { account } = request;
  const key = idempotencyKey(request);
  const choices = choicesOf(query);
  return bodies.hold(request.body as Readable, account.account_id, (body) =>
    explainFile(async () => {
      const fingerprint = fingerprintOf('csv', body.sha256, query);
      const earlier =
        key === undefined ? undefined : await earlierRequest(redis, account.account_id, key, fingerprint);
      const file = await readFile(csvOpener(body, GROUP_MAX), choices);
      // The file of an earlier request was checked before its key was kept.
      if (earlier === undefined) {
        const check = (givens: Parameters<typeof checkMany>[2]) => checkMany(receiving, account, givens);
        const checked = await checkFile(file, check, Date.now()).catch(notChecked);
        if (checked.failed > 0) return refuse(reply, checked);
      }
      const begun = { fingerprint, request_id: newUploadId(), received_at_ms: Date.now() };
      const keyed =
        key === undefined ? begun : await beginKeyed(redis, account.account_id, key, earlier ?? begun);
      return record(uploading, request, file, { keyed, query });
    }),
  );
}

function notChecked(error: unknown): never {
  if (!(error instanceof ConversionError)) throw error;
  throw new ApiError('unavailable', 'the file could not be checked, and nothing was stored: send it again');
}

function refuse(reply: FastifyReply, { failed, errors }: CheckedFile): object {
  const lines = failed === 1 ? 'a line is' : `${failed} lines are`;
  const message = `${lines} wrong, so nothing was stored: mend the file and send it again`;
  reply.code(400);
  return { error: 'invalid_request', message, failed, errors };
}

async function record(
  { redis, receiving }: Uploading,
  request: FastifyRequest,
  file: ReportFile,
  { keyed, query }: { keyed: KeyedRequest; query: FileQuery },
): Promise<Upload> {
  const { account } = request;
  const { request_id: upload_id, received_at_ms } = keyed;
  const writer = newProducerId();
  const hold = async (): Promise<void> => {
    if (await holdWriter(redis, upload_id, writer)) return;
    throw new ApiError('conflict', 'the same file is still being recorded: send it again in a moment');
  };
  await hold();
  try {
    const upload =
      (await readUpload(redis, upload_id)) ?? newUpload(account, request, file, { keyed, query });
    assertOpen(upload);
    const audited = { subject_id: upload_id, after: { ...upload } };
    // What breaks off is audited too.
    request.audited = audited;
    if (upload.state === 'recorded') return upload;
    await saveUpload(redis, upload);
    const counts = await recordFile(file, {
      upload_id,
      received_at_ms,
      hold,
      record: (givens, batching) => receiveMany(receiving, account, givens, batching),
    });
    const recorded: Upload = { ...upload, ...counts, state: 'recorded' };
    audited.after = recorded;
    await saveUpload(redis, recorded);
    return recorded;
  } catch (error) {
    if (!(error instanceof NotRecordedError)) throw error;
    throw new ApiError('unavailable', `${error.message}. ${whatNext(upload_id)}`);
  } finally {
    await releaseWriter(redis, upload_id, writer).catch(() => {});
  }
}

function assertOpen({ state, upload_id }: Upload): void {
  if (state === 'recording' || state === 'recorded') return;
  throw new ApiError(
    'conflict',
    `the upload ${upload_id} of this Idempotency-Key was taken back: send the file with a new key`,
  );
}

const whatNext = (upload_id: string): string =>
  `The lines before it are stored: send the same file with the same Idempotency-Key again, or take them back with POST /v2/conversions/uploads/${upload_id}/undo`;

function newUpload(
  { account_id }: Account,
  { caller }: FastifyRequest,
  { columns }: ReportFile,
  { keyed, query }: { keyed: KeyedRequest; query: FileQuery },
): Upload {
  return {
    ...NO_COUNTS,
    upload_id: keyed.request_id,
    account_id,
    state: 'recording',
    file_name: query.file_name ?? '',
    network: columns.format?.network ?? '',
    ignored_columns: columns.ignored,
    uploaded_at: new Date(keyed.received_at_ms).toISOString(),
    uploaded_by: caller.name,
    undone_at: '',
    voided: 0,
  };
}
