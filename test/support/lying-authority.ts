/**
 * A certificate authority that speaks ACME and lies, over plain http on loopback. It checks no signature and takes every name
 * for proven; what it then gives, and how it answers, is told by `mode`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { makeCertificate } from './pebble.ts';

export type Lie =
  /** None: a certificate for one day. */
  | 'right'
  | 'other_name'
  | 'other_key'
  | 'garbage'
  /** An answer of megabytes. */
  | 'huge'
  /** Takes the request and never answers. */
  | 'silent'
  /** An order that is never ready. */
  | 'processing'
  | 'not_json'
  /** Lists where ACME has objects, and the other way round. */
  | 'not_acme'
  | 'redirect'
  | 'broken_off'
  | 'rate_limited';

export interface LyingAuthority {
  directory: string;
  mode: Lie;
  /** Orders that it was asked for. */
  orders: number;
  close(): void;
}

const RETRY_AFTER_S = 7_200;

export async function startLyingAuthority(): Promise<LyingAuthority> {
  const folder = mkdtempSync(join(tmpdir(), 'trackly-liar-'));
  makeCertificate(folder, 'ca', ['ca.example.com']);
  const authority: LyingAuthority = { directory: '', mode: 'right', orders: 0, close };
  let name = '';
  let csr = '';

  /** Signs what was asked for, for `subject` instead of the name. */
  function issue(subject: string): string {
    const at = (file: string): string => join(folder, file);
    writeFileSync(at('csr.der'), Buffer.from(csr, 'base64url'));
    writeFileSync(at('extensions'), `subjectAltName=DNS:${subject}`);
    const request = [
      'x509',
      '-req',
      '-inform',
      'DER',
      '-in',
      at('csr.der'),
      '-days',
      '1',
      '-set_serial',
      '7',
    ];
    const by = [
      '-CA',
      at('ca.crt'),
      '-CAkey',
      at('ca.key'),
      '-extfile',
      at('extensions'),
      '-out',
      at('issued.crt'),
    ];
    execFileSync('openssl', [...request, ...by], { stdio: 'pipe' });
    return readFileSync(at('issued.crt'), 'utf8');
  }

  function certificate(): string {
    if (authority.mode === 'garbage') return '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    if (authority.mode === 'huge') return issue(name).repeat(10_000);
    if (authority.mode === 'other_name') return issue('other.example.com');
    if (authority.mode !== 'other_key') return issue(name);
    makeCertificate(folder, 'own', [name]);
    return readFileSync(join(folder, 'own.crt'), 'utf8');
  }

  function order(response: ServerResponse, status: number, state: string): void {
    const base = authority.directory.replace('/directory', '');
    const authorizations = authority.mode === 'not_acme' ? { a: 1 } : [`${base}/authorization`];
    const body = {
      status: state,
      authorizations,
      finalize: `${base}/finalize`,
      certificate: `${base}/certificate`,
    };
    json(response.setHeader('Location', `${base}/order`), status, body);
  }

  function json(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Replay-Nonce': 'nonce' });
    response.end(JSON.stringify(body));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const base = authority.directory.replace('/directory', '');
    const body = await text(request);
    const { payload = '' } = body === '' ? {} : (JSON.parse(body) as { payload?: string });
    const given = payload === '' ? {} : JSON.parse(Buffer.from(payload, 'base64url').toString());
    switch (request.url) {
      case '/directory':
        json(response, 200, {
          newNonce: `${base}/nonce`,
          newAccount: `${base}/account`,
          newOrder: `${base}/new-order`,
        });
        break;
      case '/nonce':
        response.writeHead(200, { 'Replay-Nonce': 'nonce' }).end();
        break;
      case '/account':
        json(response.setHeader('Location', `${base}/account/1`), 201, { status: 'valid' });
        break;
      case '/new-order':
        authority.orders++;
        name = given.identifiers?.[0]?.value ?? '';
        if (misbehave(response)) return;
        order(response, 201, 'ready');
        break;
      case '/authorization':
        json(response, 200, { status: 'valid', identifier: { type: 'dns', value: name }, challenges: [] });
        break;
      case '/finalize':
        csr = given.csr;
        order(response, 200, authority.mode === 'processing' ? 'processing' : 'valid');
        break;
      case '/order':
        order(response, 200, 'processing');
        break;
      case '/certificate':
        response.writeHead(200, {
          'Content-Type': 'application/pem-certificate-chain',
          'Replay-Nonce': 'nonce',
        });
        response.end(certificate());
        break;
      default:
        response.writeHead(404).end();
    }
  }

  /** Whether it has answered a new order in another way than ACME does. */
  function misbehave(response: ServerResponse): boolean {
    switch (authority.mode) {
      case 'silent':
        return true;
      case 'broken_off':
        response.destroy();
        return true;
      case 'redirect':
        response.writeHead(307, { Location: 'http://127.0.0.1:1/' }).end();
        return true;
      case 'not_json':
        response.writeHead(201, { 'Content-Type': 'application/json' }).end('<html>');
        return true;
      case 'rate_limited':
        json(response.setHeader('Retry-After', String(RETRY_AFTER_S)), 429, {
          type: 'urn:ietf:params:acme:error:rateLimited',
          detail: 'too many new orders recently',
        });
        return true;
      default:
        return false;
    }
  }

  const server = createServer(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  authority.directory = `http://127.0.0.1:${(server.address() as AddressInfo).port}/directory`;

  function close(): void {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return authority;
}
