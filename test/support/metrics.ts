/** What all processes count, as Prometheus would read it from the API. */
import type { System } from './system.ts';

export async function readMetrics({
  api_url,
  admin_key,
}: Pick<System, 'api_url' | 'admin_key'>): Promise<string> {
  const response = await fetch(`${api_url}/metrics`, { headers: { 'x-api-key': admin_key } });
  return response.text();
}
