/** Requests as raw bytes, over TCP or TLS, for what an HTTP client would not send. */
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const SILENT_MS = 15_000;

export interface RawAnswer {
  status: number;
  /** Names in lower case; repeated lines are joined. */
  headers: Record<string, string>;
  body: string;
  /** Everything that came back. */
  text: string;
  closed: boolean;
}

export interface RawTarget {
  port: number;
  /** Over TLS, for this name. */
  server_name?: string;
  /** Loopback address to come from. */
  from?: string | undefined;
}

/** Sends one request and resolves with its answer, or with status 0 where the connection closed without one. */
export function askRaw(target: RawTarget, request: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { port, server_name, from } = target;
    const options = { host: '127.0.0.1', port, ...(from === undefined ? {} : { localAddress: from }) };
    const tcp = connect(options);
    const socket =
      server_name === undefined
        ? tcp
        : connectTls({
            socket: tcp,
            servername: server_name,
            rejectUnauthorized: false,
            ALPNProtocols: ['http/1.1'],
          });
    let text = '';
    const done = (closed: boolean): void => {
      socket.destroy();
      resolve(parse(text, closed));
    };
    socket.setTimeout(SILENT_MS, () => {
      socket.destroy();
      reject(new Error(`no answer to ${request.toString('latin1').slice(0, 60)}`));
    });
    socket.once('error', () => done(true));
    socket.once('close', () => done(true));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      // What closes after its answer is seen to do so.
      if (isWhole(text, request) && !/^connection: close/im.test(text)) done(false);
    });
    socket.write(request);
  });
}

function isWhole(text: string, request: string | Buffer): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const { status, headers } = parse(text, false);
  if (status === 204 || request.toString('latin1').startsWith('HEAD ')) return true;
  const body = text.slice(end + 4);
  if (headers['transfer-encoding'] === 'chunked') return body.endsWith('0\r\n\r\n');
  return body.length >= Number(headers['content-length'] ?? 0);
}

function parse(text: string, closed: boolean): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end === -1 ? text.length : end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0);
  return { status, headers, body: end === -1 ? '' : text.slice(end + 4), text, closed };
}
