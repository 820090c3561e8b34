/** A phone that opens links over TLS, and says what the server showed it. */
import { Agent, type RequestOptions, request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { PHONE } from './phones.ts';

const ANSWERED_WITHIN_MS = 15_000;

export interface TlsAnswer {
  status: number;
  location: string;
  body: string;
  protocol: string | null;
  cipher: string;
  /** Of the certificate that the server showed, in capitals. */
  serial: string;
  issuer: string;
  reused: boolean;
}

export interface TlsRequest extends Pick<RequestOptions, 'minVersion' | 'maxVersion' | 'agent' | 'ca'> {
  port: number;
  /** Sent as the server name, and as Host. */
  name: string;
  path: string;
}

/** Resolves with the answer, or with the error's code. */
export function openOverTls({ port, name, path, ...options }: TlsRequest): Promise<TlsAnswer | string> {
  return new Promise((resolve) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path,
        servername: name,
        rejectUnauthorized: options.ca !== undefined,
        agent: new Agent({ keepAlive: false }),
        headers: { host: name, 'user-agent': PHONE },
        ...options,
      },
      (response) => {
        const socket = response.socket as TLSSocket;
        const certificate = socket.getPeerCertificate();
        const shown = {
          protocol: socket.getProtocol(),
          cipher: socket.getCipher().name,
          serial: certificate.serialNumber ?? '',
          issuer: String(certificate.issuer?.CN ?? ''),
          reused: socket.isSessionReused(),
        };
        let body = '';
        response.on('data', (part) => {
          body += part;
        });
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? '',
            body,
            ...shown,
          }),
        );
        response.once('error', () => resolve('broken'));
      },
    );
    call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    call.setTimeout(ANSWERED_WITHIN_MS, () => call.destroy(new Error('timeout')));
    call.end();
  });
}
