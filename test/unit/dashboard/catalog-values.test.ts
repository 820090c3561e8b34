/** Things of the catalog as a form has them, and back; the split of a campaign as it is typed. */
import { describe, expect, it } from 'vitest';
import { accountInput, campaignInput, creativeInput, offerInput } from '../../../src/catalog/schemas.ts';
import type { Account, Campaign, Creative, Offer } from '../../../src/client/openapi.ts';
import {
  accountOf,
  accountValues,
  campaignOf,
  campaignValues,
  creativeOf,
  creativeValues,
  isWhole,
  NEW_CAMPAIGN,
  offerOf,
  offerValues,
  percentSum,
  rulesOf,
  rulesValues,
  splitEvenly,
  variantsOf,
  withoutVariant,
  withVariant,
} from '../../../src/dashboard/app/catalog-values.ts';
import { pairsOf } from '../../../src/dashboard/app/lines.ts';
import { clockOf, editedInstant, instantOf } from '../../../src/dashboard/app/zone-time.ts';

describe('a form sends back what it was opened with', () => {
  it('an offer', () => {
    const offer = offerInput.parse({
      name: 'Shoes',
      destination_url: 'https://shop.example/?c={{click_id}}',
      coupon_codes: ['A', 'B'],
      url_params: { utm_source: 'sms', utm_term: 'a=b' },
      query: 'pass',
      metadata: { owner: 'crm' },
      attribution: [{ from: '2026-11-01T10:00:30Z', model: 'view_through', view_window_hours: 12 }],
      caps: [
        { count: 'conversions', per: 'day', tz: 'UTC', limit: 100 },
        { count: 'payout', per: 'month', tz: 'Europe/Berlin', limit: '500.00' },
      ],
      rules: [
        {
          name: 'Evening',
          when: {
            country: ['AT', 'DE'],
            device: ['iphone'],
            language: ['de-AT'],
            hours: { from: 18, to: 23, tz: 'Europe/Vienna' },
            dates: { from: '2026-12-01', tz: 'UTC' },
            query: { utm_source: ['a', 'b=c'], any: [] },
          },
          to: [{ offer_id: 'off_2', weight: 3 }, { url: 'https://shop.example/at' }],
        },
      ],
    }) as Offer;
    expect(offer).toMatchObject(offerOf(offerValues(offer, 'Europe/Berlin'), 'Europe/Berlin'));
  });

  it('a creative, with the offer of each link', () => {
    const creative = creativeInput.parse({
      name: 'Short',
      body: 'Look:\n{{link1}} or {{link2}}',
      offer_links: [
        { key: 'link1', offer_id: 'off_1' },
        { key: 'link2', offer_id: 'off_2' },
      ],
    }) as Creative;
    expect(creative).toMatchObject(creativeOf(creativeValues(creative)));
  });

  it('a campaign', () => {
    const campaign = campaignInput.parse({
      name: 'Spring',
      variants: [
        { variant_id: 'A', creative_id: 'cre_1', percent: 30 },
        { variant_id: 'B', creative_id: 'cre_2', percent: 70 },
      ],
    }) as Campaign;
    expect(campaign).toMatchObject(campaignOf(campaignValues(campaign)));
  });

  it('an account, and its rules', () => {
    const account = accountInput.parse({
      name: 'Shop',
      brand: { name: 'Shoes', logo: 'data:image/png;base64,AAAA' },
      bot_rules: { bot: { user_agents: ['Scanner'], asns: [64_500] } },
    }) as Account;
    expect(account).toMatchObject(accountOf(accountValues(account)));
    expect(rulesOf(rulesValues(account.bot_rules))).toEqual(account.bot_rules);
    expect(rulesOf({ 'bot_rules.bot.asns': 'AS64500\n\n 64501 ' }).bot.asns).toEqual([64_500, 64_501]);
  });
});

it('parameters are a name and a value a line', () => {
  expect(pairsOf('utm_source=sms\n\n utm_term = a=b \nutm_id')).toEqual({
    utm_source: 'sms',
    utm_term: 'a=b',
    utm_id: '',
  });
});

describe('the split of a campaign', () => {
  const of = (...percents: string[]) =>
    percents.reduce(
      (values, percent, i) => ({ ...withVariant(values), [`variants.${i}.percent`]: percent }),
      { variants: '0' } as Record<string, string>,
    );

  it.each([
    [['100'], 100, true],
    [['50', '50'], 100, true],
    [['50', '49'], 99, false],
    [['60', '50'], 110, false],
    [['100', ''], Number.NaN, false],
    [['99.5', '0.5'], Number.NaN, false],
    [['-1', '101'], Number.NaN, false],
    [[], 0, true],
  ])('of %j adds up to %s', (percents, sum, whole) => {
    expect([percentSum(of(...percents)), isWhole(of(...percents))]).toEqual([sum, whole]);
  });

  it('gives a new variant what the others leave, under a free letter', () => {
    const two = withVariant({
      ...NEW_CAMPAIGN,
      'variants.0.creative_id': 'cre_1',
      'variants.0.percent': '70',
    });
    expect(variantsOf(two)).toEqual([
      { variant_id: 'A', creative_id: 'cre_1', percent: 70 },
      { variant_id: 'B', creative_id: 'cre_1', percent: 30 },
    ]);
    const one = withoutVariant(two, 0);
    expect(variantsOf(one)).toEqual([{ variant_id: 'B', creative_id: 'cre_1', percent: 30 }]);
    expect(Object.keys(one)).not.toContain('variants.1.percent');
    expect(variantsOf(withVariant(one)).map(({ variant_id }) => variant_id)).toEqual(['B', 'A']);
  });

  it('is even to the percent', () => {
    expect(variantsOf(splitEvenly(of('1', '2', '3'))).map(({ percent }) => percent)).toEqual([34, 33, 33]);
  });
});

describe('the clock of a time zone', () => {
  it.each([
    ['2026-11-30T18:00', 'UTC', '2026-11-30T18:00:00.000Z'],
    ['2026-11-30T18:00', 'Europe/Vienna', '2026-11-30T17:00:00.000Z'],
    ['2026-07-01T00:30', 'America/New_York', '2026-07-01T04:30:00.000Z'],
    ['2026-07-01T00:30', 'Asia/Kathmandu', '2026-06-30T18:45:00.000Z'],
  ])('%s in %s is %s', (text, zone, instant) => {
    expect(instantOf(text, zone)).toBe(instant);
    expect(clockOf(instant, zone)).toBe(text);
  });

  it('takes the first of an hour that comes twice, and moves one that is skipped', () => {
    expect(instantOf('2026-10-25T02:30', 'Europe/Vienna')).toBe('2026-10-25T00:30:00.000Z');
    expect(instantOf('2026-03-29T02:30', 'Europe/Vienna')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('keeps the seconds of an instant that was not edited', () => {
    const stored = '2026-11-30T17:00:59.000Z';
    expect(editedInstant('2026-11-30T18:00', stored, 'Europe/Vienna')).toBe(stored);
    expect(editedInstant('2026-11-30T18:01', stored, 'Europe/Vienna')).toBe('2026-11-30T17:01:00.000Z');
    expect(editedInstant('', stored, 'UTC')).toBeNull();
    expect(editedInstant('', null, 'UTC')).toBeNull();
  });

  it('leaves what is no time to the API', () => {
    expect(instantOf('soon', 'UTC')).toBe('soon');
  });
});
