/**
 * The metrics of one process, read when its supervisor asks for them; see supervisor/machine-metrics.ts. A counter
 * begins at 0 with its process. No server is needed.
 */
import type { Registry } from 'prom-client';
import type { Family } from './exposition.ts';

export {
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type Metric,
  Registry,
} from 'prom-client';

export async function readFamilies(registry: Registry): Promise<Family[]> {
  return (await registry.getMetricsAsJSON()) as unknown as Family[];
}
