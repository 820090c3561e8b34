/** Chains as an authority or an operator may give them; most of them wrong. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rotated } from '../../../../src/access/key-ring.ts';
import {
  CertificateError,
  checkCertificate,
} from '../../../../src/domains/certificates/check-certificate.ts';
import { decryptKey, encryptKey } from '../../../../src/domains/certificates/key-encryption.ts';
import { keysOf } from '../../../support/installation-keys.ts';
import { makeCertificate } from '../../../support/pebble.ts';

const NAME = 'go.example.com';
const DAY = 24 * 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'trackly-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

function made(label: string, names: string[]): { chain: string; key: KeyObject } {
  makeCertificate(folder, label, names);
  const read = (ending: string): string => readFileSync(join(folder, `${label}.${ending}`), 'utf8');
  return { chain: read('crt'), key: createPrivateKey(read('key')) };
}

const right = made('right', [NAME]);
const other = made('other', ['other.example.com']);
const now_ms = Date.now();
const check = (given: object): unknown => checkCertificate({ ...right, name: NAME, now_ms, ...given });

it('takes the right one, and says from whom it is and how long it holds', () => {
  expect(check({})).toMatchObject({ issuer: 'Trackly tests right', chain: right.chain });
  expect(check({ chain: `text before\n${right.chain}text after` })).toMatchObject({ chain: right.chain });
});

it.each([
  ['for another name', { chain: other.chain, key: other.key }, /other names than go\.example\.com/],
  ['with a name that only looks like it', { name: 'xgo.example.com' }, /other names/],
  ['for another key', { key: other.key }, /another private key/],
  ['that has ended', { now_ms: now_ms + 31 * DAY }, /ended on/],
  ['that begins later', { now_ms: now_ms - 2 * DAY }, /begins only on/],
  ['without PEM', { chain: 'garbage' }, /not in PEM/],
  ['that is an error page', { chain: '<html>429</html>' }, /not in PEM/],
  [
    'with PEM of nothing',
    { chain: right.chain.replace(/\n[A-Za-z0-9+/]{20}/g, '\nAAAA') },
    /can not be read/,
  ],
  ['that is huge', { chain: right.chain.repeat(200) }, /longer than 64 KiB/],
  ['with too many certificates', { chain: right.chain.repeat(11) }, /more than 10/],
  [
    'followed by one that did not issue it',
    { chain: right.chain + other.chain },
    /did not issue it \(number 2/,
  ],
])('refuses one %s', (_what, given, message) => {
  expect(() => check(given)).toThrow(CertificateError);
  expect(() => check(given)).toThrow(message);
});

it('encrypts a private key so that only the installation key opens it', () => {
  const keys = keysOf();
  const pem = encryptKey(right.key, keys);
  expect(pem).toContain('BEGIN ENCRYPTED PRIVATE KEY');
  expect(decryptKey(pem, keys).equals(right.key)).toBe(true);
  expect(() => decryptKey(pem, keysOf('b'))).toThrow();
});

it('opens a private key that was encrypted before the installation key was rotated', () => {
  const before = keysOf();
  const pem = encryptKey(right.key, before);
  const rotation = { key: 'b'.repeat(64), now_ms: 1, grace_ms: 0, leaked: true };
  const after = { ring: rotated(before.ring, rotation) };
  expect(decryptKey(pem, after).equals(right.key)).toBe(true);
  expect(decryptKey(encryptKey(right.key, after), { ring: after.ring.slice(1) }).equals(right.key)).toBe(
    true,
  );
});
