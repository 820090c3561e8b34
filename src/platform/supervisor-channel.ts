/**
 * What a process and its supervisor say to each other, over the channel that Node opens between them. A process that
 * runs alone has no supervisor; then nothing is sent, and questions to it are answered with undefined.
 */
import type { Family } from './exposition.ts';
import { newProducerId } from './random.ts';
import type { Readiness } from './readiness.ts';
import { within } from './within.ts';

/** From a process to its supervisor. */
export type ChildMessage =
  | { type: 'ready' }
  /** With what it can do now, where it knows. */
  | { type: 'beat'; readiness?: Readiness | undefined }
  | { type: 'fatal'; message: string }
  /** The answer to `metrics_wanted`. */
  | { type: 'metrics'; families: Family[] }
  | { type: 'machine_metrics_wanted'; id: string };

/** From a supervisor to a process. */
export type SupervisorMessage =
  | { type: 'metrics_wanted' }
  /** The answer to `machine_metrics_wanted`: the metrics of all processes of the supervisor, as text. */
  | { type: 'machine_metrics'; id: string; text: string };

const ANSWERS_WITHIN_MS = 3_000;

export function tell(message: ChildMessage, sent?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
}

/** Answers the supervisor's question for metrics with what `read` resolves with; keeps silent where it rejects. */
export function answerMetrics(read: () => Promise<Family[]>): void {
  process.on('message', (message: SupervisorMessage) => {
    if (message.type !== 'metrics_wanted') return;
    read().then(
      (families) => tell({ type: 'metrics', families }),
      () => {},
    );
  });
}

/**
 * The metrics of all processes that this one's supervisor runs, in Prometheus's text format; undefined without a
 * supervisor. Rejects where it does not answer.
 */
export async function machineMetrics(): Promise<string | undefined> {
  if (!process.connected) return undefined;
  const id = newProducerId();
  const { promise, resolve } = Promise.withResolvers<string>();
  const listen = (message: SupervisorMessage): void => {
    if (message.type === 'machine_metrics' && message.id === id) resolve(message.text);
  };
  process.on('message', listen);
  try {
    tell({ type: 'machine_metrics_wanted', id });
    return await within(ANSWERS_WITHIN_MS, () => promise);
  } finally {
    process.off('message', listen);
  }
}
