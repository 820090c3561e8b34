/**
 * The metrics that Prometheus would read, in the data model of OpenTelemetry, under the same names and labels:
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/. A counter starts with its process.
 * Pure.
 */
import { type HrTime, ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import type { Family, Labels, Sample } from '../exposition.ts';

const START = 'process_start_time_seconds';

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
const unitOf = (name: string): string =>
  /_seconds(?:_total)?$/.test(name) ? 's' : /_bytes(?:_total)?$/.test(name) ? 'By' : '';

export function toOtlp(families: readonly Family[], now_ms: number): MetricData[] {
  const starts = new Map<string, number>();
  for (const { labels, value } of families.find(({ name }) => name === START)?.values ?? []) {
    starts.set(String(labels['process']), value * 1_000);
  }
  const began = (labels: Labels): HrTime => hrTime(starts.get(String(labels['process'])) ?? now_ms);
  return families.map((family) => metricOf(family, began, hrTime(now_ms)));
}

function metricOf(family: Family, began: (labels: Labels) => HrTime, endTime: HrTime): MetricData {
  const { name, help: description, type, values } = family;
  const descriptor = { name, description, unit: unitOf(name), valueType: ValueType.DOUBLE };
  const base = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  const pointOf = ({ labels, value }: Sample) => ({
    ...{ startTime: began(labels), endTime, attributes: labels },
    value,
  });
  if (type === 'counter') {
    return { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: values.map(pointOf) };
  }
  if (type === 'gauge')
    return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: values.map(pointOf) };
  return {
    ...base,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: histogramsOf(family).map(({ labels, ...value }) => ({
      ...{ startTime: began(labels), endTime, attributes: labels },
      value,
    })),
  };
}

interface HistogramPoint {
  labels: Labels;
  buckets: { boundaries: number[]; counts: number[] };
  sum: number;
  count: number;
}

/** Lines of the text format count each bucket with those below it; a point counts each alone. */
function histogramsOf({ name, values }: Family): HistogramPoint[] {
  const points = new Map<string, HistogramPoint>();
  for (const { metricName, labels: all, value } of values) {
    const { le, ...labels } = all;
    const key = JSON.stringify(labels);
    const point = points.get(key) ?? { labels, buckets: { boundaries: [], counts: [] }, sum: 0, count: 0 };
    points.set(key, point);
    if (metricName === `${name}_sum`) point.sum = value;
    else if (metricName === `${name}_count`) point.count = value;
    else {
      const { boundaries, counts } = point.buckets;
      counts.push(value - counts.reduce((below, one) => below + one, 0));
      if (le !== '+Inf') boundaries.push(Number(le));
    }
  }
  return [...points.values()];
}
