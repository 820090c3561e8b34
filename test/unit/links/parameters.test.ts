import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParameterRules } from '../../../src/catalog/parameter-rules.ts';
import { compileDestination } from '../../../src/links/destination-template.ts';
import type { Link } from '../../../src/links/link.ts';
import {
  compileRules,
  LOCATION_LENGTH_MAX,
  lead,
  locationOf,
  overlay,
  PARAMETER_LEVELS,
  type ParameterLevel,
  type ParameterPlan,
} from '../../../src/links/parameters.ts';

const link: Link = {
  link_id: 'abc1234',
  account_id: 'acc',
  message_id: 'm-1',
  contact_id: 'c-1',
  offer_id: 'off',
  creative_id: 'cre',
  campaign_id: 'cam',
  variant_id: 'A',
  link_key: 'link1',
  domain: '',
  sent_at_ms: 1,
  url: '',
  fields: { first_name: 'Zoë' },
  expires_at_ms: 0,
  disabled: false,
};
const values = { link, click_id: 'CLICK', clicked_at_ms: 1_000 };

type Levels = Partial<Record<ParameterLevel, ParameterRules>>;

function planOf(levels: Levels): ParameterPlan | undefined {
  return PARAMETER_LEVELS.toReversed().reduce<ParameterPlan | undefined>(
    (plan, level) => overlay(plan, compileRules(levels[level] ?? {}), level),
    undefined,
  );
}

const go = (url: string, levels: Levels, query = ''): string =>
  locationOf(compileDestination(url), planOf(levels), values, query);
const explain = (url: string, levels: Levels, query = '') =>
  lead(compileDestination(url), planOf(levels), values, query).parameters;

describe('the parameters of a destination', () => {
  it('are its own alone where no level says anything, and the tap’s are dropped', () => {
    expect(planOf({ link: { url_params: {}, query: null } })).toBeUndefined();
    expect(go('https://x.example/?a=1', {}, 'b=2')).toBe('https://x.example/?a=1');
    expect(go('https://x.example/?a=1', { account: { query: 'drop' } }, 'b=2')).toBe(
      'https://x.example/?a=1',
    );
  });

  it('are added with macros, encoded, before the fragment', () => {
    const rules = { account: { url_params: { utm_source: 'a b&c', n: '{{first_name}}-{{click_id}}' } } };
    const added = 'utm_source=a%20b%26c&n=Zo%C3%AB-CLICK';
    expect(go('https://x.example/p', rules)).toBe(`https://x.example/p?${added}`);
    expect(go('https://x.example/p?', rules)).toBe(`https://x.example/p?${added}`);
    expect(go('https://x.example/p?a=1#top?z=1', rules)).toBe(`https://x.example/p?a=1&${added}#top?z=1`);
    expect(go('https://x.example/#/{{link_id}}', rules)).toBe(`https://x.example/?${added}#/abc1234`);
    expect(go('https://x.example/p?a=1&', rules)).toBe(`https://x.example/p?a=1&${added}`);
  });

  it('are the link’s over the offer’s, the creative’s, the campaign’s and the account’s', () => {
    const of = (level: ParameterLevel): ParameterRules => ({ url_params: { p: level } });
    const levels: Levels = {};
    for (const level of PARAMETER_LEVELS.toReversed()) {
      levels[level] = of(level);
      expect(go('https://x.example/', levels)).toBe(`https://x.example/?p=${level}`);
    }
    expect(go('https://x.example/?p=own', levels)).toBe('https://x.example/?p=own');
    expect(explain('https://x.example/?p=own', levels)).toEqual([
      { name: 'p', value: 'own', source: 'destination' },
      { name: 'p', value: 'link', source: 'link', left_out: 'in_destination' },
    ]);
  });

  it('leave one out whose name a macro gives to the destination', () => {
    const rules = { account: { url_params: { 'm-1': 'x', a: '1' } } };
    expect(go('https://x.example/?{{message_id}}=own', rules)).toBe('https://x.example/?m-1=own&a=1');
    expect(explain('https://x.example/?{{message_id}}=own', rules)).toContainEqual({
      name: 'm-1',
      value: 'x',
      source: 'account',
      left_out: 'in_destination',
    });
  });

  it('are left out where they are empty, and a narrower level takes one away', () => {
    const account = { url_params: { utm_term: 'x', utm_id: '{{keyword}}', a: '{{campaign_id}}' } };
    expect(go('https://x.example/', { account, creative: { url_params: { utm_term: '' } } })).toBe(
      'https://x.example/?a=cam',
    );
    expect(explain('https://x.example/', { account })).toContainEqual({
      name: 'utm_id',
      value: '',
      source: 'account',
      left_out: 'empty',
    });
  });

  it('handle the tap’s as the narrowest level says', () => {
    expect(go('https://x.example/', { account: { query: 'pass' } }, 'a=1')).toBe('https://x.example/?a=1');
    expect(go('https://x.example/', { account: { query: 'pass' }, link: { query: 'drop' } }, 'a=1')).toBe(
      'https://x.example/',
    );
  });
});

describe('query: pass', () => {
  const pass: Levels = { campaign: { query: 'pass', url_params: { utm_source: 'sms' } } };

  it('appends what came as it came, repeated names too', () => {
    expect(go('https://x.example/', pass, 'a=1&a=2&b=%E4+x&c')).toBe(
      'https://x.example/?utm_source=sms&a=1&a=2&b=%E4+x&c',
    );
    expect(go('https://x.example/#f', { link: { query: 'pass' } }, 'x=#"<ä>')).toBe(
      'https://x.example/?x=%23%22%3C%C3%A4%3E#f',
    );
  });

  it.each([
    'cid=evil',
    'CID=evil',
    'cid[]=evil',
    'cid[0]=evil',
    '%63id=evil',
    '+cid=evil',
    'utm_source=evil',
    'utm.source=evil',
    'utm+source=evil',
    'click_id=evil',
    'click[id=evil',
    'click_id%00x=evil',
    'click_id[=evil',
    'Click%5fID=evil',
    'x=1&cid=evil',
  ])('never overwrites the click id, the destination or url_params with %s', (query) => {
    const location = go('https://x.example/?cid={{click_id}}', pass, query);
    expect(location).not.toContain('evil');
    expect(location).toContain('https://x.example/?cid=CLICK&utm_source=sms');
  });

  it('begins no parameter at a semicolon', () => {
    expect(go('https://x.example/', pass, 'x=1;click_id=2')).toContain('&x=1%3Bclick_id=2');
  });

  it('says why one was left out', () => {
    const query = `cid=1&utm_source=2&click_id=3&big=${'x'.repeat(LOCATION_LENGTH_MAX)}&ok=5`;
    expect(
      explain('https://x.example/?cid={{click_id}}', pass, query).filter(({ source }) => source === 'tap'),
    ).toEqual([
      { name: 'cid', value: '1', source: 'tap', left_out: 'in_destination' },
      { name: 'utm_source', value: '2', source: 'tap', left_out: 'added_already' },
      { name: 'click_id', value: '3', source: 'tap', left_out: 'click_id' },
      { name: 'big', value: expect.any(String), source: 'tap', left_out: 'too_long' },
      { name: 'ok', value: '5', source: 'tap' },
    ]);
  });

  it('passes 2 kB', () => {
    const query = Array.from({ length: 200 }, (_, i) => `p${i}=abcd`).join('&');
    expect(go('https://x.example/?a={{click_id}}', { link: { query: 'pass' } }, query)).toBe(
      `https://x.example/?a=CLICK&${query}`,
    );
  });
});

describe('query: fill', () => {
  const fill: Levels = { account: { query: 'fill', url_params: { utm_source: '{{utm_source|sms}}' } } };

  it('makes macros of what came, and appends nothing', () => {
    expect(go('https://x.example/{{lp|home}}', fill, 'lp=a/b&utm_source=qr&z=1&utm_source=2')).toBe(
      'https://x.example/a%2Fb?utm_source=qr',
    );
    expect(go('https://x.example/{{lp|home}}', fill)).toBe('https://x.example/home?utm_source=sms');
  });

  it('never fills a macro or a field of the message', () => {
    const query = 'click_id=evil&link_id=evil&first_name=evil&timestamp=evil&constructor=ok';
    expect(
      go(
        'https://x.example/?c={{click_id}}&l={{link_id}}&n={{first_name}}&t={{timestamp}}&k={{constructor}}',
        fill,
        query,
      ),
    ).toBe('https://x.example/?c=CLICK&l=abc1234&n=Zo%C3%AB&t=1&k=ok&utm_source=sms');
  });
});

it('never lead to another host, lose the click id or break the address, whatever comes', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc
      .array(
        fc.constantFrom('&', '=', '#', '?', '%', '%23', '/', '//evil.example', 'cid', 'lp', '\r\n', '[', 'é'),
        {
          maxLength: 8,
        },
      )
      .map((parts) => parts.join('')),
  );
  const level = fc.record({
    url_params: fc.dictionary(
      fc.stringMatching(/^[a-z.[\]]{1,5}$/),
      fc.constantFrom('x', '{{lp}}', '{{who|#?&}}', ''),
      {
        maxKeys: 3,
        noNullPrototype: true,
      },
    ),
    query: fc.constantFrom<('drop' | 'pass' | 'fill' | null)[]>('drop', 'pass', 'fill', null),
  });
  fc.assert(
    fc.property(
      text,
      text,
      level,
      level,
      fc.constantFrom('', '#f', '?cid={{click_id}}', '?cid={{click_id}}#{{lp}}'),
      (query, who, account, of_link, end) => {
        const plan = planOf({ account, link: of_link });
        const template = compileDestination(`https://shop.example/{{lp}}${end}`);
        const given = { ...values, link: { ...link, fields: { who } } };
        const { location, parameters } = lead(template, plan, given, query);
        expect(locationOf(template, plan, given, query)).toBe(location);
        expect(location).toMatch(/^[!-~]+$/);
        const url = new URL(location);
        expect(url.origin).toBe('https://shop.example');
        if (end.startsWith('?')) expect(url.searchParams.getAll('cid')).toEqual(['CLICK']);
        expect(location.includes('#')).toBe(end.includes('#'));
        const used = parameters.filter(({ left_out }) => left_out === undefined);
        expect([...url.searchParams.keys()].filter((name) => name !== '').length).toBe(used.length);
      },
    ),
    { numRuns: 2_000 },
  );
});
