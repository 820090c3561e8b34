import { expect, it } from 'vitest';
import { hostName } from '../../../src/platform/host.ts';

it.each([
  ['go.example', 'go.example'],
  ['GO.Example', 'go.example'],
  ['go.example.', 'go.example'],
  ['go.example:8080', 'go.example'],
  ['Go.Example.:443', 'go.example'],
  ['go.example:', 'go.example'],
  ['localhost:4010', 'localhost'],
  ['192.0.2.1:80', '192.0.2.1'],
  ['[2001:DB8::1]:80', '[2001:db8::1]'],
  ['under_score.example', 'under_score.example'],
  [`${'a'.repeat(253)}:65535`, 'a'.repeat(253)],
])('reads %s as %s', (text, name) => {
  expect(hostName(text)).toBe(name);
  expect(hostName(name)).toBe(name);
});

it.each([
  '',
  '.',
  ':80',
  'a b',
  'go.example/path',
  'go.example:80:80',
  '"',
  'a'.repeat(254),
  'gö.example',
  '::1',
])('knows no host by %j', (text) => {
  expect(hostName(text)).toBe('');
});
