import { expect, it } from 'vitest';
import { isDatabase, parseRedisUrl } from '../../../src/platform/redis-address.ts';
import { placeOf } from '../../../src/platform/server-fault.ts';

const ONE = { nodes: [{ host: 'localhost', port: 6379 }], username: '', password: '', tls: false, name: '' };

it.each([
  ['redis://localhost', ONE],
  ['redis://localhost/', ONE],
  ['redis://localhost/2', { ...ONE, name: '2' }],
  ['rediss://u:p@h:1', { ...ONE, nodes: [{ host: 'h', port: 1 }], username: 'u', password: 'p', tls: true }],
  ['redis://:a%2Cb%40c%2Fd@h:1', { ...ONE, nodes: [{ host: 'h', port: 1 }], password: 'a,b@c/d' }],
  [
    'redis://a:1,b,[::1]:3/main',
    {
      ...ONE,
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 6379 },
        { host: '::1', port: 3 },
      ],
      name: 'main',
    },
  ],
])('reads %s', (text, address) => {
  expect(parseRedisUrl(text)).toEqual(address);
});

it.each([
  ...['', 'h', 'http://h', 'redis://', 'redis://h:port', 'redis://h:70000', 'redis://a,,b'],
  ...['redis://a,redis://b', 'redis://u:p@a,u:p@b', 'redis://a:1,b:2?x=1', 'redis://a/b/c', 'redis://a b'],
  ...['redis://:50%@h', `redis://${Array.from({ length: 101 }, () => 'h').join(',')}`],
])('does not take %s', (text) => {
  expect(parseRedisUrl(text)).toBeUndefined();
});

it('knows a database from a name', () => {
  expect(isDatabase({ ...ONE, name: '15' })).toBe(true);
  expect(isDatabase({ ...ONE, name: 'main2' })).toBe(false);
  expect(isDatabase(ONE)).toBe(false);
});

it.each([
  ['rediss://u:secret@a:1,b:2/main', 'a:1,b:2'],
  ['https://u:secret@[::1]:8443/x', '[::1]:8443'],
  ['redis://:se/cret@h:1', 'not an address'],
  ['redis://', 'no host'],
  ['nonsense', 'not an address'],
])('shows %s without what is secret', (url, place) => {
  expect(placeOf(url)).toBe(place);
});
