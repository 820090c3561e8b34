/**
 * What the TLS benchmark compares: bare uWebSockets.js and nginx over TLS, ours over TLS, and ours behind nginx, HAProxy or
 * Caddy that terminate TLS. All have the same certificate with a key of ECDSA P-256, one process or thread, and one core.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../../test/support/pebble.ts';
import { testPorts } from '../../test/support/ports.ts';
import { until } from '../../test/support/until.ts';
import {
  type Contender,
  type Core,
  DESTINATION,
  end,
  findProgram,
  start,
  startRedirects,
} from './contenders.ts';
import { warmUp } from './load.ts';

const START_WITHIN_MS = 20_000;
/** wrk sends the host of its address as the server name, Node an own name. */
export const SERVER_NAMES = ['127.0.0.1', 'bench.example.com'];
const CIPHERS = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305';

export interface TlsFiles {
  folder: string;
  certificate: string;
  key: string;
  /** Both in one file, as HAProxy wants them. */
  both: string;
  remove(): Promise<void>;
}

export async function makeTlsFiles(): Promise<TlsFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-bench-tls-'));
  const names = SERVER_NAMES.map((name) => `DNS:${name}`);
  makeCertificate(folder, 'bench', names);
  const [certificate, key, both] = ['crt', 'key', 'pem'].map((ending) => join(folder, `bench.${ending}`)) as [
    string,
    string,
    string,
  ];
  await writeFile(both, `${await readFile(certificate, 'utf8')}${await readFile(key, 'utf8')}`);
  return { folder, certificate, key, both, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Answers over TLS, whoever signed its certificate. */
async function answersOverTls(url: string): Promise<boolean> {
  const { openOverTls } = await import('../../test/support/tls-client.ts');
  const answer = await openOverTls({
    port: Number(new URL(url).port),
    name: 'bench.example.com',
    path: '/robots.txt',
  });
  return typeof answer !== 'string' && answer.status < 500;
}

async function started(
  name: string,
  port: number,
  child: ReturnType<typeof start>,
  dir?: string,
): Promise<Contender> {
  const url = `https://127.0.0.1:${port}`;
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with exit code ${child.exitCode}`);
      return answersOverTls(url);
    },
    START_WITHIN_MS,
    () => `${name} does not answer`,
  );
  return {
    name,
    url,
    pids: [child.pid ?? 0],
    async stop() {
      await end(child);
      if (dir !== undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

export async function startBareTls(core: Core, files: TlsFiles): Promise<Contender> {
  const [port = 0] = await testPorts(1);
  const server = join(import.meta.dirname, 'bare-server.ts');
  const words = [server, String(port), DESTINATION, files.certificate, files.key];
  return started('bare', port, start(core, process.execPath, words));
}

/** Ours over TLS: one process with the certificate as one of the operator's own, and all links in its memory. */
export async function startOursTls(
  core: Core,
  files: TlsFiles,
  redis_url: string,
  paths: readonly string[],
): Promise<Contender> {
  const [tls_port = 0] = await testPorts(1);
  const own = await mkdtemp(join(tmpdir(), 'trackly-bench-own-'));
  for (const name of SERVER_NAMES) {
    await writeFile(join(own, `${name}.crt`), await readFile(files.certificate));
    await writeFile(join(own, `${name}.key`), await readFile(files.key));
  }
  const settings = { TLS_PORT: String(tls_port), TLS_CERTIFICATES: own, TRUST_PROXY: '0' };
  const ours = await startRedirects({ name: 'ours', redis_url, core, settings });
  // Through its plain listener, which has the same memory and the same handlers.
  await warmUp(ours.url, paths);
  return {
    ...ours,
    url: `https://127.0.0.1:${tls_port}`,
    async stop() {
      await ours.stop();
      await rm(own, { recursive: true, force: true });
    },
  };
}

const nginxConf = (dir: string, port: number, files: TlsFiles, location: string): string =>
  `daemon off; master_process off; worker_processes 1; pid ${dir}/nginx.pid; error_log ${dir}/logs/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi; server_tokens off;
  ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ${CIPHERS};
  ssl_session_cache shared:tls:10m; ssl_session_tickets on;
  ssl_certificate ${files.certificate}; ssl_certificate_key ${files.key};
  upstream trackly { server 127.0.0.1:UPSTREAM; keepalive 128; keepalive_requests 1000000000; }
  server { listen 127.0.0.1:${port} ssl backlog=4096; ${location} }
}`;

async function startNginxTls(
  name: string,
  core: Core,
  files: TlsFiles,
  location: string,
  upstream_port: number,
): Promise<Contender> {
  const [port = 0] = await testPorts(1);
  const dir = await mkdtemp(join(tmpdir(), 'trackly-nginx-'));
  await mkdir(join(dir, 'logs'));
  const conf = nginxConf(dir, port, files, location).replace('UPSTREAM', String(upstream_port));
  await writeFile(join(dir, 'nginx.conf'), conf);
  const child = start(core, findProgram('nginx'), ['-p', dir, '-c', join(dir, 'nginx.conf')]);
  return started(name, port, child, dir);
}

/** `return 302` over TLS. */
export const startNginxAlone = (core: Core, files: TlsFiles): Promise<Contender> =>
  startNginxTls('nginx', core, files, `location / { return 302 ${DESTINATION}$uri; }`, 9);

export type Front = 'nginx' | 'haproxy' | 'caddy';

/** A proxy that terminates TLS and passes on to ours over plain http, on connections that stay open. */
export async function startFront(
  front: Front,
  core: Core,
  files: TlsFiles,
  upstream: Contender,
): Promise<Contender> {
  const upstream_port = Number(new URL(upstream.url).port);
  const proxy = await startProxy(front, core, files, upstream_port);
  return { ...proxy, name: `${front}_in_front`, pids: [...proxy.pids, ...upstream.pids] };
}

async function startProxy(
  front: Front,
  core: Core,
  files: TlsFiles,
  upstream_port: number,
): Promise<Contender> {
  if (front === 'nginx') {
    const location = `location / { proxy_pass http://trackly; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }`;
    return startNginxTls(front, core, files, location, upstream_port);
  }
  const [port = 0] = await testPorts(1);
  const dir = await mkdtemp(join(tmpdir(), `trackly-${front}-`));
  const file = join(dir, 'config');
  if (front === 'haproxy') {
    await writeFile(
      file,
      `global
  nbthread 1
  maxconn 8192
  tune.ssl.default-dh-param 2048
  ssl-default-bind-options ssl-min-ver TLSv1.2
  ssl-default-bind-ciphers ${CIPHERS}
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  option forwardfor
  http-reuse always
frontend tls
  bind 127.0.0.1:${port} ssl crt ${files.both} backlog 4096
  default_backend trackly
backend trackly
  server one 127.0.0.1:${upstream_port} pool-max-conn 128
`,
    );
    return started(front, port, start(core, findProgram('haproxy'), ['-f', file]), dir);
  }
  await writeFile(
    file,
    `{
	admin off
	auto_https off
	default_sni bench.example.com
	skip_install_trust
}
https://127.0.0.1:${port}, https://bench.example.com:${port} {
	bind 127.0.0.1
	tls ${files.certificate} ${files.key}
	reverse_proxy 127.0.0.1:${upstream_port} {
		transport http {
			keepalive_idle_conns_per_host 128
		}
	}
}
`,
  );
  const child = start(core, findProgram('caddy'), ['run', '--config', file, '--adapter', 'caddyfile'], {
    GOMAXPROCS: '1',
    XDG_DATA_HOME: dir,
    XDG_CONFIG_HOME: dir,
  });
  return started(front, port, child, dir);
}
