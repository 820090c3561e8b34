/** The steps of a tap with what they ask in memory, or away: what is answered, and what is counted. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Judge } from '../../../src/bots/judge.ts';
import type { Account, Offer } from '../../../src/catalog/definitions.ts';
import { decodeClick, decodeClickRow } from '../../../src/clicks/click.ts';
import { ClickIds } from '../../../src/clicks/click-id.ts';
import type { Domain } from '../../../src/domains/domain.ts';
import { compileRules, overlay } from '../../../src/links/parameters.ts';
import { type Logged, NotDurableError } from '../../../src/redirect/click-log/click-log.ts';
import { Exchanges } from '../../../src/redirect/exchange.ts';
import { type TapDependencies, TapHandler } from '../../../src/redirect/handle-tap.ts';
import { noCounts, type RedirectCounts } from '../../../src/redirect/redirect-metrics.ts';
import { ServedLink, ServedPlacement, serveOffer } from '../../../src/redirect/served-link.ts';
import type { Site, Sites } from '../../../src/redirect/sites.ts';
import { REFUSED_OF_LINK_MAX } from '../../../src/redirect/steps/log-refused.ts';
import type { Closure } from '../../../src/takedowns/takedown.ts';
import { type FakeResponse, fakeRequest, fakeResponse } from '../../support/fake-exchange.ts';
import { keysOf } from '../../support/installation-keys.ts';

const OFFER = {
  status: 'active',
  destination_url: 'https://shop.example/?click={{click_id}}',
  fallback_url: '',
  interstitial: 'off',
  bot_filter: 'inherit',
};
const ACCOUNT = {
  bot_filter: 'no_filter',
  blocked_countries: [] as string[],
  brand: { name: 'Shop', color: '#000000', logo: '' },
};
const CLOSURE: Closure = { reason: 'phishing', at: '2026-11-28T12:00:00Z' };
const LINK_ID = 'abc1234';
/** Unknown links that an address may ask for here. */
const UNKNOWN_TAKEN = 2;

let exchanges: Exchanges;
let metrics: RedirectCounts;
let notes: string[];
let rows: string[];
/** Addresses that asked for unknown links. */
let asked: string[];

beforeEach(() => {
  exchanges = new Exchanges();
  metrics = noCounts();
  notes = [];
  rows = [];
  asked = [];
});
afterEach(() => exchanges.stop());

interface Case {
  link?: {
    disabled?: boolean;
    expires_at_ms?: number;
    taken_down?: Closure;
    fields?: Record<string, string>;
  };
  /** Null where it does not exist. */
  offer?: Partial<Offer> | null;
  account?: Partial<Account>;
  settings?: Partial<TapDependencies['settings']>;
  /** What the click log calls back with. */
  log?: (logged: Logged) => void;
  link_key?: string;
  optOut?: TapDependencies['optOut'];
  lookup?: object;
  site?: Site;
}

function handlerOf({
  link,
  offer,
  account,
  settings,
  log,
  lookup,
  link_key = 'link1',
  optOut = async () => {},
  site = { kind: 'own', name: 'localhost' },
}: Case): TapHandler {
  const placement = {
    account_id: 'acc',
    offer_id: 'off',
    creative_id: 'cre',
    campaign_id: 'cam',
    variant_id: 'A',
    link_key,
    domain: '',
  };
  const served = new ServedLink(
    {
      link_id: LINK_ID,
      message_id: 'm',
      contact_id: 'c',
      sent_at_ms: 1,
      url: '',
      fields: {},
      expires_at_ms: 0,
      disabled: false,
      ...link,
    },
    new ServedPlacement(placement),
  );
  const found = {
    offer: offer === null ? null : serveOffer('', JSON.stringify({ ...OFFER, ...offer })),
    account: { ...ACCOUNT, ...account } as Account,
    plan: overlay(undefined, compileRules(account ?? {}), 'account'),
  };
  const held = (logged: Logged): void => logged(undefined, 7);
  return new TapHandler({
    exchanges,
    lookup: {
      links: { peek: (id: string) => (id === LINK_ID ? served : null), load: async () => served },
      findInMemory: () => (offer === null ? undefined : { version: 1, ...found }),
      find: async () => found,
      accounts: { load: async () => null },
      ...lookup,
    } as unknown as TapDependencies['lookup'],
    sites: { peek: () => site, load: async () => site, tellStranger: () => {} } as unknown as Sites,
    clickLog: {
      add: (_partition: number, row: string, logged: Logged) => {
        rows.push(row);
        (log ?? held)(logged);
      },
      note: (minute: number, stage: string) => notes.push(`${minute > 7 ? 'now' : minute} ${stage}`),
    } as unknown as TapDependencies['clickLog'],
    guesses: { count: (address: string) => (asked.push(address) > UNKNOWN_TAKEN ? 60 : 0) },
    metrics,
    judge: { place: () => ({ country: 'KP' }), judge: () => ({ score: 100 }) } as unknown as Judge,
    caps: { ask: async () => undefined },
    keys: keysOf(),
    click_ids: new ClickIds(keysOf()),
    optOut,
    readAddress: () => '192.0.2.1',
    settings: { click_ack: 'durable', when_full: 'refuse', trust_proxy: 0, ...settings },
  });
}

function tap(handler: TapHandler, path = `/${LINK_ID}`, method: 'GET' | 'HEAD' = 'GET'): FakeResponse {
  const response = fakeResponse();
  handler.handle(response.res, fakeRequest(path), method);
  return response;
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** The counters that are not 0. */
const counted = (): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics.taps).filter(([, count]) => count > 0));

it.each([
  [1, '4f0c7c3e9a1b4d2e', '4f0c7c3e9a1b4d2e'],
  [1, 'a form that is not allowed', undefined],
  [0, '4f0c7c3e9a1b4d2e', undefined],
])('behind %i proxies a tap keeps the request id %s as %s', (trust_proxy, sent, kept) => {
  const request = fakeRequest(`/${LINK_ID}`, { 'x-request-id': sent });
  handlerOf({ settings: { trust_proxy } }).handle(fakeResponse().res, request, 'GET');
  expect(decodeClick(rows[0] ?? '').headers['x-request-id']).toBe(kept);
});

describe('a tap with Sec-GPC: 1', () => {
  const personal: Case = {
    offer: { destination_url: 'https://shop.example/?k={{click_id}}&c={{contact_id}}&n={{name|you}}' },
    account: { query: 'pass' },
    link: { fields: { name: 'Ann' } },
  };
  const open = (given: Case, headers: Record<string, string>): string => {
    const response = fakeResponse();
    const request = fakeRequest(`/${LINK_ID}?size=42&gclid=1`, headers);
    handlerOf(given).handle(response.res, request, 'GET');
    return response.written.headers['location']?.replace(/k=\w{29}/, 'k=ID') ?? '';
  };
  const all = 'https://shop.example/?k=ID&c=c&n=Ann&size=42&gclid=1';
  const nobody = 'https://shop.example/?k=ID&c=&n=you&size=42';

  it('passes on no contact, no field and no identifier of an advertising network, and is stored', () => {
    expect(open(personal, { 'sec-gpc': '1' })).toBe(nobody);
    expect(decodeClick(rows[0] ?? '').headers).toEqual({ 'sec-gpc': '1' });
    expect(open(personal, {})).toBe(all);
    expect(open(personal, { 'sec-gpc': '0' })).toBe(all);
  });

  it('passes on everything where the account does not honour it', () => {
    const account = { ...personal.account, honour_gpc: false };
    expect(open({ ...personal, account }, { 'sec-gpc': '1' })).toBe(all);
  });
});

describe('a tap on a link that leads somewhere', () => {
  it('is answered within the same call when everything is in memory and the click is held', () => {
    const { ended, written } = tap(handlerOf({}));
    expect(ended).toBe(true);
    expect(written.status).toBe('302 Found');
    expect(written.headers['location']).toMatch(/^https:\/\/shop\.example\/\?click=\w{29}$/);
    expect(written.headers['cache-control']).toBe('private, no-store');
    expect(counted()).toEqual({ redirected: 1 });
    expect(notes).toEqual(['7 answered']);
    expect(exchanges.open_count).toBe(0);
  });

  it('is not answered before its click is held', () => {
    let hold: Logged | undefined;
    const response = tap(
      handlerOf({
        log: (logged) => {
          hold = logged;
        },
      }),
    );
    expect(response.ended).toBe(false);
    hold?.(undefined, 7);
    expect(response.ended).toBe(true);
  });

  it('is noted as aborted when its client hung up before the click was held', () => {
    let hold: Logged | undefined;
    const response = tap(
      handlerOf({
        log: (logged) => {
          hold = logged;
        },
      }),
    );
    response.abort();
    hold?.(undefined, 7);
    expect(response.ended).toBe(false);
    expect(notes).toEqual(['7 aborted']);
    expect(counted()).toEqual({ aborted: 1 });
  });

  it('waits for a link that is not in memory, and is asked to try again where it can’t be read', async () => {
    const absent = { peek: () => undefined };
    const later = tap(
      handlerOf({
        lookup: {
          links: { ...absent, load: () => Promise.reject(new Error('away')) },
        },
      }),
    );
    expect(later.ended).toBe(false);
    await turn();
    expect(later.written.status).toBe('503 Service Unavailable');
    expect(later.body).toContain('http-equiv="refresh"');
    expect(counted()).toEqual({ unavailable: 1 });
  });

  it.each([
    ['interstitial', { offer: { interstitial: 'tap' } }, '200 OK'],
    ['preview', { account: { bot_filter: 'filter' } }, '200 OK'],
    ['blocked', { account: { blocked_countries: ['KP'] } }, '403 Forbidden'],
  ])('is counted as %s where that stands before it', (outcome, change, status) => {
    expect(tap(handlerOf(change as Case)).written.status).toBe(status);
    expect(counted()).toEqual({ [outcome]: 1 });
    expect(rows.some((row) => row.startsWith('[') && row.includes(`"${outcome}"`))).toBe(true);
  });

  it('goes on from its preview page with the page’s token, and with no other', () => {
    const handler = handlerOf({ account: { bot_filter: 'filter' } });
    const [, token] = /name="token" value="([^"]+)"/.exec(tap(handler).body ?? '') ?? [];
    const post = (body: string): FakeResponse => {
      const response = fakeResponse();
      handler.handleContinue(response.res, fakeRequest(`/${LINK_ID}`));
      response.data(body, true);
      return response;
    };
    expect(post(`token=${token}`).written.status).toBe('303 See Other');
    expect(post('token=1.aaaaaaaaaaaaaaaaaaaaaa').written.status).toBe('200 OK');
    expect(post('else=1').written.status).toBe('405 Method Not Allowed');
    expect(post(`token=${token}&${'x'.repeat(600)}`).written.status).toBe('405 Method Not Allowed');
    expect(counted()).toEqual({ preview: 2, continued: 1, method_not_allowed: 2 });
  });
});

describe('a tap on an opt-out link', () => {
  let opted_out: string[];
  let holds: boolean;

  beforeEach(() => {
    opted_out = [];
    holds = true;
  });

  const handler = (given: Case = {}): TapHandler =>
    handlerOf({
      link_key: 'optout_link',
      async optOut({ link_id }) {
        if (!holds) throw new Error('away');
        opted_out.push(link_id);
      },
      ...given,
    });
  const tokenIn = (body = ''): string => /name="token" value="([^"]+)"/.exec(body)?.[1] ?? '';
  const post = async (of: TapHandler, body: string): Promise<FakeResponse> => {
    const response = fakeResponse();
    of.handleContinue(response.res, fakeRequest(`/${LINK_ID}`));
    response.data(body, true);
    await turn();
    return response;
  };

  it('shows a page that asks, and opts nobody out, whoever opens it', () => {
    for (const method of ['GET', 'HEAD'] as const) {
      const { written, body = '' } = tap(
        handler({ account: { bot_filter: 'filter' } }),
        `/${LINK_ID}`,
        method,
      );
      expect(written.status).toBe('200 OK');
      if (method === 'GET') expect(body).toContain('Stop messages from Shop?');
      expect(body).not.toContain('<script');
    }
    expect([opted_out, counted()]).toEqual([[], { opt_out_page: 2 }]);
  });

  it('opts out by the button of its page, and by no other token', async () => {
    const of = handler();
    const token = tokenIn(tap(of).body);
    const preview = tokenIn(tap(handlerOf({ account: { bot_filter: 'filter' } })).body);
    for (const other of ['1.aaaaaaaaaaaaaaaaaaaaaa', preview]) {
      const { written, body } = await post(of, `token=${other}`);
      expect([written.status, body?.includes('<form')]).toEqual(['200 OK', true]);
    }
    expect((await post(of, 'else=1')).written.status).toBe('405 Method Not Allowed');
    expect(opted_out).toEqual([]);
    expect((await post(of, `token=${token}`)).body).toContain('Messages stopped');
    expect((await post(of, `token=${token}`)).body).toContain('Messages stopped');
    expect(opted_out).toEqual([LINK_ID]);
  });

  it('is logged beside the clicks, and is none', async () => {
    await post(handler(), `token=${tokenIn(tap(handler()).body)}`);
    const logged = rows.map((row) => decodeClickRow(row));
    expect(logged.map((row) => row.kind === 'refused' && [row.refusal.reason, row.refusal.is_click])).toEqual(
      [
        ...[
          ['opt_out', false],
          ['opt_out', false],
        ],
      ],
    );
  });

  it('works after the link has expired, and not while the operator has closed it', () => {
    expect(tap(handler({ link: { expires_at_ms: 1 } })).written.status).toBe('200 OK');
    expect(tap(handler({ link: { taken_down: CLOSURE } })).written.status).toBe('410 Gone');
    expect(tap(handler({ account: { status: 'suspended' } })).written.status).toBe('410 Gone');
  });

  it('is to be tried again where the opt-out can’t be held', async () => {
    holds = false;
    const { written } = await post(handler(), `token=${tokenIn(tap(handler()).body)}`);
    expect(written.status).toBe('503 Service Unavailable');
  });
});

describe('what a tap brings', () => {
  const pass = { account: { query: 'pass' as const, bot_filter: 'filter' as const } };
  const long = `a=1&b=${'x'.repeat(2_030)}`;

  it('is kept with the click, whole parameters of 2,048 characters, and dropped from the address', () => {
    const { written } = tap(handlerOf({}), `/${LINK_ID}?a=1&b=%C3%A4`);
    expect(written.headers['location']).toMatch(/^https:\/\/shop\.example\/\?click=\w{29}$/);
    tap(handlerOf({}), `/${LINK_ID}?${long}&c=3`);
    tap(handlerOf({}), `/${LINK_ID}?${long}&c=${'x'.repeat(99)}`);
    tap(handlerOf({}), `/${LINK_ID}?${'x'.repeat(2_049)}`);
    const kept = rows.map((row) => decodeClick(row).query);
    expect(kept).toEqual(['a=1&b=%C3%A4', `${long}&c=3`, long, '']);
  });

  it('is passed where a level says so, and never instead of the click id', () => {
    const { written } = tap(handlerOf({ account: { query: 'pass' } }), `/${LINK_ID}?click=evil&a=1`);
    expect(written.headers['location']).toMatch(/^https:\/\/shop\.example\/\?click=\w{29}&a=1$/);
  });

  it('goes through the preview page, escaped', () => {
    const handler = handlerOf(pass);
    const { body = '' } = tap(handler, `/${LINK_ID}?a="><b>&b=2`);
    expect(body).toContain(`action="/${LINK_ID}?a=&#34;&#62;&#60;b&#62;&#38;b=2"`);
    const [, token] = /name="token" value="([^"]+)"/.exec(body) ?? [];
    const response = fakeResponse();
    handler.handleContinue(response.res, fakeRequest(`/${LINK_ID}?a=1&b=2`));
    response.data(`token=${token}`, true);
    expect(response.written.headers['location']).toMatch(/&a=1&b=2$/);
  });

  it('goes through the page that tries again', () => {
    const away = handlerOf({ log: (logged) => logged(new NotDurableError('full'), 0) });
    const { body } = tap(away, `/${LINK_ID}?a=1&b="2`);
    expect(body).toContain('content="2;url=?a=1&#38;b=&#34;2&amp;again"');
    expect(tap(away, `/${LINK_ID}?a=1&again`).body).not.toContain('http-equiv="refresh"');
    rows = [];
    tap(handlerOf({}), `/${LINK_ID}?a=1&again`);
    tap(handlerOf({}), `/${LINK_ID}?a=once-again`);
    expect(rows.map((row) => decodeClick(row).query)).toEqual(['a=1', 'a=once-again']);
  });
});

it('names a host outside ASCII as people read it on pages, and as xn-- in addresses', () => {
  const offer = { destination_url: 'https://bücher.example:8443/straße', interstitial: 'tap' as const };
  const account = { brand: { name: '', color: '#000000', logo: '' } };
  const { body } = tap(handlerOf({ offer, account }));
  expect(body).toContain('<h1>Continue to bücher.example:8443</h1>');
  expect(body).toContain('href="https://xn--bcher-kva.example:8443/stra%C3%9Fe"');
});

describe('a tap on a link that is gone', () => {
  it.each([
    ['disabled', { link: { disabled: true } }],
    ['expired', { link: { expires_at_ms: 5 } }],
    ['offer_paused', { offer: { status: 'paused' } }],
    ['offer_unknown', { offer: null }],
    ['account_suspended', { account: { status: 'suspended', fallback_url: 'https://home.example/' } }],
    ['taken_down', { link: { taken_down: CLOSURE } }],
    ['taken_down', { offer: { taken_down: CLOSURE, fallback_url: 'https://home.example/' } }],
  ] as const)('counts why: %s', async (reason, change) => {
    const { written } = await soon(tap(handlerOf(change as Case)));
    expect(written.status).toBe('410 Gone');
    expect(counted()).toEqual({ gone: 1 });
    expect(metrics.gone).toEqual({ ...noCounts().gone, [reason]: { page: 1, fallback: 0 } });
    // It is not a click; that it was refused is kept beside them.
    expect(refusedRows()).toMatchObject([{ reason, status: 410, location: '', is_click: false }]);
    expect(rows).toHaveLength(1);
    expect(notes).toEqual(['7 refused']);
  });

  it.each([
    ['disabled', { link: { disabled: true } }],
    ['expired', { link: { expires_at_ms: 5 } }],
    ['offer_paused', { offer: { status: 'paused' } }],
  ] as const)('counts why beside the fallback: %s', (reason, change: Case) => {
    const offer = { ...change.offer, fallback_url: 'https://home.example/ä' };
    const { written } = tap(handlerOf({ ...change, offer }));
    expect(written.status).toBe('302 Found');
    expect(written.headers['location']).toBe('https://home.example/%C3%A4');
    expect(counted()).toEqual({ fallback: 1 });
    expect(metrics.gone).toEqual({ ...noCounts().gone, [reason]: { page: 0, fallback: 1 } });
    expect(rows).toHaveLength(2);
    const [click] = rows.flatMap((row) => (row.startsWith('[') ? [decodeClick(row)] : []));
    expect(refusedRows()).toMatchObject([
      {
        ...{ reason, status: 302, location: 'https://home.example/%C3%A4', is_click: true },
        click: { click_id: click?.click_id },
      },
    ]);
  });

  it('is not kept for a HEAD, nor where the id names no link of ours', async () => {
    const { written } = tap(handlerOf({ link: { disabled: true } }), `/${LINK_ID}`, 'HEAD');
    expect(written.status).toBe('410 Gone');
    await soon(tap(handlerOf({}), '/zzzzzzz'));
    expect(rows).toEqual([]);
  });

  it('is kept with its link’s account where it does not open on the host that was asked', async () => {
    const elsewhere = {
      kind: 'domain',
      domain: { domain: 'a.example', account_id: 'acc_2', not_found_url: '' },
    };
    await soon(tap(handlerOf({ site: elsewhere as Site })));
    await soon(tap(handlerOf({ site: { kind: 'taken_down' } })));
    expect(refusedRows()).toMatchObject([
      { reason: 'wrong_domain', status: 404, click: { account_id: 'acc', domain: 'a.example' } },
      { reason: 'taken_down', status: 404 },
    ]);
  });

  it('is answered at once, whether or not its row can be held, and counted as left out where it can’t', () => {
    let hold: Logged | undefined;
    const log = (logged: Logged): void => {
      hold = logged;
    };
    expect(tap(handlerOf({ link: { disabled: true }, log })).written.status).toBe('410 Gone');
    hold?.(new NotDurableError('full'), 0);
    expect(metrics.refused.disabled).toEqual({ kept: 0, left_out: 1 });
    expect(notes).toEqual([]);
  });

  it('is kept up to a bound for each link and minute; the others are counted', () => {
    const handler = handlerOf({ link: { disabled: true } });
    for (let i = 0; i < REFUSED_OF_LINK_MAX + 5; i++) tap(handler);
    expect(counted()).toEqual({ gone: REFUSED_OF_LINK_MAX + 5 });
    // The minute may have ended meanwhile.
    const { kept, left_out } = metrics.refused.disabled;
    expect(kept + left_out).toBe(REFUSED_OF_LINK_MAX + 5);
    expect(kept).toBeGreaterThanOrEqual(REFUSED_OF_LINK_MAX);
    expect(rows).toHaveLength(kept);
  });

  it('is not counted as gone where the link is unknown', async () => {
    const page = await soon(tap(handlerOf({}), '/zzzzzzz'));
    expect(page.written.status).toBe('404 Not Found');
    const domain = { account_id: 'acc_2', not_found_url: 'https://home.example/' } as Domain;
    const fallback = await soon(tap(handlerOf({ site: { kind: 'domain', domain } }), '/'));
    expect(fallback.written.headers['location']).toBe('https://home.example/');
    expect(counted()).toEqual({ not_found: 1, fallback: 1 });
    expect(metrics.gone).toEqual(noCounts().gone);
  });

  it('is 429 to an address that asked for many unknown links, to which links that exist open', async () => {
    const handler = handlerOf({});
    for (let i = 0; i < UNKNOWN_TAKEN; i++) await soon(tap(handler, '/zzzzzzz'));
    const { written, body } = await soon(tap(handler, '/zzzzzzz'));
    expect(written).toMatchObject({
      status: '429 Too Many Requests',
      headers: { 'retry-after': '60', connection: 'close', 'cache-control': 'private, no-store' },
    });
    expect(body).toContain('<h1>');
    expect(tap(handler).written.status).toBe('302 Found');
    expect(tap(handlerOf({ link: { disabled: true } })).written.status).toBe('410 Gone');
    expect(counted()).toEqual({ not_found: UNKNOWN_TAKEN, too_many_unknown: 1, redirected: 1, gone: 1 });
  });

  it('is counted as a guess where its id exists on another host, and not where the path is no link’s', async () => {
    const elsewhere = { kind: 'domain', domain: { account_id: 'acc_2', not_found_url: '' } } as Site;
    expect((await soon(tap(handlerOf({ site: elsewhere })))).written.status).toBe('404 Not Found');
    expect(asked).toEqual(['192.0.2.1']);
    for (const path of ['/wp-admin', '/.env', '/abcdefgh', '/abc1234x']) {
      expect((await soon(tap(handlerOf({}), path))).written.status).toBe('404 Not Found');
    }
    expect(asked).toHaveLength(1);
  });

  it('opens an old code that begins like a link id, and counts unknown codes of such a domain as guesses', async () => {
    const domain = { account_id: 'acc_1', domain: 'go.example', has_old_codes: true, not_found_url: '' };
    const loaded: string[] = [];
    const aliases = {
      load: async (key: string) => {
        loaded.push(key);
        return null;
      },
    };
    const handler = handlerOf({ site: { kind: 'domain', domain } as Site, lookup: { aliases } });
    for (const path of ['/zzzzzzz-', '/some-code']) {
      expect((await soon(tap(handler, path))).written.status).toBe('404 Not Found');
    }
    expect(loaded.map((key) => key.slice(key.indexOf('/')))).toEqual([
      ...['/zzzzzzz-', '/^zzzzzzz-', '/zzzzzzz', '/^zzzzzzz', '/some-code', '/^some-code'],
    ]);
    expect(asked).toHaveLength(2);
  });

  it('leads to no fallback on a domain of a suspended account, and is no guess on one that was taken down', async () => {
    const domain = { account_id: 'acc_2', not_found_url: 'https://home.example/' } as Domain;
    const accounts = { load: async () => ({ status: 'suspended', fallback_url: 'https://home.example/' }) };
    const suspended = handlerOf({ site: { kind: 'domain', domain }, lookup: { accounts } });
    expect((await soon(tap(suspended, '/zzzzzzz'))).written.status).toBe('404 Not Found');
    expect(asked).toHaveLength(1);
    expect((await soon(tap(handlerOf({ site: { kind: 'taken_down' } })))).written.status).toBe(
      '404 Not Found',
    );
    expect(asked).toHaveLength(1);
  });

  it('leads to the fallback of its host all the same, because nothing but the page is replaced', async () => {
    const domain = { account_id: 'acc_2', not_found_url: 'https://home.example/' } as Domain;
    const handler = handlerOf({ site: { kind: 'domain', domain } });
    for (let i = 0; i < 5; i++) {
      const { written } = await soon(tap(handler, '/zzzzzzz'));
      expect(written.headers['location']).toBe('https://home.example/');
    }
    expect(asked).toHaveLength(5);
  });

  const refusedRows = (): object[] =>
    rows.flatMap((row) => {
      const decoded = decodeClickRow(row);
      return decoded.kind === 'refused' ? [{ ...decoded.refusal, click: decoded.click }] : [];
    });

  async function soon(response: FakeResponse): Promise<FakeResponse> {
    await turn();
    return response;
  }
});

describe('a tap whose click can be held nowhere', () => {
  const log = (logged: Logged): void => logged(new NotDurableError('full'), 0);

  it('is asked to try again, once by itself', () => {
    const handler = handlerOf({ log });
    expect(tap(handler).body).toContain('http-equiv="refresh"');
    expect(tap(handler, `/${LINK_ID}?again`).body).not.toContain('http-equiv="refresh"');
    expect(counted()).toEqual({ unavailable: 2 });
    expect(metrics.lost).toBe(0);
    expect(notes).toEqual([]);
  });

  it('is redirected all the same with WHEN_FULL=redirect, and counted as lost', () => {
    expect(tap(handlerOf({ log, settings: { when_full: 'redirect' } })).written.status).toBe('302 Found');
    expect(counted()).toEqual({ redirected: 1 });
    expect(metrics.lost).toBe(1);
    expect(notes).toEqual(['now answered', 'now lost']);
  });

  it('was answered before with CLICK_ACK=fast, and is counted as lost', () => {
    const order: string[] = [];
    const handler = handlerOf({
      settings: { click_ack: 'fast' },
      log: (logged) => {
        order.push(JSON.stringify(counted()));
        log(logged);
      },
    });
    expect(tap(handler).written.status).toBe('302 Found');
    expect(order).toEqual(['{"redirected":1}']);
    expect(metrics.lost).toBe(1);
  });
});

it('closes the connection with each answer while the listener drains', () => {
  const handler = handlerOf({});
  expect(tap(handler).written.headers['connection']).toBeUndefined();
  exchanges.closing = true;
  expect(tap(handler).written.headers['connection']).toBe('close');
});

it.each([
  ['close', 'close'],
  ['Close', 'close'],
  ['TE, close', 'close'],
  ['keep-alive', undefined],
  ['closed', undefined],
])('says to "Connection: %s" whether it closes', (connection, answered) => {
  const response = fakeResponse();
  handlerOf({}).handle(response.res, fakeRequest(`/${LINK_ID}`, { connection }), 'GET');
  expect(response.written.headers['connection']).toBe(answered);
});

it('closes each connection after one answer where a client could write the next PROXY frame', async () => {
  exchanges.stop();
  exchanges = new Exchanges({ one_answer_per_connection: true });
  const response = tap(handlerOf({}));
  // What was sent along with the request is read within the handler: the answer waits for that.
  expect(response.ended).toBe(false);
  await turn();
  expect(response.written.headers['connection']).toBe('close');
});
