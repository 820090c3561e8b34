/**
 * The public listener over TLS, with a certificate for each server name (SNI), loaded at the first handshake for it. A
 * name without a certificate is refused. Needs no Redis: see certificate-files.ts.
 *
 * A certificate is replaced without touching the connections that are open. uWebSockets.js can't do that by itself:
 * removeServerName frees the routes of connections that still use them, and their next request ends the process. So
 * three apps share the work: one that accepts, and two sides to which it hands connections. A change makes the other
 * side, emptied, the one that gets new connections, and names are loaded again there as they are asked for. The side
 * before answers what is open with `Connection: close`, until it has none and can be emptied for the next change.
 */

import {
  type AppOptions,
  type HttpResponse,
  SSLApp,
  type TemplatedApp,
  type us_listen_socket,
} from 'uWebSockets.js';
import { readFileSync } from 'node:fs';
import type { InstallationKeySource } from '../access/key-ring.ts';
import { isServerName } from '../domains/certificates/certificate.ts';
import { type CertificateFiles, stemsFor } from '../domains/certificates/certificate-files.ts';
import { findPassphrase } from '../domains/certificates/key-encryption.ts';
import type { Logger } from '../platform/logger.ts';
import type { Exchanges } from './exchange.ts';
import { addRoutes, type Route } from './routes.ts';

/** Names that a process holds at once, about 20 kB each. Beyond it, the other side begins anew. */
const NAMES_MAX = 10_000;
/** What uWebSockets.js can tell apart. */
const LABELS_MAX = 10;
/** Of TLS 1.2, with forward secrecy and authenticated encryption; those of TLS 1.3 are not chosen. ECDSA before RSA. */
const CIPHERS = ['ECDSA', 'RSA']
  .flatMap((key) =>
    ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map((c) => `ECDHE-${key}-${c}`),
  )
  .join(':');
const OPTIONS: AppOptions = { ssl_ciphers: CIPHERS };
/** Changes that come together cost one change of sides. */
const CHANGE_AFTER_MS = 200;
/** Connections that were accepted before a change of sides have reached theirs after this. */
const SETTLED_AFTER_MS = 1_000;
const CHECK_EVERY_MS = 250;
/** A side without new connections has none after some 20 s: uWebSockets.js closes those that are silent for 10 s. */
const RETIRED_MS_MAX = 60_000;

/** In uWebSockets.js, and not in its types. */
interface Distributing {
  getDescriptor(): unknown;
  addChildAppDescriptor(descriptor: unknown): void;
  removeChildAppDescriptor(descriptor: unknown): void;
}

const newApp = (): TemplatedApp & Distributing => SSLApp(OPTIONS) as TemplatedApp & Distributing;

/** What the listener counts; read by the metrics. */
export interface TlsCounts {
  /** Handshakes for names without a certificate. */
  refused: number;
  connections: number;
  /** Names whose certificates are in memory for new connections. */
  names: number;
}

export interface TlsListenerOptions {
  files: CertificateFiles;
  /** Encrypt the private keys in the files. */
  keys: InstallationKeySource;
  routes: readonly Route[];
  exchanges: Exchanges;
  counts: TlsCounts;
  logger: Logger;
}

/** One of the two apps that answer. */
interface Side {
  app: TemplatedApp & Distributing;
  routes: Route[];
  /** Those that were loaded, or could not be. */
  names: Set<string>;
  connections: number;
  /** Since when it gets no new connections, as performance.now(); undefined before the first change and while it does. */
  retired_at: number | undefined;
}

export class TlsListener {
  readonly #options: TlsListenerOptions;
  readonly #acceptor = newApp();
  #current: Side;
  #other: Side;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TlsListenerOptions) {
    this.#options = options;
    this.#current = this.#createSide();
    this.#other = this.#createSide();
    this.#acceptor.addChildAppDescriptor(this.#current.app.getDescriptor());
  }

  /** Resolves with the socket, undefined where the port can't be opened. */
  listen(host: string, port: number): Promise<us_listen_socket | undefined> {
    return new Promise((resolve) => {
      this.#acceptor.listen(host, port, (socket) => resolve(socket === false ? undefined : socket));
    });
  }

  get connections(): number {
    return this.#options.counts.connections;
  }

  /** The file with this stem (see certificate-files.ts) is a new one, or gone. New connections get it soon. */
  changed(stem: string): void {
    for (const name of this.#current.names) {
      if (!stemsFor(name).includes(stem)) continue;
      this.#planChange(CHANGE_AFTER_MS);
      return;
    }
  }

  /** Closes all connections. */
  close(): void {
    clearTimeout(this.#timer);
    for (const { app } of [this.#current, this.#other]) app.close();
    this.#acceptor.close();
  }

  #createSide(): Side {
    const side: Side = {
      app: newApp(),
      routes: [],
      names: new Set(),
      connections: 0,
      retired_at: undefined,
    };
    const { exchanges, counts } = this.#options;
    side.routes = this.#options.routes.map(([method, pattern, handler]) => [
      method,
      pattern,
      (res, req) => {
        if (side.retired_at !== undefined) exchanges.closeAfter(res);
        handler(res, req);
      },
    ]);
    const count = (_res: HttpResponse, change: number): void => {
      side.connections += change;
      counts.connections += change;
    };
    side.app.filter(count);
    side.app.missingServerName((name) => this.#load(side, name));
    return side;
  }

  /** Called in the middle of a handshake, which goes on with the certificate, or ends where there is none. */
  #load(side: Side, asked: string): void {
    // uWebSockets.js takes a name with a trailing dot for the same name.
    const name = asked.replace(/\.$/, '');
    const { files, counts, keys } = this.#options;
    const file = isServable(name) ? files.find(name) : undefined;
    // It was loaded before, and is missing all the same: its file can't be used.
    if (file === undefined || side.names.has(name)) {
      counts.refused++;
      return;
    }
    if (side.names.size >= NAMES_MAX) {
      counts.refused++;
      this.#planChange(0);
      return;
    }
    side.names.add(name);
    const passphrase = findPassphrase(textOf(file), keys);
    counts.names = this.#current.names.size;
    side.app.addServerName(name, { ...OPTIONS, key_file_name: file, cert_file_name: file, passphrase });
    addRoutes(side.app.domain(name), side.routes);
  }

  #planChange(after_ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#change();
    }, after_ms);
  }

  #change(): void {
    const [from, to] = [this.#current, this.#other];
    if (!this.#isEmpty(to)) {
      this.#planChange(CHECK_EVERY_MS);
      return;
    }
    // Nobody is connected to it: what is freed here is not in use.
    for (const name of to.names) to.app.removeServerName(name);
    to.names.clear();
    to.retired_at = undefined;
    this.#acceptor.removeChildAppDescriptor(from.app.getDescriptor());
    this.#acceptor.addChildAppDescriptor(to.app.getDescriptor());
    from.retired_at = performance.now();
    this.#current = to;
    this.#other = from;
    this.#options.counts.names = 0;
    this.#options.logger.debug({ names: from.names.size }, 'new TLS connections get changed certificates');
  }

  #isEmpty(side: Side): boolean {
    if (side.retired_at === undefined) return true;
    const since_ms = performance.now() - side.retired_at;
    if (since_ms > RETIRED_MS_MAX && side.connections > 0) {
      this.#options.logger.warn({ connections: side.connections }, 'old TLS connections are closed');
      side.app.close();
    }
    return side.connections === 0 && since_ms > SETTLED_AFTER_MS;
  }
}

/** '' where it was removed a moment ago: the handshake is refused. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const isServable = (name: string): boolean =>
  isServerName(name) && name.split('.', LABELS_MAX + 1).length <= LABELS_MAX;
