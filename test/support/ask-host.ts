/** Asks the public listener for a path of a host by its name, which fetch does not send. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { PHONE } from './phones.ts';

export interface HostAnswer {
  status: number;
  location: string;
  type: string;
  body: string;
}

/** `url`: where the listener is. */
export async function askHost(url: string, host: string, path: string): Promise<HostAnswer> {
  const { hostname, port } = new URL(url);
  const call = get({ hostname, port, path, headers: { host, 'user-agent': PHONE } });
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += chunk;
  const { location = '', 'content-type': type = '' } = response.headers;
  return { status: response.statusCode ?? 0, location, type, body };
}
