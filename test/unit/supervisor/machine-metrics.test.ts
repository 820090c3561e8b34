import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Family } from '../../../src/platform/exposition.ts';
import { type Measured, openMachineMetrics } from '../../../src/supervisor/machine-metrics.ts';
import { readMemory } from '../../../src/supervisor/machine-resources.ts';

const things: Family[] = [
  { name: 'things_total', help: 'Things.', type: 'counter', values: [{ labels: {}, value: 5 }] },
];
const child = (name: string, families: Family[] | undefined, restarts = 0): Measured => ({
  name,
  is_role: true,
  restarts,
  metrics: async () => families,
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackly-groups-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('shows who does not answer, and the others all the same', async () => {
  const children = [
    child('redirect-1@host', things),
    child('redirect-spare@host', things, 1),
    child('worker-1', undefined, 3),
    { ...child('redis', undefined), is_role: false },
  ];
  const lines = (await openMachineMetrics(() => children, folder).text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'trackly_process_up{process="redirect-1",role="redirect"} 1',
      'trackly_process_up{process="redirect-spare",role="redirect"} 1',
      'trackly_process_up{process="worker-1",role="worker"} 0',
      'trackly_process_restarts_total{process="worker-1",role="worker"} 3',
      'things_total{process="redirect-1"} 5',
      'things_total{process="redirect-spare"} 5',
      expect.stringMatching(/^process_resident_memory_bytes\{process="trackly"\} \d+$/),
      expect.stringMatching(/^trackly_disk_free_bytes \d+$/),
      expect.stringMatching(/^trackly_disk_size_bytes \d+$/),
    ]),
  );
  expect(lines.join('\n')).not.toContain('process="redis"');
  expect(lines.filter((line) => line === '# TYPE things_total counter')).toHaveLength(1);
});

it('begins at 0 again where a process was restarted: nothing is carried over', async () => {
  let counted = 5;
  const restarted: Measured = {
    ...child('redirect-1', undefined),
    metrics: async () => [{ ...(things[0] as Family), values: [{ labels: {}, value: counted }] }],
  };
  const { text } = openMachineMetrics(() => [restarted], folder);
  expect(await text()).toContain('things_total{process="redirect-1"} 5');
  counted = 0;
  expect(await text()).toContain('things_total{process="redirect-1"} 0');
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

it.each([
  [
    'version 2, in a group',
    { own: '0::/unit\n', 'unit/memory.max': '1000\n', 'unit/memory.current': '700\n' },
    { limit: 1000, used: 700 },
  ],
  [
    'version 2, the container’s root, without what can be given up',
    {
      own: '0::/elsewhere/of/the/host\n',
      'memory.max': '1000\n',
      'memory.current': '700\n',
      'memory.stat': 'anon 1\ninactive_file 300\n',
    },
    { limit: 1000, used: 400 },
  ],
  [
    'version 1',
    {
      own: '5:cpu:/x\n4:memory:/unit\n',
      'memory/unit/memory.limit_in_bytes': '2000\n',
      'memory/unit/memory.usage_in_bytes': '900\n',
      'memory/unit/memory.stat': 'inactive_file 1\ntotal_inactive_file 100\n',
    },
    { limit: 2000, used: 800 },
  ],
  [
    'no limit in version 1',
    {
      own: '4:memory:/\n',
      'memory/memory.limit_in_bytes': '9223372036854771712\n',
      'memory/memory.usage_in_bytes': '9\n',
    },
    undefined,
  ],
  ['no limit in version 2', { own: '0::/\n', 'memory.max': 'max\n', 'memory.current': '700\n' }, undefined],
  ['no control groups', {}, undefined],
])('reads the limit of memory: %s', async (_name, files, expected) => {
  await write(files);
  expect(await readMemory(folder, join(folder, 'own'))).toEqual(expected);
});
