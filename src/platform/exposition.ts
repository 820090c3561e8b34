/**
 * Metrics as data, and in Prometheus's text format, https://prometheus.io/docs/instrumenting/exposition_formats/. A
 * supervisor puts the families of its processes together; nothing is added up, so that a restart stays the reset of one
 * series, which rate() understands. Pure.
 */

export type Labels = Record<string, string | number>;

export interface Sample {
  labels: Labels;
  value: number;
  /** Of a histogram's lines: `<name>_bucket`, `_sum` or `_count`. */
  metricName?: string;
}

export interface Family {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  values: Sample[];
}

/** The content type of `exposition`. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** All families, those of one name together; `labels` are added to each sample of a part. */
export function mergeFamilies(parts: readonly { labels: Labels; families: readonly Family[] }[]): Family[] {
  const merged = new Map<string, Family>();
  for (const { labels, families } of parts) {
    for (const family of families) {
      const there = merged.get(family.name) ?? { ...family, values: [] };
      merged.set(family.name, there);
      for (const sample of family.values) {
        there.values.push({ ...sample, labels: { ...labels, ...sample.labels } });
      }
    }
  }
  return [...merged.values()];
}

export function exposition(families: readonly Family[]): string {
  const lines: string[] = [];
  for (const { name, help, type, values } of families) {
    lines.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`);
    lines.push(`# TYPE ${name} ${type}`);
    for (const { metricName, labels, value } of values) {
      lines.push(`${metricName ?? name}${labelsText(labels)} ${numberText(value)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
