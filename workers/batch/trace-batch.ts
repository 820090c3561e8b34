/**
 * Spans of a batch for each traced click in it: how long it waited on the log, and each step of the batch, which all its
 * clicks take together. Costs nothing for a batch without traced clicks.
 */
import type { Tracer } from '../../src/platform/telemetry/traces.ts';

/** A click of the batch, and when it was logged, in ms. */
export interface TracedRow {
  trace: string;
  logged_at_ms: number;
}

export class BatchTrace {
  readonly #tracer: Tracer;
  readonly #traces: readonly string[];
  readonly #batch: string;
  #since_ms = Date.now();

  /** Begins with the wait of each row on the log. */
  constructor(tracer: Tracer, batch: string, rows: readonly TracedRow[]) {
    this.#tracer = tracer;
    this.#traces = rows.map(({ trace }) => trace);
    this.#batch = batch;
    for (const { trace, logged_at_ms } of rows) {
      const times = { began_ms: Math.min(logged_at_ms, this.#since_ms), ended_ms: this.#since_ms };
      tracer.record('wait on the log', trace, times, { 'trackly.batch': batch });
    }
  }

  /** Ends the step `name`, which began with the end of the one before. */
  step(name: string): void {
    const ended_ms = Date.now();
    for (const trace of this.#traces) {
      const times = { began_ms: this.#since_ms, ended_ms };
      this.#tracer.record(name, trace, times, { 'trackly.batch': this.#batch });
    }
    this.#since_ms = ended_ms;
  }
}

/** Undefined where nothing is traced. */
export function traceBatch(
  tracer: Tracer | undefined,
  batch: string,
  rows: readonly TracedRow[],
): BatchTrace | undefined {
  if (tracer === undefined) return undefined;
  const traced = rows.filter(({ trace }) => trace !== '');
  return traced.length === 0 ? undefined : new BatchTrace(tracer, batch, traced);
}
