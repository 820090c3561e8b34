import { expect, it } from 'vitest';
import { parseTemplate } from '../../../src/catalog/placeholders.ts';
import { renderMessage, requiredNames } from '../../../src/messages/render-message.ts';
import { shortUrl } from '../../../src/messages/short-url.ts';

it('fills every placeholder, and does not read a value again', () => {
  const values = { first_name: '{{link1}} $& Ann', link1: 'https://trk.ly/abc1234' };
  expect(renderMessage(parseTemplate('Hi {{first_name}}: {{ link1 }} {{link1}}'), values)).toBe(
    'Hi {{link1}} $& Ann: https://trk.ly/abc1234 https://trk.ly/abc1234',
  );
});

it('takes the default of a placeholder where the value is missing or empty', () => {
  const body = parseTemplate('Hi {{first_name|there}}, {{city | your town }}{{to_string}}{{constructor}}.');
  expect(renderMessage(body, {})).toBe('Hi there, your town.');
  expect(renderMessage(body, { first_name: '', city: 'Ghent' })).toBe('Hi there, Ghent.');
});

it('requires each placeholder without a default, once', () => {
  expect(requiredNames(parseTemplate('{{a}} {{b}} {{a}} {{ c }} {{d|x}} {{e|}}'))).toEqual(['a', 'b', 'c']);
});

it('is https but on this machine', () => {
  expect(shortUrl('trk.ly', 'abc1234')).toBe('https://trk.ly/abc1234');
  expect(shortUrl('localhost:8080', 'abc1234')).toBe('http://localhost:8080/abc1234');
  expect(shortUrl('127.0.0.1:80', 'abc1234')).toBe('http://127.0.0.1:80/abc1234');
  expect(shortUrl('127.example', 'abc1234')).toBe('https://127.example/abc1234');
});
