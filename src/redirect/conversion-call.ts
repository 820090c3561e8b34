/**
 * One report of a conversion on the public listener while it is answered, and what the postback inspector notes of it
 * afterwards. Pure.
 */
import type { HttpResponse } from 'uWebSockets.js';
import type { Channel, Conversion } from '../conversions/conversion.ts';
import type { Note } from '../conversions/inspector/report-recorder.ts';
import type { Answer, ReportOutcome } from '../conversions/inspector/stored-report.ts';
import { TEST_PARAMETER } from '../conversions/inspector/test-token.ts';
import type { Parameters } from '../conversions/receive/conversion-input.ts';
import type { Closing } from './end-answer.ts';
import { Exchange, type ExchangeKind } from './exchange.ts';
import type { ConversionOutcome } from './outcomes.ts';

export interface CallRequest {
  channel: Channel;
  method: string;
  ip: string;
  query: string;
  /** HEAD: what GET would be answered; nothing is recorded or counted as refused. */
  head_only: boolean;
}

/** One report of a conversion, and its answer. */
export class Call extends Exchange<ConversionOutcome> {
  readonly request: CallRequest;
  /** When an address that asked for many unknown ids may report again; 0: it did not. */
  retry_after_s = 0;
  /** For the inspector: the body as it came, its type, and what was read and received. */
  body: Buffer | undefined;
  content_type = '';
  given: Parameters | undefined;
  conversion: Conversion | undefined;
  /** Every check is made, and nothing is booked or counted as refused. */
  test = false;

  constructor(
    res: HttpResponse,
    kind: ExchangeKind<ConversionOutcome>,
    request: CallRequest,
    closing: Closing,
  ) {
    super(res, kind, closing);
    this.request = request;
  }
}

/** What a test is answered: what would have been received. */
export const testedAs = (conversion: Conversion, given: Parameters): object => {
  const { event, amount, currency, txn_id, reason, problem } = conversion;
  const ignored = (given.ignored ?? []).filter((name) => name !== TEST_PARAMETER);
  return { status: 'test', event, amount, currency, txn_id, unattributed: reason, problem, ignored };
};

/** Everything is as it came: what is kept of it is masked when it is written. */
export function noteOf(call: Call, as: ConversionOutcome, status: number, answer: Answer = {}): Note {
  const { request, given, conversion, body, content_type } = call;
  return { ...request, given, conversion, body, content_type, outcome: outcomeOf(call, as), status, answer };
}

function outcomeOf({ test }: Call, as: ConversionOutcome): ReportOutcome {
  if (test) return 'test';
  return as === 'accepted' || as === 'duplicate' ? as : 'refused';
}
