/** Bodies that are sent compressed, over a real connection: taken as gzip within bounds, refused otherwise. */
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { brotliCompressSync, createGzip, gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiErrorOf } from '../../../../src/api/http/api-error-of.ts';
import type { Api } from '../../../../src/api/http/context.ts';
import { errorBody } from '../../../../src/api/http/errors.ts';
import { inflateBodies } from '../../../../src/api/http/inflate-bodies.ts';
import { answerLines } from '../../../../src/api/http/ndjson.ts';

const BODY_BYTES_MAX = 2 * 1024 * 1024;
const app = Fastify({ bodyLimit: BODY_BYTES_MAX }) as unknown as Api;
let url: string;

beforeAll(async () => {
  app.setErrorHandler((error, { headers }, reply) => {
    const known = apiErrorOf(error as never, {
      body_bytes_max: BODY_BYTES_MAX,
      content_type: headers['content-type'],
    });
    return reply.code(known.status).headers(known.headers).send(errorBody(known));
  });
  inflateBodies(app);
  app.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  app.post('/json', (request) => request.body);
  app.post('/lines', (request, reply) =>
    reply.send(answerLines(request.body as Readable, 250, async (lines) => lines.map((line) => ({ line })))),
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});

afterAll(() => app.close());

async function send(path: string, body: BodyInit, encoding = 'gzip', type = 'application/json') {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': type, ...(encoding !== '' && { 'content-encoding': encoding }) },
    body,
    duplex: 'half',
  } as RequestInit);
  return { status: answer.status, text: await answer.text(), takes: answer.headers.get('accept-encoding') };
}
const gzip = (text: string): BodyInit => new Uint8Array(gzipSync(text));

describe('a body that is sent as gzip', () => {
  it('is taken as what it holds', async () => {
    for (const encoding of ['gzip', 'GZIP', 'x-gzip']) {
      expect(await send('/json', gzip('{"name":"é"}'), encoding)).toMatchObject({
        status: 200,
        text: '{"name":"é"}',
      });
    }
    const lines = Array.from({ length: 2_000 }, (_, i) => `{"contact_id":"c-${i}"}`);
    const { text } = await send('/lines', gzip(lines.join('\n')), 'gzip', 'application/x-ndjson');
    expect(text.trimEnd().split('\n')).toEqual(lines.map((line) => JSON.stringify({ line })));
  });

  it('is answered line by line while it is being sent', async () => {
    const packer = createGzip({ flush: 2 });
    const answer = await fetch(`${url}/lines`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
      body: packer as unknown as BodyInit,
      duplex: 'half',
      // The answer begins when the first line is there.
      ...(packer.write('{"a":1}\n') && {}),
    } as RequestInit);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe(`${JSON.stringify({ line: '{"a":1}' })}\n`);
    packer.end('{"a":2}\n');
    expect((await reader?.read())?.value).toBe(`${JSON.stringify({ line: '{"a":2}' })}\n`);
  });

  it('has the bounds of what it holds, however small it is', async () => {
    const big = await send('/json', gzip(JSON.stringify('ab'.repeat(BODY_BYTES_MAX))));
    expect([big.status, JSON.parse(big.text).error]).toEqual([413, 'too_large']);
    const bomb = await send('/lines', gzip('\n'.repeat(3_000_000)), 'gzip', 'application/x-ndjson');
    expect([bomb.status, bomb.text]).toEqual([413, expect.stringContaining('swells')]);
  });

  it('is refused where it is no gzip, or cut off', async () => {
    const whole = gzipSync('{"name":"Ann"}');
    for (const body of [Buffer.from('{"name":1}'), whole.subarray(0, -9)]) {
      const { status, text } = await send('/json', new Uint8Array(body));
      expect([status, JSON.parse(text)]).toEqual([
        400,
        { error: 'invalid_request', message: expect.stringContaining('gzip') },
      ]);
    }
  });
});

it.each(['br', 'deflate', 'gzip, identity'])(
  'refuses a body that is %s, and says what it takes',
  async (encoding) => {
    const { status, text, takes } = await send('/json', new Uint8Array(brotliCompressSync('{}')), encoding);
    expect([status, takes, JSON.parse(text).message]).toEqual([415, 'gzip', expect.stringContaining('gzip')]);
    expect((await send('/json', '{}', 'identity')).status).toBe(200);
  },
);

it.each([
  ['application/x-www-form-urlencoded', 'curl -d'],
  ['text/xml', 'text/xml'],
])('says of a body that came as %s how to send it', async (type, said) => {
  const { status, text } = await send('/json', '{}', '', type);
  const { message } = JSON.parse(text);
  expect([status, message]).toEqual([415, expect.stringContaining(said)]);
  expect(message).toContain("-H 'content-type: application/json'");
});
