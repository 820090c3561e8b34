/**
 * The metrics of all processes that this supervisor runs. Each keeps its own series, with its name as a label, and
 * nothing is added up or carried over: a restart is the reset of a counter, which rate() understands. No server is
 * needed, so they can be read on the worst day. A process that does not answer is missing, and trackly_process_up says so.
 */
import { DiskProbe } from '../platform/disk.ts';
import { exposition, type Family, type Labels, mergeFamilies, type Sample } from '../platform/exposition.ts';
import { processFamilies } from '../platform/process-metrics.ts';
import type { Child } from './child.ts';
import { machineFamilies } from './machine-resources.ts';

export type Measured = Pick<Child, 'name' | 'is_role' | 'restarts' | 'metrics'>;

export interface MachineMetrics {
  families(): Promise<Family[]>;
  text(): Promise<string>;
  close(): Promise<void>;
}

/** `children` are those that run or should; `data_dir` is the folder whose disk is watched. */
export function openMachineMetrics(children: () => readonly Measured[], data_dir: string): MachineMetrics {
  const probe = new DiskProbe(data_dir, `.probe-${process.pid}`);

  async function families(): Promise<Family[]> {
    const roles = children().filter(({ is_role }) => is_role);
    const answers = await Promise.all(roles.map((child) => child.metrics()));
    const of_machine = await machineFamilies(data_dir, probe);
    return mergeFamilies([
      { labels: {}, families: [...supervised(roles, answers), ...of_machine] },
      { labels: { process: 'trackly' }, families: processFamilies() },
      ...roles.map(({ name }, i) => ({
        labels: { process: processLabel(name) },
        families: answers[i] ?? [],
      })),
    ]);
  }
  return { families, text: async () => exposition(await families()), close: () => probe.close() };
}

/** The target of a scrape names the machine, so the label does not: the same few values for ever. */
const processLabel = (name: string): string => name.replace(/@.*/, '');

function supervised(roles: readonly Measured[], answers: readonly (Family[] | undefined)[]): Family[] {
  const labelsOf = ({ name }: Measured): Labels => ({
    process: processLabel(name),
    role: name.replace(/[^a-z].*/, ''),
  });
  const samples = (value: (child: Measured, i: number) => number): Sample[] =>
    roles.map((child, i) => ({ labels: labelsOf(child), value: value(child, i) }));
  return [
    {
      name: 'trackly_process_up',
      help: '1 while the process is ready and answers its supervisor.',
      type: 'gauge',
      values: samples((_child, i) => (answers[i] === undefined ? 0 : 1)),
    },
    {
      name: 'trackly_process_restarts_total',
      help: 'How often the supervisor has started the process again, after an end, a kill or a rolling restart.',
      type: 'counter',
      values: samples(({ restarts }) => restarts),
    },
  ];
}
