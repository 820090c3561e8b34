/**
 * What Node and the kernel say of this process, under the names that Prometheus's own libraries use where they have one:
 * https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics. No server is needed.
 */
import { performance } from 'node:perf_hooks';
import type { Family } from './exposition.ts';

const family = (type: Family['type'], name: string, help: string, value: number): Family => ({
  name,
  help,
  type,
  values: [{ labels: {}, value }],
});

export function processFamilies(): Family[] {
  const { user, system } = process.cpuUsage();
  const busy_s = performance.eventLoopUtilization().active / 1e3;
  return [
    family('counter', 'process_cpu_seconds_total', 'Processor time, user and system.', (user + system) / 1e6),
    family('gauge', 'process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
    family(
      'gauge',
      'process_start_time_seconds',
      'When the process started, in seconds since 1970.',
      performance.timeOrigin / 1e3,
    ),
    family(
      'counter',
      'trackly_event_loop_busy_seconds_total',
      'Seconds in which the event loop worked; a rate of 1 means that it has no time left.',
      busy_s,
    ),
  ];
}
