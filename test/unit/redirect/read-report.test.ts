import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parametersOfPost, parametersOfQuery } from '../../../src/redirect/read-report.ts';

const JSON_BODY = { type: 'application/json', encoding: '' };
const FORM = { type: 'application/x-www-form-urlencoded', encoding: '' };
const post = (body: string | Buffer, headers = JSON_BODY, query = '') =>
  parametersOfPost(query, headers, Buffer.from(body));

describe('a query', () => {
  it('gives the known parameters, and names the others whatever they are', () => {
    expect(parametersOfQuery('click_id=a%20b+c&keyword=%E9&keyword=2&revenue=')).toEqual({
      click_id: 'a b c',
      ignored: ['keyword'],
    });
  });

  it('takes a percent sign that encodes nothing as it is', () => {
    expect(parametersOfQuery('txn_id=100%')).toEqual({ txn_id: '100%' });
  });

  it.each(['txn_id=%E9', 'txn_id=a%ff', 'txn_id=%C3', 'txn_id=\ufffd'])(
    '%s is refused: it is not UTF-8',
    (query) => {
      expect(() => parametersOfQuery(query)).toThrow(/txn_id is not UTF-8/);
    },
  );

  it('is refused with two values of one parameter, and taken where they are the same or empty', () => {
    expect(() => parametersOfQuery('revenue=1&revenue=2')).toThrow(/revenue is given twice/);
    expect(parametersOfQuery('revenue=1&revenue=&revenue=1')).toEqual({ revenue: '1' });
    expect(parametersOfQuery('revenue=&revenue=49.90')).toEqual({ revenue: '49.90' });
  });
});

describe('a body', () => {
  it('is read as JSON or as a form, with a byte order mark or without', () => {
    expect(post('\ufeff{"txn_id":"ü"}')).toEqual({ txn_id: 'ü' });
    expect(post('\ufefftxn_id=%C3%BC', FORM)).toEqual({ txn_id: 'ü' });
    expect(post('')).toEqual({});
  });

  it.each([
    ['JSON', Buffer.from('{"txn_id":"\xe9"}', 'latin1'), JSON_BODY],
    ['a form', Buffer.from('txn_id=\xe9', 'latin1'), FORM],
  ])('of %s is refused where it is not UTF-8', (_name, body, headers) => {
    expect(() => post(body, headers)).toThrow(/not UTF-8/);
  });

  it('is refused with a sentence where it is compressed', () => {
    const error = (() => {
      try {
        return post(gzipSync('{}'), { ...JSON_BODY, encoding: 'gzip' });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ status: 415, message: expect.stringContaining('Content-Encoding') });
    expect(post('{"txn_id":"1"}', { ...JSON_BODY, encoding: 'identity' })).toEqual({ txn_id: '1' });
  });

  it('is refused where the query says otherwise', () => {
    expect(() => post('{"revenue":"1"}', JSON_BODY, 'revenue=2')).toThrow(/revenue is given twice/);
    expect(post('{"revenue":"1"}', JSON_BODY, 'revenue=1&click_id=c')).toEqual({
      revenue: '1',
      click_id: 'c',
    });
    expect(post('{"amount":"1","b":2}', JSON_BODY, 'sub=2&b=1')).toEqual({ ignored: ['sub', 'b', 'amount'] });
  });

  it.each([
    'application/json; charset=utf-8',
    'application/vnd.shop.order+json',
    'text/json',
    'text/plain;charset=UTF-8',
    '',
  ])('of JSON is read with the type "%s"', (type) => {
    expect(post('\ufeff {"txn_id":"1"}', { type, encoding: '' })).toEqual({ txn_id: '1' });
  });

  it('of a form is read with any other type', () => {
    for (const type of ['', 'text/plain', 'application/x-www-form-urlencoded']) {
      expect(post('txn_id=1&revenue=2', { type, encoding: '' })).toEqual({ txn_id: '1', revenue: '2' });
    }
  });

  it('of multipart/form-data is read, without its files', async () => {
    const form = new FormData();
    form.append('txn_id', 'ü & 1');
    form.append('revenue', '49.90');
    form.append('code', new Blob(['x'.repeat(100)]), 'code.txt');
    const request = new Request('http://localhost', { method: 'POST', body: form });
    const type = request.headers.get('content-type') ?? '';
    const body = Buffer.from(await request.arrayBuffer());
    const read = { txn_id: 'ü & 1', revenue: '49.90' };
    expect(post(body, { type, encoding: '' })).toEqual(read);
    expect(post(body, { type: type.replace(/boundary=(.*)/, 'boundary="$1"'), encoding: '' })).toEqual(read);
    for (const broken of [body.subarray(0, -8), Buffer.from('x'), Buffer.from(`--x\r\n\r\n\r\n--x--`)]) {
      expect(() => post(broken, { type, encoding: '' })).toThrow(/multipart/);
    }
    expect(() => post(body, { type: 'multipart/form-data', encoding: '' })).toThrow(/multipart/);
  });
});
