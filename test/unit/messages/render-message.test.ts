import { expect, it } from 'vitest';
import { placeholdersOf, renderMessage } from '../../../src/messages/render-message.ts';
import { shortUrl } from '../../../src/messages/short-url.ts';

it('fills every placeholder, and does not read a value again', () => {
  const values = new Map([
    ['first_name', '{{link1}} $& Ann'],
    ['link1', 'https://trk.ly/abc1234'],
  ]);
  expect(renderMessage('Hi {{first_name}}: {{ link1 }} {{link1}}', values)).toBe(
    'Hi {{link1}} $& Ann: https://trk.ly/abc1234 https://trk.ly/abc1234',
  );
});

it('names each placeholder once', () => {
  expect(placeholdersOf('{{a}} {{b}} {{a}} {{ c }} {{D}} {e}')).toEqual(['a', 'b', 'c']);
});

it('is https but on this machine', () => {
  expect(shortUrl('trk.ly', 'abc1234')).toBe('https://trk.ly/abc1234');
  expect(shortUrl('localhost:8080', 'abc1234')).toBe('http://localhost:8080/abc1234');
  expect(shortUrl('127.0.0.1:80', 'abc1234')).toBe('http://127.0.0.1:80/abc1234');
  expect(shortUrl('127.example', 'abc1234')).toBe('https://127.example/abc1234');
});
