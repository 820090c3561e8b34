/** What the processes of this supervisor can and can't do now, by name. Each says it with its heartbeats. */
import type { Readiness } from '../platform/readiness.ts';
import type { Child } from './child.ts';

export interface MachineReadiness {
  /** Whether every process is. */
  ready: boolean;
  processes: Record<string, Readiness>;
}

type Asked = Pick<Child, 'name' | 'is_role' | 'beats' | 'readiness'>;

const STARTING: Readiness = {
  ready: false,
  can: [],
  cannot: [
    {
      what: 'work',
      why: 'it has not started yet',
      do: 'look for its name in the log: it says what it waits for',
    },
  ],
};
const STARTED: Readiness = { ready: true, can: ['work'], cannot: [] };

export function machineReadiness(children: readonly Asked[]): MachineReadiness {
  const processes = Object.fromEntries(
    children
      .filter(({ is_role }) => is_role)
      .map(({ name, beats, readiness }) => [name, beats === undefined ? STARTING : (readiness ?? STARTED)]),
  );
  return { ready: Object.values(processes).every(({ ready }) => ready), processes };
}
