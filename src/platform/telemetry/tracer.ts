/** Makes the spans of traces.ts, and sends them to a collector over OTLP/HTTP. */
import { context, type SpanContext, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { within } from '../within.ts';
import { EXPORT_WITHIN_MS, signalUrl, type Telemetry } from './settings.ts';
import type { Tracer } from './traces.ts';

/** Beyond it spans are dropped. */
const SPANS_WAITING_MAX = 2_048;
const SPANS_PER_EXPORT = 512;
const EXPORT_EVERY_MS = 2_000;
/** A stop has no time for a collector that does not answer. */
const CLOSES_WITHIN_MS = 500;

export function openTracer(telemetry: Telemetry, instance: string): Tracer {
  const exporter = new OTLPTraceExporter({
    url: signalUrl(telemetry, 'traces'),
    headers: telemetry.headers,
    timeoutMillis: EXPORT_WITHIN_MS,
    concurrencyLimit: 1,
  });
  const provider = new TracerProvider({
    // Whoever calls has decided already.
    sampler: new AlwaysOnSampler(),
    resource: resourceFromAttributes({
      'service.name': telemetry.service_name,
      'service.instance.id': instance,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: SPANS_WAITING_MAX,
        maxExportBatchSize: SPANS_PER_EXPORT,
        scheduledDelayMillis: EXPORT_EVERY_MS,
        exportTimeoutMillis: EXPORT_WITHIN_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('trackly');
  return {
    begin(name, began_ms, parent) {
      const span = tracer.startSpan(name, { kind: SpanKind.SERVER, startTime: began_ms }, below(parent));
      return {
        traceparent: traceparentOf(span.spanContext()),
        end(at_ms, attributes = {}) {
          span.setAttributes(attributes);
          span.end(at_ms);
        },
      };
    },
    record(name, parent, { began_ms, ended_ms }, attributes = {}) {
      tracer.startSpan(name, { startTime: began_ms, attributes }, below(parent)).end(ended_ms);
    },
    close: () => within(CLOSES_WITHIN_MS, () => provider.shutdown()).catch(() => {}),
  };
}

const traceparentOf = ({ traceId, spanId }: SpanContext): string => `00-${traceId}-${spanId}-01`;

/** The context of a span below that of `parent`. */
function below(parent: string | undefined) {
  // Version 00 has these lengths; the text was checked where it came in.
  const root = context.active();
  if (parent === undefined) return root;
  const [, traceId = '', spanId = ''] = parent.split('-');
  return trace.setSpanContext(root, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
}
