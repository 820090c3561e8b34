import { expect, it } from 'vitest';
import { withoutNames, withoutOtherDevice } from '../../../../src/bots/agents/device.ts';

it.each([
  ['(Linux; Android 13; Discovery SE) AppleWebKit/5', '(Linux; Android 13;) AppleWebKit/5'],
  ['(Linux; Android 13; M bot 60 Build/TP1A; wv) AppleWebKit/5', '(Linux; Android 13;; wv) AppleWebKit/5'],
  ['(Linux; U; Android 5.1; en-US; S1 Build/L) x', '(Linux; U; Android 5.1; en-US;) x'],
  ['(Linux; Android 9; T7 G; Build/P.1; wv) x', '(Linux; Android 9;; wv) x'],
  ['(Linux; Android 11; moto g (2022)) x', '(Linux; Android 11;) x'],
  ['(Linux; Android 11; S1 Build/R; Storebot/1.0) x', '(Linux; Android 11;; Storebot/1.0) x'],
  ['Linux; Android 8; bot 5 AppleWebKit/5 Chrome/7', 'Linux; Android 8; AppleWebKit/5 Chrome/7'],
  ['UCWEB/2.0 (U; Adr 8.1; ru; Redmi_6) U2/1', 'UCWEB/2.0 (U; Adr 8.1; ru;) U2/1'],
  ['a [FBAN/FB4A;FBCR/Google Fi;FBDV/M bot] b', 'a  b'],
  ['a [FBAN/FB4A;FBCR/cut off', 'a '],
  [
    'Instagram 3 Android (33/13; 450dpi; 1080x2177; CUBOT; moto g(30); x) y',
    'Instagram 3 Android (33/13; 450) y',
  ],
])('removes the device and the carrier from %s', (agent, rest) => {
  expect(withoutNames(agent)).toBe(rest);
});

it('leaves alone what names no Android', () => {
  const agent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/6';
  expect(withoutNames(agent)).toBe(agent);
  expect(withoutOtherDevice('iPhone; CPU iPhone OS 17_5 like Mac OS X')).toBe(
    'iPhone; CPU iPhone OS 17_5 like Mac OS X',
  );
});

it('removes the whole platform of other phones', () => {
  expect(withoutOtherDevice('Windows Phone 10.0; Android 6.0.1; HTC; Radar')).toBe('');
  expect(withoutOtherDevice('Mobile; Nokia 8110 4G; rv:48.0')).toBe('');
});
