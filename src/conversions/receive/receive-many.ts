/**
 * Receives many conversions of one account in one call. Each one succeeds or fails independently; the valid ones are
 * logged together. Repeating a call is safe for conversions with a transaction id: they are answered as duplicates.
 */
import type { Account } from '../../catalog/definitions.ts';
import { LogFullError } from '../../log/refusal.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { sleep } from '../../platform/sleep.ts';
import type { Conversion } from '../conversion.ts';
import type { ReportRecorder } from '../inspector/report-recorder.ts';
import type { ReceiveContext } from './authenticate.ts';
import { ConversionError } from './conversion-error.ts';
import type { Parameters } from './conversion-input.ts';
import { receiveConversion } from './receive-conversion.ts';
import { type Recorded, recordConversions } from './record-conversions.ts';

const RECORD_TRIES_MAX = 20;
const RECORD_RETRY_MS = 250;

/** The result of one report. */
export interface Received {
  status: 'accepted' | 'duplicate';
  /** For a duplicate: the id of the first report. */
  conversion_id: string;
  /** The first report of the event, if the offer takes repeats, or if this one says something else. */
  repeats?: string;
  /** Why it cannot be credited, if already known. */
  unattributed?: string;
  /** What is wrong with the report though it counts. */
  problem?: string;
  /** Names of parameters that are not ours. */
  ignored?: readonly string[];
}

export function receivedAs(
  conversion: Conversion,
  recorded: Recorded,
  ignored: readonly string[] = [],
): Received {
  const others = ignored.length === 0 ? {} : { ignored };
  if (recorded.as === 'duplicate') return { status: 'duplicate', conversion_id: recorded.of, ...others };
  return {
    status: 'accepted',
    conversion_id: conversion.conversion_id,
    ...(recorded.as === 'repeat' ? { repeats: recorded.of } : {}),
    ...(conversion.reason === '' ? {} : { unattributed: conversion.reason }),
    ...(conversion.problem === '' ? {} : { problem: conversion.problem }),
    ...others,
  };
}

/** What reports of one request have in common, so that a repeat of the request is the same reports. */
export interface Batching {
  /** The CSV upload; '' for none. */
  upload_id: string;
  received_at_ms: number;
  /** The id of the report at a position of `givens`. */
  idAt(position: number): string;
}

/** What would be logged, without logging it: one result per report, in order. */
export async function checkMany(
  context: ReceiveContext,
  account: Account,
  givens: readonly (Parameters | ConversionError)[],
  batching?: Batching,
): Promise<(Conversion | ConversionError)[]> {
  const now_ms = batching?.received_at_ms ?? Date.now();
  return Promise.all(
    givens.map(async (given, i) => {
      if (given instanceof ConversionError) return given;
      const same =
        batching === undefined ? {} : { upload_id: batching.upload_id, conversion_id: batching.idAt(i) };
      return receiveConversion(context, { channel: 'api', given, account, ...same }, now_ms).catch(errorOf);
    }),
  );
}

/** One result per report, in order. `givens` are reports, or the errors that parsing them gave. */
export async function receiveMany(
  context: ReceiveContext & { redis: RedisClient; inspector?: Pick<ReportRecorder, 'noteMany'> },
  account: Account,
  givens: readonly (Parameters | ConversionError)[],
  batching?: Batching,
): Promise<(Received | ConversionError)[]> {
  const received = await checkMany(context, account, givens, batching);
  const conversions = received.filter((one): one is Conversion => !(one instanceof ConversionError));
  const recorded = await untilRecorded(context, conversions).catch(errorOf);
  let next = 0;
  const results = received.map((one) => {
    if (one instanceof ConversionError) return one;
    return recorded instanceof ConversionError ? recorded : receivedAs(one, recorded[next++] as Recorded);
  });
  context.inspector?.noteMany(account, givens, results);
  return results;
}

/** Retries after a lost reply, which may have logged them: logging the same conversions again changes nothing. */
async function untilRecorded(
  { redis, log_bytes_max }: ReceiveContext & { redis: RedisClient },
  conversions: readonly Conversion[],
): Promise<Recorded[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await recordConversions(redis, conversions, log_bytes_max);
    } catch (error) {
      if (error instanceof LogFullError || tries === RECORD_TRIES_MAX) throw error;
      await sleep(RECORD_RETRY_MS);
    }
  }
}

function errorOf(error: unknown): ConversionError {
  if (error instanceof ConversionError) return error;
  return new ConversionError('unavailable', 'it could not be stored: send it again in a moment');
}
