import { expect, it } from 'vitest';
import { type IpStorage, storedAddress } from '../../../src/privacy/stored-address.ts';

it.each<[string, IpStorage, string]>([
  ['192.0.2.129', 'full', '::ffff:192.0.2.129'],
  ['192.0.2.129', 'truncated', '::ffff:192.0.2.0'],
  ['255.255.255.255', 'truncated', '::ffff:255.255.255.0'],
  ['192.0.2.129', 'none', '::'],
  ['::ffff:192.0.2.129', 'truncated', '::ffff:192.0.2.0'],
  ['2001:db8:aabb:ccdd::7', 'full', '2001:db8:aabb:ccdd::7'],
  ['2001:db8:aabb:ccdd::7', 'truncated', '2001:db8:aabb::'],
  ['2001:DB8:0:0:0:0:0:1', 'truncated', '2001:db8:0::'],
  ['2001:db8:aabb:ccdd::7', 'none', '::'],
  ['fe80::1%eth0', 'truncated', '::'],
])('stores %s with ip_storage %s as %s', (ip, ip_storage, stored) => {
  expect(storedAddress(ip, ip_storage)).toBe(stored);
});
