/**
 * Proxies in front of a system, with exactly the configurations of deploy/proxies: only addresses, names, certificates
 * and what a service of the machine would own (pid files, the administration port) are other ones.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testPorts } from './ports.ts';
import { findProgram } from './programs.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/proxies');
/** Where the API is asked for; short links are asked for at `localhost`. */
export const API_HOST = 'links.localhost';

export const PROXIES = ['nginx.conf', 'haproxy.cfg', 'Caddyfile', 'haproxy-tcp.cfg'] as const;
export type ProxyFile = (typeof PROXIES)[number];

export interface RunningProxy {
  http_port: number;
  https_port: number;
  stop(): Promise<void>;
}

export interface Upstreams {
  redirect_url: string;
  api_url: string;
}

/** Of each file: what is replaced. Every text must be there. */
interface Setting {
  dir: string;
  http_port: number;
  https_port: number;
  redirect: string;
  api: string;
}

const EDITS: Record<ProxyFile, (setting: Setting) => [from: string, to: string][]> = {
  'nginx.conf': ({ dir, http_port, https_port, redirect, api }) => [
    ['listen 80 ', `listen 127.0.0.1:${http_port} `],
    ['listen 443 ', `listen 127.0.0.1:${https_port} `],
    ['server 127.0.0.1:8080', `server ${redirect}`],
    ['server 127.0.0.1:8081', `server ${api}`],
    ['trk.example;', 'localhost;'],
    ['links.example;', `${API_HOST};`],
    ['/etc/ssl/trk.example', `${dir}/certs/all`],
    ['/etc/ssl/links.example', `${dir}/certs/all`],
  ],
  'haproxy.cfg': ({ dir, http_port, https_port, redirect, api }) => [
    ['maxconn 20000', 'maxconn 200'],
    ['bind :80', `bind 127.0.0.1:${http_port}`],
    ['bind :443', `bind 127.0.0.1:${https_port}`],
    ['abns@trackly-http10', `abns@trackly-http10-${http_port}`],
    ['crt /etc/ssl/trackly/', `crt ${dir}/certs/all.pem`],
    ['127.0.0.1:8080', redirect],
    ['127.0.0.1:8081', api],
    ['links.example', API_HOST],
  ],
  'haproxy-tcp.cfg': ({ dir, http_port, https_port, redirect }) => [
    ['maxconn 20000', 'maxconn 200'],
    ['bind :80', `bind 127.0.0.1:${http_port}`],
    ['bind :443', `bind 127.0.0.1:${https_port}`],
    ['crt /etc/ssl/trackly/', `crt ${dir}/certs/all.pem`],
    ['127.0.0.1:8080', redirect],
  ],
  Caddyfile: ({ dir, http_port, https_port, redirect, api }) => [
    [
      '{\n\tservers {',
      `{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\tdefault_bind 127.0.0.1\n\thttp_port ${http_port}\n\thttps_port ${https_port}\n\tstorage file_system ${dir}/caddy\n\tservers {`,
    ],
    ['trk.example', 'localhost'],
    ['links.example', API_HOST],
    ['127.0.0.1:8080', redirect],
    ['127.0.0.1:8081', api],
  ],
};

const PROGRAMS: Record<ProxyFile, string> = {
  'nginx.conf': 'nginx',
  'haproxy.cfg': 'haproxy',
  'haproxy-tcp.cfg': 'haproxy',
  Caddyfile: 'caddy',
};

/** Whether this machine can run it. */
export const hasProxy = (file: ProxyFile): boolean =>
  findProgram(PROGRAMS[file]) !== undefined && findProgram('openssl') !== undefined;

/** nginx's file is a part of another one. */
const nginxMain = (
  dir: string,
): string => `daemon off; worker_processes 1; pid ${dir}/nginx.pid; error_log stderr;
events { worker_connections 256; }
http {
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  include ${dir}/nginx.conf;
}
`;

export async function startProxy(file: ProxyFile, upstreams: Upstreams): Promise<RunningProxy> {
  const dir = await mkdtemp(join(tmpdir(), 'trackly-proxy-'));
  const [http_port = 0, https_port = 0] = await testPorts(2);
  await makeCertificate(join(dir, 'certs'));
  const redirect = new URL(upstreams.redirect_url).host;
  const api = new URL(upstreams.api_url).host;
  let text = await readFile(join(FOLDER, file), 'utf8');
  for (const [from, to] of EDITS[file]({ dir, http_port, https_port, redirect, api })) {
    if (!text.includes(from)) throw new Error(`${file} has no "${from}" any more`);
    text = text.replaceAll(from, to);
  }
  const path = join(dir, file);
  await writeFile(path, text);
  await writeFile(join(dir, 'main.conf'), nginxMain(dir));
  const program = PROGRAMS[file];
  const args = {
    nginx: ['-p', dir, '-c', join(dir, 'main.conf')],
    haproxy: ['-db', '-f', path],
    caddy: ['run', '--adapter', 'caddyfile', '--config', path],
  }[program];
  const child = spawn(findProgram(program) ?? program, args ?? [], {
    env: { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr?.on('data', (chunk) => {
    output = `${output}${chunk}`.slice(-10_000);
  });
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`${file} did not start:\n${output}`);
      return (await accepts(http_port)) && (await accepts(https_port));
    },
    HANGS_AFTER_MS,
    () => `${file} does not listen:\n${output}`,
  );
  return { http_port, https_port, stop: () => stop(child, dir) };
}

async function makeCertificate(dir: string): Promise<void> {
  await mkdir(dir);
  const [key, pem] = [join(dir, 'all.key'), join(dir, 'all.pem')];
  const names = `subjectAltName=DNS:localhost,DNS:${API_HOST}`;
  const args = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext ${names}`;
  execFileSync('openssl', [...args.split(' '), '-keyout', key, '-out', pem], { stdio: 'ignore' });
  // HAProxy wants both in one file; the others take the first part that fits.
  await writeFile(pem, (await readFile(pem, 'utf8')) + (await readFile(key, 'utf8')));
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}

async function stop(child: ChildProcess, dir: string): Promise<void> {
  if (child.exitCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  await rm(dir, { recursive: true, force: true });
}
