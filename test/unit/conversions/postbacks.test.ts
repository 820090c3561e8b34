import { expect, it } from 'vitest';
import { postbacks } from '../../../src/conversions/postbacks.ts';

const BASE = 'https://trk.example';
const OWN = 'https://trk.example/conv/offer?offer_id=off_1&postback_secret=a-_b';

it('gives each network its own macros', () => {
  const urls = Object.fromEntries(
    postbacks(BASE, 'off_1', 'a-_b').map(({ network, url }) => [
      network,
      url.replace(`&network=${network}`, ''),
    ]),
  );
  expect(urls).toEqual({
    tune: `${OWN}&click_id={aff_sub}&revenue={payout}&currency={currency}&txn_id={tune_event_id}`,
    everflow: `${OWN}&click_id={sub1}&revenue={payout_amount}&txn_id={conversion_id}`,
    cake: `${OWN}&click_id=#s2#&revenue=#price#&txn_id=#leadid#&ts=#utcunixtime#`,
    voluum: `${OWN}&click_id={externalid}&revenue={payout}&txn_id={transaction.id}`,
    keitaro: `${OWN}&click_id={external_id}&revenue={revenue}&txn_id={subid}-{tid}`,
    redtrack: `${OWN}&click_id={ref_id}&revenue={payout}&txn_id={convid}`,
    impact: `${OWN}&click_id={SubId1}&revenue={Payout}&currency={Currency}&txn_id={ActionId}`,
    generic: `${OWN}&click_id={click_id}&event={event}&revenue={amount}&currency={currency}&txn_id={transaction_id}&ts={timestamp}`,
  });
});

it('adds the name of each network, by which reports group', () => {
  for (const { network, url } of postbacks(BASE, 'off_1', 's')) {
    expect(new URL(url).searchParams.get('network')).toBe(network === 'generic' ? null : network);
  }
});

it('says what the destination must carry, so that the network knows the click', () => {
  for (const { destination_parameter, note, url } of postbacks(BASE, 'off_1', 's')) {
    expect(destination_parameter).toMatch(/^[A-Za-z0-9_]+=\{\{click_id\}\}$/);
    expect(note).not.toBe('');
    expect(url).not.toMatch(/\s/);
  }
});

it('encodes what is ours', () => {
  const [first] = postbacks(BASE, 'a&b', 'c d');
  expect(first?.url).toContain('offer_id=a%26b&postback_secret=c+d&');
});
