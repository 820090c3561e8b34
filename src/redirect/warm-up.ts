/**
 * Taps before the port is opened, so that the first recipients are answered at nearly full speed: the engine compiles
 * what runs often, and a new process takes three times as long for a tap as one that has answered some thousand. They
 * take the steps of every tap over connections of their own, and find links that exist nowhere else: nothing of them is
 * counted or logged, and no server is asked. A process that starts on a busy machine takes fewer, because it is better to
 * answer slowly than not at all; one that can't open a port here takes none.
 */

import { App, type us_listen_socket, us_socket_local_port } from 'uWebSockets.js';
import { connect, type Socket } from 'node:net';
import { accountKey, entityKey } from '../catalog/definitions.ts';
import { encodeLink, linkKey } from '../links/link.ts';
import { BatchedReader } from '../platform/record-cache.ts';
import type { RedisClient } from '../platform/redis.ts';
import { countConnections } from './connections.ts';
import { Exchanges } from './exchange.ts';
import { type TapDependencies, TapHandler } from './handle-tap.ts';
import { LinkLookup } from './link-lookup.ts';
import { noCounts, type RedirectCounts } from './redirect-metrics.ts';

const HOST = '127.0.0.1';
const CONNECTIONS = 16;
/** Three thousand would make the first taps no cheaper (bench/start). */
const TAPS_MAX = 1_000;
/** Each link is tapped a few times: the first one looks it up. */
const TAPS_A_LINK = 4;
/** A process is to answer within 300 ms of its start. Where the rest of the start took that long, some taps are worth a moment. */
const READY_WITHIN_MS = 250;
const WARM_UP_MS_MIN = 40;

export interface WarmUpBounds {
  taps_max: number;
  /** When it ends, as performance.now(). */
  until: number;
}

const boundsNow = (): WarmUpBounds => ({
  taps_max: TAPS_MAX,
  until: Math.max(performance.now() + WARM_UP_MS_MIN, READY_WITHIN_MS),
});

const HEADERS = [
  'User-Agent: Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br',
  'Accept-Language: en-GB,en;q=0.9',
  'Upgrade-Insecure-Requests: 1',
];

/** What of a handler stays the same; the rest is of the warm-up alone. */
export type WarmUpGround = Pick<
  TapDependencies,
  'sites' | 'judge' | 'keys' | 'click_ids' | 'readAddress' | 'settings'
>;

/** Resolves with how the taps ended. */
export async function warmUp(
  ground: WarmUpGround,
  bounds: WarmUpBounds = boundsNow(),
): Promise<RedirectCounts['taps']> {
  const exchanges = new Exchanges();
  const metrics = noCounts();
  const taps = new TapHandler({
    ...ground,
    exchanges,
    metrics,
    lookup: new LinkLookup(new BatchedReader(RECORDS)),
    clickLog: NO_LOG,
    guesses: { count: () => 0 },
    caps: { ask: async () => undefined },
    optOut: async () => {},
    tracing: undefined,
  });
  const app = App();
  countConnections(app, metrics.connections);
  app.get('/*', (res, req) => taps.handle(res, req, 'GET'));
  const listening = await new Promise<us_listen_socket | false>((done) => app.listen(HOST, 0, done));
  if (listening !== false) await tapAll(us_socket_local_port(listening), bounds);
  app.close();
  exchanges.stop();
  return metrics.taps;
}

/** Resolves when the time is over or all are answered. */
function tapAll(port: number, { taps_max, until }: WarmUpBounds): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const sockets: Socket[] = [];
  let sent = 0;
  let answered = 0;
  const end = (): void => {
    clearTimeout(late);
    for (const socket of sockets) socket.destroy();
    resolve();
  };
  const late = setTimeout(end, until - performance.now());
  const tap = (socket: Socket): void => {
    if (sent < taps_max) socket.write(requestOf(sent++));
  };
  for (let n = 0; n < CONNECTIONS; n++) {
    const socket = connect({ host: HOST, port, noDelay: true }, () => tap(socket));
    sockets.push(socket);
    socket.on('error', end);
    socket.on('data', () => {
      answered++;
      if (answered === taps_max || performance.now() >= until) end();
      else tap(socket);
    });
  }
  return promise;
}

function requestOf(n: number): string {
  const link_id = String(Math.floor(n / TAPS_A_LINK)).padStart(7, '0');
  return `GET /${link_id} HTTP/1.1\r\nHost: ${HOST}\r\n${HEADERS.join('\r\n')}\r\n\r\n`;
}

const ACCOUNT_ID = 'acc_00000000000000';
const OFFER_ID = 'off_00000000000000';

/** Suspects are looked at, which is the longest way. */
const ACCOUNT = JSON.stringify({
  account_id: ACCOUNT_ID,
  bot_filter: 'filter',
  blocked_countries: [],
  honour_gpc: true,
});
const OFFER = JSON.stringify({
  offer_id: OFFER_ID,
  account_id: ACCOUNT_ID,
  status: 'active',
  destination_url: 'https://shop.example/?click={{click_id}}&contact={{contact_id}}',
  fallback_url: '',
  bot_filter: 'inherit',
  interstitial: 'off',
});
const LINK = encodeLink({
  account_id: ACCOUNT_ID,
  offer_id: OFFER_ID,
  creative_id: '',
  campaign_id: '',
  variant_id: '',
  link_key: 'link1',
  domain: '',
  message_id: 'msg_00000000000000',
  contact_id: 'nobody',
  sent_at_ms: 1,
  url: '',
  fields: {},
  expires_at_ms: 0,
  disabled: false,
});
const KNOWN = new Map([
  [accountKey(ACCOUNT_ID), ACCOUNT],
  [entityKey('offer', ACCOUNT_ID, OFFER_ID), OFFER],
]);

const recordAt = (key: string): string | null =>
  key.startsWith(linkKey('')) ? LINK : (KNOWN.get(key) ?? null);

/**
 * Where the lookup of the warm-up finds its records. A link alone is asked for in its bucket; where links are among others
 * all are asked for by a script, with a key and a hash each.
 */
const RECORDS = {
  hget: async () => LINK,
  mget: async (keys: readonly string[]) => keys.map(recordAt),
  defineCommand(name: string) {
    const run = async (count: number, ...keys: string[]) => keys.slice(0, count / 2).map(recordAt);
    Object.assign(RECORDS, { [name]: run });
  },
} as unknown as RedisClient;

/** Takes every click, a moment later, and keeps none. */
const NO_LOG = {
  add: (_partition: number, _row: string, logged: (error: undefined, minute: number) => void) => {
    setImmediate(logged, undefined, 1);
  },
  note: () => {},
} as unknown as TapDependencies['clickLog'];
