/**
 * Connections that are not used as they should be: half-open, slow, or with requests behind each other. A good
 * request that is sent slowly has its first line in one piece: uWebSockets.js of this version refuses one that
 * is cut there with 505 (uNetworking/uWebSockets#1776).
 */
import { PHONE } from '../phones.ts';
import { type AttackMaker, anyLink, attack, request } from './attack.ts';
import { LETTERS } from './dice.ts';

const PAGE = ['Accept: text/html', 'Accept-Language: en', `User-Agent: ${PHONE}`];
const SLOW_MS = 5;

export const connections: AttackMaker[] = [
  (dice) => attack('nothing', '', { end: dice.pick(['fin', 'rst', 'hold']) }),
  (dice, targets) => {
    const whole = request(`/${anyLink(dice, targets)}`, PAGE);
    return attack('half a request', whole.slice(0, dice.int(1, whole.length - 1)), {
      end: dice.pick(['fin', 'rst', 'hold']),
    });
  },
  (dice, targets) =>
    attack('gone before the answer', request(`/${anyLink(dice, targets)}`, PAGE), {
      end: dice.pick(['fin', 'rst']),
    }),
  (dice, targets) => {
    const whole = request(`/${anyLink(dice, targets)}`, PAGE);
    const cuts = Array.from({ length: dice.int(2, 12) }, () => dice.int(0, whole.length)).sort(
      (a, b) => a - b,
    );
    const parts = [0, ...cuts].map((from, i) => whole.slice(from, cuts[i] ?? whole.length));
    return attack('gone meanwhile', parts.slice(0, -1), { pace_ms: 1, end: dice.pick(['fin', 'rst']) });
  },
  (dice, targets) => {
    const several = Array.from({ length: dice.int(2, 20) }, () =>
      request(`/${anyLink(dice, targets)}`, PAGE),
    );
    return attack('pipelined', several.join(''));
  },
  (dice, targets) => {
    const good = request(`/${anyLink(dice, targets)}`, PAGE);
    const garbage = dice.noise(dice.int(1, 200));
    return attack('pipelined garbage', dice.chance(0.5) ? good + garbage : garbage + good);
  },
  (dice, targets) => {
    const pages = Array.from({ length: dice.int(2, 50) }, () =>
      request(dice.pick(['/robots.txt', '/favicon.ico', '/healthz'])),
    );
    return attack('pipelined pages', [...pages, request(`/${anyLink(dice, targets)}`, PAGE)]);
  },
  (dice, targets) => {
    const first = request(`/${dice.text(LETTERS, 7)}`);
    return attack('one after the other', [first, request(`/${anyLink(dice, targets)}`, PAGE)], {
      pace_ms: 20,
    });
  },
  (dice, targets) => {
    const whole = request(`/${dice.pick(targets.links)}`, ['Accept: text/html']);
    const line = whole.indexOf('\n') + 1;
    return attack('a byte at a time', [whole.slice(0, line), ...whole.slice(line)], {
      pace_ms: SLOW_MS,
      good: true,
    });
  },
  (dice, targets) => {
    const bytes = [...request(`/${anyLink(dice, targets)}`, PAGE)];
    return attack('a byte at a time, then gone', bytes.slice(0, dice.int(1, 90)), {
      pace_ms: SLOW_MS,
      end: 'rst',
    });
  },
];
