/** Headers: too many, too long, twice, without a name, with what no header may hold. */
import { KEPT_HEADERS } from '../../../src/clicks/click.ts';
import { type AttackMaker, anyLink, attack, request } from './attack.ts';
import { LETTERS, SIGNS } from './dice.ts';

const BROKEN = [
  ': no name',
  'no colon',
  'Name : space before the colon',
  ' continued: from nothing',
  'X-Folded: a\r\n b\r\n\tc',
  'X-\0: nul in the name',
  'X-\xff\xfe: high bytes',
  'X-Return: a\rb',
  'X-Feed: a\nb',
  'Host: other.example',
  'Host:',
  'Connection: close, keep-alive, upgrade',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'Range: bytes=0-18446744073709551615',
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Cookie: =;=;=;',
  'Accept-Language: *;q=9999999999999999999999',
];
const FORWARDED = [
  '192.0.2.1',
  '3.5.140.2',
  '2001:db8::1',
  '::ffff:1.2.3.4',
  '[2001:db8::1]:443',
  '1.2.3.4:5',
  '999.1.1.1',
  '1.2.3',
  'fe80::1%eth0',
  '"><script>',
  ',,,,',
  'unknown',
];
const KEPT_LENGTHS = [0, 1, 30, 199, 200, 201, 511, 512, 513];

export const headers: AttackMaker[] = [
  (dice, targets) => {
    const lines = Array.from({ length: dice.int(1, 4) }, () => dice.pick(BROKEN));
    return attack('broken header', request(`/${anyLink(dice, targets)}`, lines));
  },
  (dice, targets) => {
    const lines = Array.from({ length: dice.int(20, 400) }, (_, i) => `X-${i}: ${dice.int(0, 9)}`);
    return attack('many headers', request(`/${anyLink(dice, targets)}`, lines));
  },
  (dice, targets) =>
    attack(
      'long header',
      request(`/${anyLink(dice, targets)}`, [
        `User-Agent: ${dice.text(LETTERS, 50).repeat(dice.int(10, 180))}`,
      ]),
    ),
  (dice, targets) => {
    const line = `X-Flood: ${dice.text(LETTERS, 90).repeat(10)}`;
    const pieces = Array.from({ length: dice.int(4, 60) }, () => `${line}\r\n`);
    return attack('header flood', [`GET /${anyLink(dice, targets)} HTTP/1.1\r\nHost: x\r\n`, ...pieces]);
  },
  (dice, targets) => {
    const name = dice.pick([...KEPT_HEADERS, 'host', 'user-agent', 'x-forwarded-for', 'content-length']);
    const lines = Array.from({ length: dice.int(2, 30) }, () => `${name}: ${dice.text(LETTERS, 5)}`);
    return attack('same header', request(`/${anyLink(dice, targets)}`, lines));
  },
  (dice, targets) => {
    const lines = ['User-Agent', ...KEPT_HEADERS].map(
      (name) => `${name}: ${dice.text(SIGNS + LETTERS, dice.pick(KEPT_LENGTHS)).replace(/[\r\n\0]/g, '')}`,
    );
    return attack(
      'odd values',
      request(
        `/${anyLink(dice, targets)}`,
        lines.filter(() => dice.chance(0.4)),
      ),
    );
  },
  (dice, targets) => {
    const hops = Array.from({ length: dice.int(1, 40) }, () => dice.pick(FORWARDED)).join(', ');
    return attack('forwarded', request(`/${anyLink(dice, targets)}`, [`X-Forwarded-For: ${hops}`]));
  },
  (dice) => attack('no host', `GET /${dice.text(LETTERS, 7)} HTTP/1.1\r\n\r\n`),
];
