import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Family } from '../../../../src/platform/exposition.ts';
import { Histogram, Registry, readFamilies } from '../../../../src/platform/metrics.ts';
import { toOtlp } from '../../../../src/platform/telemetry/otlp-metrics.ts';
import { pushMetrics } from '../../../../src/platform/telemetry/push-metrics.ts';
import type { Telemetry } from '../../../../src/platform/telemetry/settings.ts';
import { openTracer } from '../../../../src/platform/telemetry/tracer.ts';
import { readTraceparent } from '../../../../src/platform/telemetry/traces.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../../../support/otlp-receiver.ts';
import { untilSeen } from '../../../support/until.ts';

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
});
afterEach(() => receiver.close());

const telemetry = (endpoint = receiver.url): Telemetry => ({
  ...{ endpoint, headers: { 'x-token': 'secret' }, service_name: 'links', metrics_every_ms: 50 },
  traces: { ratio: 1, parent_based: false },
});
const AT_MS = Date.parse('2026-11-29T12:00:00Z');
const silent = { warn: () => {}, info: () => {} };

const FAMILIES: Family[] = [
  {
    ...{ name: 'process_start_time_seconds', help: 'Start.', type: 'gauge' },
    values: [{ labels: { process: 'a' }, value: 1_000 }],
  },
  {
    ...{ name: 'things_total', help: 'Things.', type: 'counter' },
    values: [{ labels: { process: 'a', kind: 'x' }, value: 5 }],
  },
];

it('pushes counters with the start of their process, and gauges, under their names and labels', async () => {
  const push = pushMetrics(telemetry(), 'host-1', async () => FAMILIES, silent);
  await untilSeen('the metrics', async () => receiver.metrics.length, 2);
  push.close();
  const things = receiver.metrics.find(({ name }) => name === 'things_total');
  expect(things?.sum?.isMonotonic).toBe(true);
  expect(things?.sum?.dataPoints).toMatchObject([{ asDouble: 5, startTimeUnixNano: '1000000000000' }]);
  expect(things?.sum?.dataPoints[0]?.attributes.map(({ key }) => key)).toEqual(['process', 'kind']);
  expect(receiver.metrics.find(({ unit }) => unit === 's')?.gauge?.dataPoints).toHaveLength(1);
  expect(receiver.headers).toMatchObject({ 'x-token': 'secret', 'content-type': 'application/json' });
});

it('counts each bucket of a histogram alone', async () => {
  const registry = new Registry();
  const took = new Histogram({ name: 'took_seconds', help: 'h', buckets: [1, 2], registers: [registry] });
  for (const seconds of [0.5, 1.5, 1.6, 9]) took.observe(seconds);
  expect(toOtlp(await readFamilies(registry), 0)[0]?.dataPoints[0]?.value).toEqual({
    labels: undefined,
    buckets: { boundaries: [1, 2], counts: [1, 2, 1] },
    ...{ sum: 12.6, count: 4 },
  });
});

it('reads no metrics while the collector does not answer, and says once that it does not', async () => {
  let read = 0;
  const said: string[] = [];
  const push = pushMetrics(
    { ...telemetry('http://127.0.0.1:9'), metrics_every_ms: 5 },
    'host-1',
    async () => {
      read++;
      return FAMILIES;
    },
    { warn: (_why: unknown, text?: string) => said.push(text ?? ''), info: () => {} },
  );
  await untilSeen('a second try', async () => read > 1, true);
  push.close();
  expect([said, read]).toEqual([['metrics can not be pushed'], 2]);
});

it('sends the spans of a trace that goes on elsewhere', async () => {
  const redirect = openTracer(telemetry(), 'redirect-1');
  const worker = openTracer(telemetry(), 'worker-1');
  const tap = redirect.begin('tap', AT_MS, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  worker.record('insert', tap.traceparent, { began_ms: AT_MS + 10, ended_ms: AT_MS + 20 }, { rows: 3 });
  tap.end(AT_MS + 5, { outcome: 'redirected' });
  await Promise.all([redirect.close(), worker.close()]);
  const [first, second] = receiver.spans.toSorted((a, b) => a.began_ms - b.began_ms);
  expect(first).toMatchObject({
    ...{ service: 'links', instance: 'redirect-1', name: 'tap', parent_id: 'b7ad6b7169203331' },
    ...{ trace_id: '0af7651916cd43dd8448eb211c80319c', began_ms: AT_MS, ended_ms: AT_MS + 5 },
  });
  expect(second).toMatchObject({
    ...{ instance: 'worker-1', parent_id: first?.span_id, trace_id: first?.trace_id },
    attributes: { rows: 3 },
  });
});

it('drops spans beyond a bound while the collector does not answer, and waits for nobody', async () => {
  receiver.silent = true;
  const tracer = openTracer(telemetry(), 'redirect-1');
  const began = performance.now();
  for (let i = 0; i < 20_000; i++) tracer.begin('tap', AT_MS, undefined).end(AT_MS + 1);
  expect(performance.now() - began).toBeLessThan(5_000);
  await tracer.close();
  expect(performance.now() - began).toBeLessThan(8_000);
});

it.each([
  ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', { sampled: true }],
  ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00', { sampled: false }],
  ['00-00000000000000000000000000000000-b7ad6b7169203331-01', undefined],
  ['01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', undefined],
  ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"', undefined],
  ['', undefined],
])('reads the traceparent %s', (text, expected) => {
  expect(readTraceparent(text)).toEqual(expected);
});
