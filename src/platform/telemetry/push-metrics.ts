/**
 * Pushes metrics to a collector over OTLP/HTTP, one export at a time: while one is under way, or fails, its numbers are
 * left out and the next has newer ones. Nothing is kept, so a collector that is away costs nothing. Load this file only
 * where metrics are pushed: the packages take a tenth of a second.
 */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Family } from '../exposition.ts';
import type { Logger } from '../logger.ts';
import { toOtlp } from './otlp-metrics.ts';
import { EXPORT_WITHIN_MS, signalUrl, type Telemetry } from './settings.ts';

export interface MetricPush {
  /** Waits for nobody: a stop has no time for a collector. */
  close(): void;
}

export function pushMetrics(
  telemetry: Telemetry,
  instance: string,
  read: () => Promise<Family[]>,
  logger: Pick<Logger, 'warn' | 'info'>,
): MetricPush {
  const exporter = new OTLPMetricExporter({
    url: signalUrl(telemetry, 'metrics'),
    headers: telemetry.headers,
    timeoutMillis: EXPORT_WITHIN_MS,
    concurrencyLimit: 1,
  });
  const resource = resourceFromAttributes({
    'service.name': telemetry.service_name,
    'service.instance.id': instance,
  });
  let failing = false;
  let pushing = false;

  async function push(): Promise<void> {
    const metrics = toOtlp(await read(), Date.now());
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    exporter.export(
      { resource, scopeMetrics: [{ scope: { name: 'trackly' }, metrics }] },
      ({ code, error }) => resolve(code === 0 ? undefined : (error ?? new Error('the export failed'))),
    );
    const error = await promise;
    // Said once, not every time.
    if (error !== undefined && !failing) logger.warn({ why: error.message }, 'metrics can not be pushed');
    if (error === undefined && failing) logger.info('metrics are pushed again');
    failing = error !== undefined;
  }

  const timer = setInterval(() => {
    if (pushing) return;
    pushing = true;
    push()
      .catch(() => {})
      .finally(() => {
        pushing = false;
      });
  }, telemetry.metrics_every_ms);
  return { close: () => clearInterval(timer) };
}
