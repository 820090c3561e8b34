import { expect, it } from 'vitest';
import { nodeAddresses } from '../../../src/clickhouse/node-addresses.ts';

it.each([
  ['http://h:8123', ['http://h:8123']],
  ['https://u:p%40w@h:8443/', ['https://u:p%40w@h:8443/']],
  ['http://u:p@a:8123,b:8124/', ['http://u:p@a:8123/', 'http://u:p@b:8124/']],
  ['http://[::1]:8123, b:8123', ['http://[::1]:8123', 'http://b:8123']],
])('reads %s', (text, nodes) => {
  expect(nodeAddresses(text)).toEqual(nodes);
});

it.each(['h:8123', 'ftp://h', 'http://', 'http://a:8123,', 'http://a:8123,a:8123', 'http://a:99999'])(
  'refuses %s',
  (text) => {
    expect(nodeAddresses(text)).toBeUndefined();
  },
);
