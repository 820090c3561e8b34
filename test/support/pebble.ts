/**
 * A real certificate authority of a test's own: Debian's pebble, the ACME server that Let's Encrypt tests clients with. It
 * proves names at `http_port` of loopback, as `dns` resolves them. Its own https certificate is made here; processes trust
 * it through NODE_EXTRA_CA_CERTS, this one through trustInThisProcess.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { TestDns } from './dns.ts';
import { testPorts } from './ports.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

export interface Pebble {
  /** ACME_DIRECTORY. */
  directory: string;
  /** NODE_EXTRA_CA_CERTS: path of the certificate that signs its https. */
  ca_file: string;
  /** The root of the certificates that it gives, in PEM; another one at every start. */
  root(): Promise<string>;
  stop(): Promise<void>;
}

/** As OpenSSL writes them; `DNS:127.0.0.1` is what a program that sends an address as a server name compares. */
function alternativeName(name: string): string {
  if (name.includes(':')) return name;
  return /^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`;
}

/** A key and a certificate for `names` in a folder, as `<label>.key` and `<label>.crt`; signed by itself. */
export function makeCertificate(folder: string, label: string, names: string[], days = 30): void {
  const file = (ending: string): string => join(folder, `${label}.${ending}`);
  execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file('key')]);
  const alternatives = names.map(alternativeName).join(',');
  const request = ['req', '-new', '-x509', '-key', file('key'), '-out', file('crt'), '-days', String(days)];
  const subject = [
    '-subj',
    `/O=Trackly tests/CN=${label.slice(0, 40)}`,
    '-addext',
    `subjectAltName=${alternatives}`,
  ];
  execFileSync('openssl', [...request, ...subject], { stdio: 'pipe' });
}

/** Adds a certificate to those that this process trusts, for fetch too. */
export async function trustInThisProcess(ca_file: string): Promise<void> {
  const trusted = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...trusted, await readFile(ca_file, 'utf8')]);
}

/** `address`: where it listens, for clients on other machines. */
export async function startPebble(
  http_port: number,
  dns: Pick<TestDns, 'address'>,
  address = '127.0.0.1',
): Promise<Pebble> {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-pebble-'));
  const [port = 0, management_port = 0, tls_port = 0] = await testPorts(3);
  makeCertificate(folder, 'pebble', ['localhost', '127.0.0.1', address]);
  const ca_file = join(folder, 'pebble.crt');
  const config = {
    pebble: {
      listenAddress: `${address}:${port}`,
      managementListenAddress: `127.0.0.1:${management_port}`,
      certificate: ca_file,
      privateKey: join(folder, 'pebble.key'),
      httpPort: http_port,
      tlsPort: tls_port,
      ocspResponderURL: '',
      externalAccountBindingRequired: false,
    },
  };
  const config_file = join(folder, 'config.json');
  await writeFile(config_file, JSON.stringify(config));
  let output = '';
  const child: ChildProcess = spawn('pebble', ['-config', config_file, '-dnsserver', dns.address], {
    env: { PATH: process.env['PATH'], PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const note = (text: Buffer): void => {
    output = `${output}${text}`.slice(-20_000);
  };
  child.stdout?.on('data', note);
  child.stderr?.on('data', note);
  child.on('error', note);
  await until(
    () => output.includes('ACME directory available'),
    HANGS_AFTER_MS,
    () => `pebble did not start:\n${output}`,
  );
  return {
    directory: `https://${address}:${port}/dir`,
    ca_file,
    root: async () => (await fetch(`https://127.0.0.1:${management_port}/roots/0`)).text(),
    async stop() {
      if (child.exitCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
