/** Bodies: of the wrong length, in broken chunks, or holding what nobody expects. */
import { PARAMETERS } from '../../../src/conversions/receive/conversion-input.ts';
import { type AttackMaker, anyLink, attack, request } from './attack.ts';
import { type Dice, LETTERS, SIGNS } from './dice.ts';

const LENGTHS = [
  '-1',
  '+5',
  '0x10',
  '5, 5',
  '5 5',
  '',
  ' ',
  '1e3',
  '18446744073709551616',
  '4294967296',
  '99999999999999999999999999',
  '5\r\nContent-Length: 6',
  '5\r\nTransfer-Encoding: chunked',
];
const CHUNKS = [
  'zz\r\nabc\r\n',
  'ffffffffffffffffff\r\nabc',
  '7fffffff\r\nabc',
  '-1\r\n\r\n',
  '3\r\nabcdef\r\n',
  '3;ext="a\r\nb"\r\nabc\r\n',
  '3\nabc\n0\n\n',
  '\r\n\r\n',
  '0\r\nTrailer: x\r\nHost: y\r\n\r\n',
  '00000000000000000000000000000003\r\nabc\r\n0\r\n\r\n',
  '3\r\nabc\r\n0\r\n\r\n',
];
const CODINGS = ['chunked', 'gzip, chunked', 'chunked, chunked', 'identity', 'x', 'Chunked ', '\tchunked'];
const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  '',
];
const SCALARS = [
  'null',
  'true',
  '1e999',
  '-0',
  '"\\ud800"',
  '"\\u0000"',
  '{"toString":1,"valueOf":1}',
  '{"__proto__":1}',
];

const post = (target: string, body: string, lines: string[] = []): string =>
  request(target, [`Content-Length: ${body.length}`, ...lines], 'POST', body);
const conversionPath = (dice: Dice): string => dice.pick(['/conv', '/conv/offer', '/conv/coupon']);

function json(dice: Dice, depth = 0): string {
  const roll = depth > 3 ? 0 : dice.int(0, 5);
  const inner = (): string[] => Array.from({ length: dice.int(0, 4) }, () => json(dice, depth + 1));
  if (roll === 4) return `[${inner().join(',')}]`;
  if (roll === 5)
    return `{${inner()
      .map((value) => `"${dice.pick(PARAMETERS)}":${value}`)
      .join(',')}}`;
  if (roll === 3) return JSON.stringify(dice.text(SIGNS + LETTERS, dice.int(0, 300)));
  return dice.chance(0.5) ? dice.pick(SCALARS) : String(dice.int(-1e9, 1e9));
}

/** Properties of a conversion, most of them with a value that is none. */
function report(dice: Dice, link_id: string): Record<string, string> {
  const odd = (): string =>
    dice.pick([
      link_id,
      '',
      '-1',
      '1e9',
      '9'.repeat(40),
      '١٢',
      'sale',
      'refund',
      'usd',
      '2026-13-45',
      dice.text(SIGNS, 20),
    ]);
  return Object.fromEntries(PARAMETERS.filter(() => dice.chance(0.4)).map((name) => [name, odd()]));
}

const query = (dice: Dice, link_id: string): string => new URLSearchParams(report(dice, link_id)).toString();

export const bodies: AttackMaker[] = [
  (dice, targets) => {
    const path = dice.chance(0.5) ? '/conv' : `/${anyLink(dice, targets)}`;
    return attack(
      'length',
      request(path, [`Content-Length: ${dice.pick(LENGTHS)}`], dice.pick(['GET', 'POST']), 'token'),
    );
  },
  (dice, targets) => {
    const path = dice.chance(0.5) ? '/conv' : `/${anyLink(dice, targets)}`;
    const body = dice.noise(dice.int(0, 100));
    return attack(
      'short body',
      request(path, [`Content-Length: ${body.length + dice.int(1, 1_000)}`], 'POST', body),
      {
        end: dice.pick(['read', 'fin', 'rst', 'hold']),
      },
    );
  },
  (dice, targets) => {
    const body = dice.noise(dice.int(10, 100));
    return attack('long body', request(`/${anyLink(dice, targets)}`, ['Content-Length: 3'], 'POST', body));
  },
  (dice, targets) => {
    const path = dice.chance(0.5) ? conversionPath(dice) : `/${anyLink(dice, targets)}`;
    const chunks = Array.from({ length: dice.int(1, 4) }, () => dice.pick(CHUNKS));
    return attack(
      'chunks',
      [request(path, [`Transfer-Encoding: ${dice.pick(CODINGS)}`], 'POST'), ...chunks],
      {
        end: dice.pick(['read', 'read', 'fin', 'rst']),
      },
    );
  },
  (dice, targets) => {
    const tokens = [
      'token=',
      `token=${dice.text(LETTERS, 9)}.${dice.text(LETTERS, 22)}`,
      `token=${dice.noise(20)}`,
    ];
    const body = dice.chance(0.3) ? dice.noise(dice.int(0, 2_000)) : dice.pick(tokens);
    return attack('posted to a link', post(`/${anyLink(dice, targets)}`, body));
  },
  (dice) => attack('JSON', post(conversionPath(dice), json(dice), [`Content-Type: ${dice.pick(TYPES)}`])),
  (dice, targets) => {
    const value = json(dice);
    const body = `{"link_id":"${anyLink(dice, targets)}","${dice.pick(PARAMETERS)}":${value}}`;
    return attack('JSON report', post(conversionPath(dice), body, ['Content-Type: application/json']));
  },
  (dice) => {
    const deep = dice.int(100, 7_000);
    const body = `{"click_id":${'['.repeat(deep)}${']'.repeat(deep)}}`;
    return attack('deep JSON', post('/conv', body, ['Content-Type: application/json']));
  },
  (dice) => {
    const body = dice.noise(dice.int(0, 400));
    return attack('noise body', post(conversionPath(dice), body, [`Content-Type: ${dice.pick(TYPES)}`]));
  },
  (dice, targets) => attack('form', post(conversionPath(dice), query(dice, anyLink(dice, targets)))),
  (dice, targets) =>
    attack('query', request(`${conversionPath(dice)}?${query(dice, anyLink(dice, targets))}`)),
  (dice, targets) => {
    const link_id = anyLink(dice, targets);
    return attack(
      'pixel',
      request(`/pixel/${link_id}${dice.pick(['.gif', '', '.png', '%'])}?${query(dice, link_id)}`),
    );
  },
  (dice) => {
    const length = dice.int(15_000, 80_000);
    return attack('large body', [
      request('/conv', [`Content-Length: ${length}`], 'POST'),
      'x'.repeat(length),
    ]);
  },
];
