import { describe, expect, it } from 'vitest';
import { MASK, maskBody, maskForm } from '../../../../src/conversions/inspector/mask.ts';

const OFFER = 'AbCdEfGhIjKlMnOpQrStUv';
const ACCOUNT = `acc_own1.${'Z9-_'.repeat(5)}yy`;
const SECRETS = [OFFER, ACCOUNT];

describe('a query', () => {
  it.each([
    ['the secret of the offer', `offer_id=off_1&postback_secret=${OFFER}&txn_id=o-1`],
    ['the secret of the account', `secret=${ACCOUNT}&txn_id=o-1`],
    ['a wrong secret', 'postback_secret=wrong-one-of-ours&txn_id=o-1'],
    ['a signature', `txn_id=o-1&signature=${'ab'.repeat(32)}`],
    ['a name in other case', `Postback_Secret=${OFFER}`],
    ['a misspelt name', `secert=${OFFER.slice(0, 8)}&x=1`],
    ['a misspelt name that says nothing', `pbs=${OFFER}`],
    ['a percent-encoded name', `%73ecret=wrong-one-of-ours`],
    ['a secret in place of an id', `txn_id=${OFFER}`],
    ['a secret within an id', `txn_id=x-${ACCOUNT}-y`],
    ['a percent-encoded secret', `txn_id=%41${OFFER.slice(1)}`],
    ['an address within a parameter', `url=https%3A%2F%2Fx%2F%3Fpostback_secret%3Dwrong-one-of-ours`],
    ['keys of other services', 'api_key=wrong-one-of-ours&token=wrong-one-of-ours&pwd=wrong-one-of-ours'],
    ['an API key', `note=trk_${'0a'.repeat(16)}`],
    ['no name at all', OFFER],
  ])('masks %s', (_what, query) => {
    const masked = maskForm(query, SECRETS);
    expect(masked).toContain(MASK);
    for (const part of [OFFER, OFFER.slice(1), ACCOUNT, 'wrong-one-of-ours', 'abababab', '0a0a0a']) {
      expect(masked).not.toContain(part);
    }
    expect(masked).not.toMatch(/secert=Ab/);
  });

  it('shows everything else as it was sent', () => {
    const query =
      'click_id=0VbtKXUu1hdx94eRQF4LZbx67BaQk&revenue=49.90&txn_id=%7Btransaction_id%7D&sub2=blue+shoe&ts=1764500000&x';
    expect(maskForm(query, SECRETS)).toBe(query);
    expect(maskForm('txn_id=AAAABBBBCCCCDDDDEEEE22', SECRETS)).toBe('txn_id=AAAABBBBCCCCDDDDEEEE22');
    expect(maskForm('%zz=1&a=%E9', SECRETS)).toBe('%zz=1&a=%E9');
  });
});

describe('a body', () => {
  it.each([
    [
      'JSON',
      'application/json',
      `{"txn_id": "o-1", "postback_secret": "${OFFER}", "Secret":"wrong-one-of-ours"}`,
    ],
    ['JSON without its type', 'text/plain', `{"secret":"wrong-one-of-ours","revenue":49.90}`],
    ['JSON that is broken', 'application/json', `{"txn_id": "o-1" "secret": "wrong-one-of-ours"`],
    ['JSON with escapes', 'application/json', `{"\\u0073ecret": "wrong-one-of-ours"}`],
    ['nested JSON', 'application/json', `{"auth":{"token":"wrong-one-of-ours"},"x":["${ACCOUNT}"]}`],
    ['a form', 'application/x-www-form-urlencoded', `txn_id=o-1&postback_secret=${OFFER}`],
    [
      'multipart',
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="postback_secret"\r\n\r\nwrong-one-of-ours\r\n--b\r\nContent-Disposition: form-data; name="txn_id"\r\n\r\no-1\r\n--b--`,
    ],
    ['a form that says it is JSON', 'application/json', `offer_id=off_1&postback_secret=${OFFER}&revenue=x`],
    ['a list', 'application/json', `["a","${OFFER}","${ACCOUNT}"]`],
    ['what is nearly JSON', 'application/json', `{'postback_secret': '${OFFER}'}`],
    ['names without quotes', 'application/json', `{postback_secret: "wrong-one-of-ours"}`],
    [
      'what is neither',
      'text/xml',
      `<r><secret>x</secret><a>secret: wrong-one-of-ours</a><b>${OFFER}</b></r>`,
    ],
  ])('masks secrets in %s', (_what, _type, body) => {
    const masked = maskBody(body, SECRETS);
    expect(masked).toContain(MASK);
    for (const part of [OFFER, ACCOUNT, 'wrong-one-of-ours']) expect(masked).not.toContain(part);
  });

  it('shows JSON without secrets as it was sent', () => {
    const body = '{"click_id":"abc","revenue":49.90,"note":"a \\"quoted\\" text","list":[1,2]}';
    expect(maskBody(body, SECRETS)).toBe(body);
  });

  it('takes the time of its length, whatever it is', () => {
    const from = performance.now();
    for (const text of [
      'secret'.repeat(2_700),
      '"'.repeat(16_000),
      `"${'\\"'.repeat(8_000)}`,
      'name="key\r\n'.repeat(1_400),
      `${'='.repeat(16_000)}"x`,
    ]) {
      maskBody(text, SECRETS);
    }
    expect(performance.now() - from).toBeLessThan(1_000);
  });
});
