/**
 * The second pass over an uploaded file: every line is logged, under an id made of the upload and the line, so that the
 * pass can be repeated from its beginning after a kill. A line that can not be stored for now ends it: the upload stays
 * open until the request is repeated, or the upload is taken back.
 */
import type { ReportFile } from '../exports/read-file.ts';
import { ConversionError } from '../receive/conversion-error.ts';
import { repeatableId } from '../receive/conversion-id.ts';
import type { Parameters } from '../receive/conversion-input.ts';
import type { Batching, Received, receiveMany } from '../receive/receive-many.ts';
import { reportsOf } from './check-file.ts';
import { NO_COUNTS, type UploadCounts } from './upload.ts';

/** A line was not stored. */
export class NotRecordedError extends Error {
  readonly code = 'not_recorded';
}

export interface Recording {
  upload_id: string;
  received_at_ms: number;
  record(givens: readonly Parameters[], batching: Batching): ReturnType<typeof receiveMany>;
  /** Before each group of lines; rejects where the upload is no longer this writer's. */
  hold(): Promise<void>;
}

/** Resolves with what became of the lines. Safe to repeat. */
export async function recordFile(
  file: ReportFile,
  { upload_id, received_at_ms, record, hold }: Recording,
): Promise<UploadCounts> {
  const counts = { ...NO_COUNTS };
  for await (const group of file.lines(received_at_ms)) {
    await hold();
    const reports = reportsOf(group);
    const results = await record(
      reports.map(({ given }) => given),
      {
        upload_id,
        received_at_ms,
        idAt: (i) => repeatableId(upload_id, received_at_ms, reports[i]?.line ?? 0),
      },
    );
    for (const [i, result] of results.entries()) {
      if (result instanceof ConversionError) {
        throw new NotRecordedError(`line ${reports[i]?.line} could not be stored: ${result.message}`);
      }
      count(counts, result);
    }
    for (const { row } of group) {
      if (row.kind === 'empty') counts.skipped++;
      if (row.kind === 'rejected') counts.rejected++;
    }
  }
  return counts;
}

function count(counts: UploadCounts, { status, unattributed }: Received): void {
  counts.lines++;
  if (status === 'duplicate') counts.duplicates++;
  else counts.accepted++;
  if (unattributed !== undefined) counts.unattributed++;
}
