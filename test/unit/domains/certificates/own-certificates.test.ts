/** The operator's folder of certificates: what is served of it, and what the log says. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CertificateFiles } from '../../../../src/domains/certificates/certificate-files.ts';
import {
  OwnCertificates,
  readOwnCertificate,
} from '../../../../src/domains/certificates/own-certificates.ts';
import type { Logger } from '../../../../src/platform/logger.ts';
import { keysOf } from '../../../support/installation-keys.ts';
import { makeCertificate } from '../../../support/pebble.ts';

let root: string;
let said: string[];
let told: string[];
let files: CertificateFiles;
const at = (...parts: string[]): string => join(root, ...parts);

function open(): OwnCertificates {
  const logger = {
    info: () => {},
    warn: (text: string) => void said.push(text),
  } as unknown as Logger;
  const changed = (stem: string): void => void told.push(stem);
  return new OwnCertificates({ folder: root, files, keys: keysOf(), logger, changed });
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trackly-own-'));
  files = new CertificateFiles(at('served'));
  said = [];
  told = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('serves a pair, its key encrypted, and a wildcard for the names right below', async () => {
  makeCertificate(root, 'go.example.com', ['go.example.com']);
  makeCertificate(root, '_.example.com', ['*.example.com']);
  await open().look();
  expect(files.find('go.example.com')).toBe(at('served/own/go.example.com.pem'));
  expect(files.find('x.example.com')).toBe(at('served/own/_.example.com.pem'));
  expect(files.find('y.x.example.com')).toBeUndefined();
  expect(files.find('example.com')).toBeUndefined();
  expect(readFileSync(files.find('go.example.com') ?? '', 'utf8')).toContain('ENCRYPTED PRIVATE KEY');
  expect(said).toEqual([]);
  expect((await readOwnCertificate(files, 'x.example.com'))?.issuer).toBe('Trackly tests _.example.com');
});

it.each([
  ['a key of another pair', 'b.example.com.key', 'go.example.com.key', /is for another private key/],
  ['a certificate for another name', 'b.example.com.crt', 'go.example.com.crt', /other names than go/],
])('says %s once, and serves the last good pair on', async (_what, from, to, sentence) => {
  for (const name of ['go.example.com', 'b.example.com']) makeCertificate(root, name, [name]);
  const own = open();
  await own.look();
  const before = readFileSync(files.find('go.example.com') ?? '', 'utf8');
  copyFileSync(at(from), at(to));
  await own.look();
  await own.look();
  expect(said.filter((text) => text.includes('go.example.com.crt'))).toHaveLength(1);
  expect(said.at(-1)).toMatch(sentence);
  expect(readFileSync(files.find('go.example.com') ?? '', 'utf8')).toBe(before);
});

it.each([
  ['go.example.com', 'not PEM', 'not PEM'],
  ['no_server', 'x', 'x'],
])('says what is wrong with %s, and serves nothing for it', async (stem, chain, key) => {
  writeFileSync(at(`${stem}.crt`), chain);
  writeFileSync(at(`${stem}.key`), key);
  await open().look();
  expect(said).toHaveLength(1);
  expect(existsSync(at('served/own', `${stem}.pem`))).toBe(false);
});

it('tells every process of a machine of a change, also the one that did not write it', async () => {
  makeCertificate(root, 'go.example.com', ['go.example.com']);
  const [one, two] = [open(), open()];
  await one.look();
  await two.look();
  expect(told).toEqual(['go.example.com', 'go.example.com']);
  for (const ending of ['crt', 'key']) rmSync(at(`go.example.com.${ending}`));
  await one.look();
  await two.look();
  expect(told).toHaveLength(4);
  expect(files.find('go.example.com')).toBeUndefined();
});

it('serves on what it had where a process starts and finds a broken pair', async () => {
  makeCertificate(root, 'go.example.com', ['go.example.com']);
  await open().look();
  writeFileSync(at('go.example.com.crt'), 'broken');
  await open().look();
  expect(files.find('go.example.com')).toBeDefined();
});
