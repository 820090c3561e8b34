/**
 * Traces: spans of one request, in this process and in those that go on with what it left. A trace goes on by its
 * `traceparent` (https://www.w3.org/TR/trace-context/). Spans wait in a bounded queue for the collector; what it has no
 * room for is dropped, so a collector that is away slows nothing. Only what is sampled comes here. Load tracer.ts, which
 * makes one, only where traces are asked for.
 */

/** Numbers and texts of a span; no personal data. */
export type SpanAttributes = Record<string, string | number>;

export interface OpenSpan {
  /** For what goes on with the trace. */
  traceparent: string;
  /** Unix time in ms. */
  end(at_ms: number, attributes?: SpanAttributes): void;
}

export interface SpanTimes {
  began_ms: number;
  ended_ms: number;
}

export interface Tracer {
  /** Begins a span of a server, in the trace of `parent` or in a new one. */
  begin(name: string, began_ms: number, parent: string | undefined): OpenSpan;
  /** A span that is over, below that of `parent`. */
  record(name: string, parent: string, times: SpanTimes, attributes?: SpanAttributes): void;
  /** Sends what waits, if that is quick. Never rejects. */
  close(): Promise<void>;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/** Whether a text is a traceparent of version 00, and whether its sender took the trace. */
export function readTraceparent(text: string): { sampled: boolean } | undefined {
  const flags = TRACEPARENT.exec(text)?.[1];
  return flags === undefined ? undefined : { sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
