/** Which offer takes a tap, and how that is told. */
import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../src/catalog/definitions.ts';
import { offerInput } from '../../../src/catalog/schemas.ts';
import { type CompiledOffer, compileOffer } from '../../../src/links/destination.ts';
import { explainLed } from '../../../src/links/explain-led.ts';
import { endOf } from '../../../src/links/lead-tap.ts';

function offers(given: Record<string, Partial<Offer>>): (id: string) => CompiledOffer | undefined {
  const all = Object.entries(given).map(([offer_id, fields]): [string, CompiledOffer] => {
    const input = offerInput.parse({ name: offer_id, destination_url: 'https://shop.example/' });
    return [offer_id, compileOffer({ ...input, offer_id, account_id: 'acc', ...fields } as Offer)];
  });
  const map = new Map(all);
  return (id) => map.get(id);
}

const way = (...offer_ids: string[]) => ({ rule: '', template: undefined, offer_ids });

describe('of the offers on the way', () => {
  it('the link’s own takes the tap where it is open: nothing is to be told', () => {
    expect(endOf('a', offers({ a: {} }), way('a'))).toBeUndefined();
  });
  it('the first open one takes it, with why the first choice did not', () => {
    const at = offers({ a: { status: 'paused' }, b: { status: 'archived' }, c: {} });
    expect(endOf('a', at, way('a', 'b', 'c'))).toMatchObject({
      offer_id: 'c',
      fallback_reason: 'offer_paused',
    });
  });
  it('one that is full is passed by, with its cap', () => {
    const led = endOf('a', offers({ a: {}, b: {} }), way('a', 'b'), new Map([['a', 'payout/month']]));
    expect(led).toMatchObject({
      offer_id: 'b',
      fallback_reason: 'offer_capped',
      cap: 'payout/month',
      closed: '',
    });
  });
  it('with none open the first refuses the tap', () => {
    const at = offers({ a: { fallback_url: 'https://f.example/' }, b: { status: 'paused' } });
    const led = endOf('a', at, way('a', 'b'), new Map([['a', 'conversions/day']]));
    expect(led).toMatchObject({ offer_id: 'a', closed: 'offer_capped', cap: 'conversions/day' });
    expect(led?.fallback_url).toBe('https://f.example/');
  });
  it('one that the operator has taken down ends the way', () => {
    const at = offers({ a: { status: 'paused' }, b: { taken_down: { reason: 'x', at: '' } }, c: {} });
    expect(endOf('a', at, way('a', 'b', 'c'))).toMatchObject({ offer_id: 'b' });
  });
  it('one that does not exist is passed by', () => {
    expect(endOf('a', offers({ a: {}, c: {} }), { ...way('b', 'c'), rule: 'r' })).toMatchObject({
      offer_id: 'c',
      fallback_reason: 'offer_unknown',
    });
  });
});

it.each([
  [{}, null],
  [{ rule: 'Germany' }, 'The rule “Germany” of A led the tap.'],
  [{ rule: 'Germany', offer_id: 'b' }, 'The rule “Germany” of A led the tap to B.'],
  [{ offer_id: 'b', fallback_reason: 'offer_paused' }, 'A was paused: its fallback B took the tap.'],
  [
    { offer_id: 'b', fallback_reason: 'offer_capped', cap: 'first_clicks/day' },
    'A had reached a cap (first clicks per day): its fallback B took the tap.',
  ],
  [
    { rule: 'Germany', offer_id: 'b', fallback_reason: 'offer_archived' },
    'The rule “Germany” of A led the tap to an offer that was archived: its fallback B took it.',
  ],
])('%j is told as: %s', (change, told) => {
  const click = { rule: '', fallback_reason: '', cap: '', offer_id: 'a', planned_offer_id: 'a', ...change };
  const offer = click.offer_id.toUpperCase();
  expect(explainLed({ ...click, offer, planned_offer: 'A' })).toBe(told);
});
