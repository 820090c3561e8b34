/** What advertisers and networks do: report conversions on the public listener. */
import { request } from 'node:http';
import { keptConnections } from './phones.ts';

/** What the public listener says of a report, or of an error. */
export interface Taken {
  status: string;
  conversion_id: string;
  repeats?: string;
  unattributed?: string;
  problem?: string;
  ignored?: string[];
  error?: string;
  message?: string;
}

export interface Reply {
  status: number;
  type: string;
  /** What a pixel says in its header; '' for all others. */
  outcome: string;
  /** Of all but a pixel. */
  body: Taken;
}

export interface Network {
  /** Undefined where no answer came. */
  report(
    path: string,
    parameters: Record<string, string>,
    method?: 'GET' | 'POST',
  ): Promise<Reply | undefined>;
  close(): void;
}

export function createNetwork(redirect_url: string, connections: number, host?: string): Network {
  const agent = keptConnections(connections);
  const { hostname, port } = new URL(redirect_url);
  return {
    report: (path, parameters, method = 'GET') =>
      new Promise((resolve) => {
        const query = new URLSearchParams(parameters).toString();
        const call = request(
          {
            hostname,
            port,
            method,
            agent,
            path: method === 'GET' ? `${path}?${query}` : path,
            headers: {
              ...(host === undefined ? {} : { host }),
              ...(method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
            },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.once('error', () => resolve(undefined));
            response.once('end', () => {
              const type = response.headers['content-type'] ?? '';
              const outcome = String(response.headers['x-conversion'] ?? '');
              const bytes = Buffer.concat(chunks);
              const body = (type === 'application/json' ? JSON.parse(bytes.toString()) : bytes) as Taken;
              resolve({ status: response.statusCode ?? 0, type, outcome, body });
            });
          },
        );
        call.once('error', () => resolve(undefined));
        call.setTimeout(15_000, () => call.destroy());
        call.end(method === 'GET' ? undefined : query);
      }),
    close: () => agent.destroy(),
  };
}
