/** Says what became of a kept report: its state with what the money ledger holds of it now, and why, in a sentence. Pure. */
import type { Booked } from '../../reports/read-booked.ts';
import { explainProblem } from '../explain.ts';
import type { Parameters } from '../receive/conversion-input.ts';
import type { StoredReport } from './stored-report.ts';

export const REPORT_STATES = [
  'attributed',
  'view_through',
  'unattributed',
  'duplicate',
  'replaced',
  'voided',
  'waiting',
  'refused',
  'test',
] as const;
export type ReportState = (typeof REPORT_STATES)[number];

/** `booked` is of the conversion in the answer; of a repeat it is of the first report. */
export function stateOf({ outcome }: StoredReport, booked: Booked | undefined): ReportState {
  return outcome === 'accepted' ? (booked?.status ?? 'waiting') : outcome;
}

export function explainReport(report: StoredReport, booked: Booked | undefined): string {
  const { outcome, answer } = report;
  if (outcome === 'test') {
    const said = answer.error === undefined ? 'every check was passed' : `it failed: ${answer.message}`;
    return `A test: ${said}; nothing was booked.`;
  }
  if (outcome === 'refused') return `It was refused, and nothing was booked: ${answer.message}.`;
  const problem = explainProblem(answer.problem ?? '');
  if (outcome === 'duplicate') {
    return `It repeats ${answer.conversion_id}, which was received before; nothing more was booked.${problem}`;
  }
  return booked?.explanation ?? `It was received; it is booked within 2 seconds.${problem}`;
}

/**
 * Why a report can't be sent through reception again; undefined where it can. `given`: what would be sent, which says
 * more than `read` where the offer has got other names for our parameters since.
 */
export function notReplayable(
  { outcome, read, read_cut, answer }: StoredReport,
  given: Parameters = read,
): string | undefined {
  if (outcome === 'test') return 'this was a test: there is nothing to replay';
  if (Object.keys(given).length === 0) return 'nothing could be read of this report: send it again';
  if (read_cut) return 'a value of this report was cut or masked when it was kept: send it again';
  // What came without an id is credited to nothing, whatever comes later.
  const named = answer.unattributed === 'missing_id' ? isNamed(given) : isNamed(read);
  if (outcome === 'accepted' && !named) {
    return 'this report was received and names no transaction: a second one would count again';
  }
  return undefined;
}

const isNamed = ({ txn_id, click_id, link_id, message_id, contact_id }: Parameters): boolean =>
  (txn_id ?? click_id ?? link_id ?? message_id ?? contact_id) !== undefined;
