import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isPrivate, parseAddress, parseNetwork } from '../../../../src/bots/networks/address.ts';
import { readAsnTable } from '../../../../src/bots/networks/asn-table.ts';
import { readCountryTable } from '../../../../src/bots/networks/country-table.ts';

it('reads what node:net calls an address, and nothing else', () => {
  // Characters that are a digit but for a bit, or in another alphabet.
  const odd = fc.constantFrom('\u0011', '\u001a', '@', 'G', ' ', '\uff11', '٣', 'A', '0');
  const touched = fc
    .tuple(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('1::')), fc.nat({ max: 38 }), odd)
    .map(([address, at, put]) => address.slice(0, at) + put + address.slice(at + 1));
  const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{1,40}$/), touched);
  fc.assert(
    fc.property(text, (address) => {
      // The mixed form is read for mapped v4 addresses alone.
      fc.pre(!(address.includes(':') && address.includes('.')) && !/(^|\.)0\d/.test(address));
      expect(parseAddress(address) !== undefined).toBe(isIP(address) !== 0);
    }),
    { numRuns: 2_000 },
  );
  expect(parseAddress('\u0011::')).toBeUndefined();
});

it('takes a v4 address mapped into v6 for v4', () => {
  expect(parseAddress('::ffff:192.0.2.1')).toEqual(parseAddress('192.0.2.1'));
  expect(parseAddress('::ffff:c000:201')).toEqual(parseAddress('192.0.2.1'));
});

it.each([
  ['192.0.2.0/24', '192.0.2.255', true],
  ['192.0.2.0/24', '192.0.3.0', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['192.0.2.1', '192.0.2.1', true],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
  ['2001:db8::/32', '192.0.2.1', false],
])('network %s and %s: %s', (network, address, inside) => {
  expect(parseNetwork(network).contains(parseAddress(address) as never)).toBe(inside);
});

it.each(['192.0.2.0/33', '192.0.2', 'x', '2001:db8::/129', '1.2.3.4/', '1.2.3.4/8/8'])(
  'refuses network %s',
  (text) => {
    expect(() => parseNetwork(text)).toThrow(/is not an address/);
  },
);

it.each(['127.0.0.1', '10.1.2.3', '100.64.0.1', '::1', 'fd00::1', 'fe80::1', '192.168.1.1'])(
  'calls %s private',
  (ip) => {
    expect(isPrivate(parseAddress(ip) as never)).toBe(true);
  },
);

it('knows networks and countries of public addresses, at the borders of their ranges too', () => {
  const asns = readAsnTable();
  const asnOf = (ip: string): number => asns.asnOf(parseAddress(ip) as never);
  expect(asns.organisationOf(asnOf('8.8.8.8'))).toMatch(/^Google/);
  expect(asns.organisationOf(asnOf('172.56.10.20'))).toMatch(/T-Mobile/);
  expect(asns.organisationOf(asnOf('2607:fb90::1'))).toMatch(/T-Mobile/);
  expect([asnOf('1.0.0.0'), asnOf('1.0.0.255')]).toEqual([13335, 13335]);
  expect([asnOf('0.0.0.1'), asnOf('240.0.0.1'), asnOf('127.0.0.1')]).toEqual([0, 0, 0]);
  const { countryOf } = readCountryTable();
  expect([countryOf('8.8.8.8'), countryOf('175.45.176.1'), countryOf('127.0.0.1')]).toEqual(['US', 'KP', '']);
});

it('answers the same from what it keeps, and reads the files again where that was damaged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trackly-asn-'));
  const read = readAsnTable(folder);
  const [name = ''] = readdirSync(folder);
  const kept = readAsnTable(folder);
  const replaced = readAsnTable(folder);
  expect(kept.organisationOf(15169)).toMatch(/^Google/);
  rmSync(join(folder, name));
  // It has opened the file before.
  expect(replaced.organisationOf(15169)).toMatch(/^Google/);
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(join(folder, name), 'damaged');
  const again = readAsnTable(folder);
  expect(again.organisationOf(15169)).toMatch(/^Google/);
  // As a power cut leaves it: read again at the start, not at the first look-up.
  writeFileSync(join(folder, name), '');
  readAsnTable(folder);
  expect(statSync(join(folder, name)).size).toBeGreaterThan(1_000_000);
  rmSync(folder, { recursive: true });
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (ip) => {
      const parsed = parseAddress(ip);
      // The mixed form is read for mapped v4 addresses alone.
      fc.pre(parsed !== undefined);
      const address = parsed as never;
      const asn = read.asnOf(address);
      expect([kept.asnOf(address), again.asnOf(address)]).toEqual([asn, asn]);
      expect(kept.organisationOf(asn)).toBe(read.organisationOf(asn));
    }),
    { numRuns: 5_000 },
  );
});
