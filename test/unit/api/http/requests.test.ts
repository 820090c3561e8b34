/** What every route of the API shares: methods that a path does not have, and text that can't be read. */
import Fastify, { type InjectOptions } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../../../src/api/http/context.ts';
import { ApiError, errorBody } from '../../../../src/api/http/errors.ts';
import { refuseUnknownRoutes } from '../../../../src/api/http/methods.ts';
import { refuseUnreadable } from '../../../../src/api/http/request-text.ts';

const app = Fastify() as unknown as Api;

beforeAll(() => {
  app.setErrorHandler((error, _request, reply) => {
    const known = error instanceof ApiError ? error : new ApiError('internal', String(error));
    return reply.code(known.status).headers(known.headers).send(errorBody(known));
  });
  refuseUnknownRoutes(app);
  refuseUnreadable(app);
  app.get('/v2/offers', (request) => request.query);
  app.post('/v2/offers', (request) => request.body);
  app.patch('/v2/offers/:id', (request) => request.body);
  app.get('/assets/*', () => ({}));
});

const json = { 'content-type': 'application/json' };
const ask = async (options: InjectOptions) => {
  const { statusCode, headers, body } = await app.inject(options);
  return { status: statusCode, allow: headers['allow'], body: body === '' ? '' : JSON.parse(body) };
};

describe('a method that a path does not have', () => {
  it.each([
    ['PUT', '/v2/offers', 'GET, HEAD, POST'],
    ['OPTIONS', '/v2/offers?x=1', 'GET, HEAD, POST'],
    ['DELETE', '/v2/offers/off_1', 'PATCH'],
    ['POST', '/assets/a/b.js', 'GET, HEAD'],
  ] as const)('is answered to %s %s with those that it has', async (method, url, allow) => {
    expect(await ask({ method, url })).toMatchObject({
      status: 405,
      allow,
      body: { error: 'method_not_allowed' },
    });
  });

  it.each(['/v2/nothing', '/v2/offers/1/2', '/v2/offersx', '/'])('is no route at %s', async (url) => {
    expect(await ask({ method: 'GET', url })).toMatchObject({ status: 404, allow: undefined });
  });

  it('is never HEAD where GET is', async () => {
    expect(await ask({ method: 'HEAD', url: '/v2/offers' })).toMatchObject({ status: 200, body: '' });
  });
});

describe('a request that can not be read as it was meant', () => {
  const post = (payload: string | Buffer, headers: Record<string, string> = json) =>
    ask({ method: 'POST', url: '/v2/offers', payload, headers });

  it('is refused where its JSON is not UTF-8', async () => {
    const { status, body } = await post(Buffer.from('{"name":"\xe9"}', 'latin1'));
    expect([status, body.error, body.message]).toEqual([
      400,
      'invalid_json',
      expect.stringContaining('UTF-8'),
    ]);
    expect((await post('\ufeff{"name":"é"}')).body).toEqual({ name: 'é' });
  });

  it.each(['%E9', 'a%ff', '100%'])('is refused where its query is %s', async (value) => {
    const { status, body } = await ask({ method: 'GET', url: `/v2/offers?contact_id=${value}` });
    expect([status, body.message]).toEqual([400, expect.stringContaining('UTF-8')]);
    expect((await ask({ method: 'GET', url: '/v2/offers?a=%C3%A9+1' })).body).toEqual({ a: 'é 1' });
  });
});
