import { expect, it } from 'vitest';
import { isServerName } from '../../../../src/domains/certificates/certificate.ts';
import { isNameServed, publicName } from '../../../../src/domains/certificates/certificate-names.ts';
import { domainKey, hostKey } from '../../../../src/domains/domain.ts';

it.each(['localhost', 'localhost:8080', '127.0.0.1', 'trk.example.com:8443', '[::1]'])(
  'wants no certificate for a PUBLIC_DOMAIN such as %s',
  (domain) => expect(publicName(domain)).toBeUndefined(),
);

it('wants one for a public name', () => expect(publicName('trk.example.com')).toBe('trk.example.com'));

it.each([
  '',
  'example',
  'Go.example.com',
  'go..example.com',
  '.example.com',
  'go.example.com.',
  '../example.com',
  'go.example.com/..',
  '_.example.com',
  '*.example.com',
  'go.exa mple.com',
  'go.example.com\0',
  '-go.example.com',
  `${'a'.repeat(64)}.example.com`,
  `${'a.'.repeat(130)}com`,
])('takes %j for no server name, whoever sends it', (name) => expect(isServerName(name)).toBe(false));

const served = (records: Record<string, string>, asked: string): Promise<boolean> =>
  isNameServed(async (key) => records[key] ?? null, asked, 'trk.example.com');
const owned = (status: string): Record<string, string> => ({
  [hostKey('go.example.com')]: 'acc_1',
  [domainKey('acc_1', 'go.example.com')]: JSON.stringify({ status }),
});

it.each([
  ['verified', true],
  ['active', true],
  ['failing', true],
  ['retired', true],
  ['pending_dns', false],
])('a name that is %s: %s', async (status, expected) => {
  expect(await served(owned(status), 'go.example.com')).toBe(expected);
  expect(await served(owned(status), 'GO.example.com.')).toBe(expected);
});

it('PUBLIC_DOMAIN is served; a name that is only claimed, unknown, or no name, is not', async () => {
  expect(await served({}, 'trk.example.com')).toBe(true);
  expect(
    await served({ [domainKey('acc_1', 'go.example.com')]: '{"status":"active"}' }, 'go.example.com'),
  ).toBe(false);
  expect(await served({ [hostKey('go.example.com')]: 'acc_1' }, 'go.example.com')).toBe(false);
  expect(await served({}, 'x'.repeat(10_000))).toBe(false);
});
