import { expect, it } from 'vitest';
import { exposition, type Family, mergeFamilies } from '../../../src/platform/exposition.ts';
import { Counter, Histogram, Registry, readFamilies } from '../../../src/platform/metrics.ts';

const counted = (value: number): Family[] => [
  { name: 'things_total', help: 'Things.', type: 'counter', values: [{ labels: { kind: 'a' }, value }] },
];

it('keeps the series of each process apart, those of one name together, and adds nothing up', () => {
  const merged = mergeFamilies([
    { labels: { process: 'one' }, families: counted(2) },
    { labels: { process: 'two' }, families: counted(3) },
    { labels: {}, families: [] },
  ]);
  expect(exposition(merged)).toBe(`# HELP things_total Things.
# TYPE things_total counter
things_total{process="one",kind="a"} 2
things_total{process="two",kind="a"} 3
`);
});

it('leaves what it merges as it was', () => {
  const own = counted(2);
  mergeFamilies([{ labels: { process: 'one' }, families: own }]);
  expect(own).toEqual(counted(2));
});

it('escapes what a label and a help may hold', () => {
  const text = exposition([
    { name: 'a', help: 'one\ntwo \\', type: 'gauge', values: [{ labels: { x: '"\\\n' }, value: 1 / 0 }] },
  ]);
  expect(text).toBe('# HELP a one\\ntwo \\\\\n# TYPE a gauge\na{x="\\"\\\\\\n"} +Inf\n');
});

it('writes what a registry counts as the library of Prometheus does', async () => {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'taken_total', help: 'Taken.', labelNames: ['by'], registers }).inc({ by: 'x' }, 2);
  new Histogram({ name: 'took_seconds', help: 'Took.', buckets: [0.1, 1], registers }).observe(0.5);
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
  expect(lines(exposition(await readFamilies(registry)))).toEqual(lines(await registry.metrics()));
});
