/** What the processes of a system count. */
import type { System } from './system.ts';

/** As Prometheus would read it from the API: each series has the name of its process. */
export async function readSeries({
  api_url,
  admin_key,
}: Pick<System, 'api_url' | 'admin_key'>): Promise<string> {
  const response = await fetch(`${api_url}/metrics`, { headers: { 'x-api-key': admin_key } });
  return response.text();
}

/** The same, added up over the processes. */
export async function readMetrics(system: Pick<System, 'api_url' | 'admin_key'>): Promise<string> {
  return sumOverProcesses(await readSeries(system));
}

/** Lines of the text format without the label `process`, each once, with the sum of its values. */
export function sumOverProcesses(text: string): string {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, series, value] = /^([^#].*) (\S+)$/.exec(line) ?? [];
    if (series === undefined) continue;
    const without = series.replace(/\{process="[^"]*",?/, '{').replace('{}', '');
    sums.set(without, (sums.get(without) ?? 0) + Number(value));
  }
  return [...sums].map(([series, value]) => `${series} ${value}`).join('\n');
}
