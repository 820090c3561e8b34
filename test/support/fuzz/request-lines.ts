/** First lines that are none, or that ask for what is not there. */
import { type AttackMaker, anyLink, attack, request } from './attack.ts';
import { type Dice, LETTERS, SIGNS } from './dice.ts';

const METHODS = [
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'get',
  'GeT',
  'G',
  '',
];
const VERSIONS = [
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/1.2',
  'HTTP/2',
  'HTTP/9.9',
  'http/1.1',
  'HTTP/1.1.1',
  'HTTP/',
  'HTTP/1.1 x',
  '',
];
const PATHS = [
  '/',
  '//',
  '/.',
  '/..',
  '/../../etc/passwd',
  '/%2e%2e/',
  '/robots.txt',
  '/favicon.ico',
  '/healthz',
  '/readyz',
  '/pixel/',
  '/pixel/x.gif',
  '/pixel/%00.gif',
  '/conv/../conv',
  '*',
  '',
  '?',
  '#',
];
/** Other protocols that find an open port. */
const STRANGERS = [
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04\0\0\0\0\0',
  '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03',
  'SSH-2.0-OpenSSH_9.2p1\r\n',
  '*1\r\n$4\r\nPING\r\n',
  'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n',
  '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c',
  'EHLO mail.example\r\n',
  '\x05\x01\0',
  'GET /\n',
  '\r\n\r\n\r\n',
  '\0',
];

const oddText = (dice: Dice, length: number): string => dice.text(SIGNS + LETTERS, length);

function percentOddity(dice: Dice): string {
  return Array.from({ length: dice.int(1, 6) }, () =>
    dice.pick([
      '%',
      '%0',
      '%zz',
      '%00',
      '%0d%0a',
      '%ff',
      '%c3',
      '%ed%a0%80',
      '%e2%80%9d',
      '%25%32%35',
      '%F5%80',
    ]),
  ).join('');
}

/** A request with a few bytes taken out, changed, doubled or put in. */
function mutated(dice: Dice, text: string): string {
  let bytes = text;
  for (let times = dice.int(1, 4); times > 0; times--) {
    const at = dice.int(0, bytes.length);
    const end = at + dice.int(1, 8);
    const put = dice.pick([
      '',
      dice.noise(dice.int(1, 4)),
      oddText(dice, dice.int(1, 4)),
      bytes.slice(at, end).repeat(2),
    ]);
    bytes = bytes.slice(0, at) + put + bytes.slice(dice.chance(0.5) ? at : end);
  }
  return bytes;
}

export const requestLines: AttackMaker[] = [
  (dice) => attack('noise', dice.noise(dice.int(1, 1_500))),
  (dice) =>
    attack('noise in lines', `${dice.noise(dice.int(0, 60))}\r\n${dice.noise(dice.int(0, 60))}\r\n\r\n`),
  (dice, targets) =>
    attack('mutated', mutated(dice, request(`/${anyLink(dice, targets)}`, ['User-Agent: Mozilla/5.0']))),
  (dice, targets) =>
    attack(
      'mutated report',
      mutated(dice, request(`/conv?link_id=${anyLink(dice, targets)}&event=sale&revenue=5`)),
    ),
  (dice, targets) => attack('method', request(`/${anyLink(dice, targets)}`, [], dice.pick(METHODS))),
  (dice, targets) =>
    attack('version', `GET /${anyLink(dice, targets)} ${dice.pick(VERSIONS)}\r\nHost: x\r\n\r\n`),
  (dice, targets) =>
    attack(
      'spaces',
      `GET${dice.text(' \t', 3)}/${anyLink(dice, targets)}${dice.text(' \t', 3)}HTTP/1.1\r\nHost: x\r\n\r\n`,
    ),
  (dice, targets) => attack('line feeds', `GET /${anyLink(dice, targets)} HTTP/1.1\nHost: x\n\n`),
  (dice, targets) => {
    const host = dice.pick(['trk.example', 'evil.example', 'a@b', '[::1]:80', '']);
    const scheme = dice.pick(['http://', 'https://', 'HTTP://', 'ftp://', '//', 'javascript:']);
    return attack('absolute', request(`${scheme}${host}/${anyLink(dice, targets)}`));
  },
  (dice) => attack('path', request(dice.pick(PATHS))),
  (dice) => attack('odd path', request(`/${oddText(dice, dice.int(1, 40)).replace(/[ \r\n]/g, '')}`)),
  (dice) => attack('long path', request(`/${dice.text(LETTERS, 50).repeat(dice.int(4, 400))}`)),
  (dice, targets) => {
    const tail = dice.chance(0.5)
      ? percentOddity(dice)
      : oddText(dice, dice.int(1, 60)).replace(/[ \r\n]/g, '');
    return attack('suffix', request(`/${anyLink(dice, targets)}${tail}`));
  },
  (dice, targets) =>
    attack(
      'long query',
      request(`/${anyLink(dice, targets)}?${dice.text(LETTERS, 35).repeat(dice.int(1, 100))}`),
    ),
  (dice) => attack('unknown link', request(`/${dice.text(LETTERS, 7)}`, [`Host: ${dice.text(LETTERS, 20)}`])),
  (dice) => attack('other protocol', dice.pick(STRANGERS) + dice.noise(dice.int(0, 200))),
];
