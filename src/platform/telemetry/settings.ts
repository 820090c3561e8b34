/** Where telemetry is pushed to: what the standard OTEL_ variables say. Pure. */

/** Which traces are taken. */
export interface TraceSampling {
  /** Share of the requests that begin a trace. */
  ratio: number;
  /** Whether the decision of a trusted caller goes before. */
  parent_based: boolean;
}

export interface Telemetry {
  /** Address without the path of a signal: http://collector:4318. */
  endpoint: string;
  headers: Record<string, string>;
  service_name: string;
  metrics_every_ms: number;
  /** Undefined: no traces. */
  traces: TraceSampling | undefined;
}

/** An export that takes longer is given up; the next one has newer numbers. */
export const EXPORT_WITHIN_MS = 5_000;

/** The address of one signal, https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp. */
export const signalUrl = ({ endpoint }: Telemetry, signal: 'metrics' | 'traces'): string =>
  `${endpoint.replace(/\/$/, '')}/v1/${signal}`;
