import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  askOutside,
  fetchOutside,
  isPrivateAddress,
  postJson,
  refusedAddress,
} from '../../../src/platform/outside-request.ts';

describe('an address that a stranger names', () => {
  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
    ...['::1', '::', '::ffff:127.0.0.1', '::ffff:a00:1', 'fd00::1', 'fe80::1', '64:ff9b::7f00:1', 'ff02::1'],
    ...['2002:7f00:1::', '224.0.0.1', '255.255.255.255'],
  ])('%s is private', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2001:4860:4860::8888', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => expect(isPrivateAddress(address)).toBe(false),
  );

  it.each([
    'http://hooks.example/a',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://localhost/',
    'https://a.localhost./',
    'https://user@hooks.example/',
  ])('%s is refused', (url) => expect(refusedAddress(url, false)).toBeDefined());

  it('is taken over TLS, and without it where private ones are allowed', () => {
    expect(refusedAddress('https://hooks.example/services/T0/B0/x', false)).toBeUndefined();
    expect(refusedAddress('http://127.0.0.1:9000/', true)).toBeUndefined();
  });

  it('is an error where nobody knows its name', async () => {
    await expect(postJson('https://nobody.invalid/', {}, false)).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
  });

  it('is not connected to where its name leads to this machine', async () => {
    // RFC 6761: the name is loopback's, whatever the resolver says; a name of one's own may lead there as well.
    await expect(postJson('https://ip6-localhost/', {}, false)).rejects.toThrow(
      /private|ENOTFOUND|EAI_AGAIN/,
    );
    await expect(postJson('https://127.0.0.1:1/', {}, false)).rejects.toThrow(/private/);
    await expect(fetchOutside(new Request('https://127.0.0.1:1/'), false)).rejects.toThrow(/private/);
    await expect(fetchOutside(new Request('https://ip6-localhost/'), false)).rejects.toThrow(
      /private|ENOTFOUND|EAI_AGAIN/,
    );
  });
});

it('gets the answer as it is: a redirect is not followed, and a status that nobody knows is no crash', async () => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const status = Number(request.url?.slice(1));
      response.writeHead(status, { location: '/200', 'x-length': request.headers['content-length'] });
      response.end(status === 204 ? undefined : `${request.method} ${Buffer.concat(chunks)}`);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const ask = (status: number) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${status}`;
    return fetchOutside(new Request(url, { method: 'PUT', body: 'some bytes' }), true);
  };
  try {
    const stored = await ask(200);
    expect([stored.status, stored.headers.get('x-length'), await stored.text()]).toEqual([
      200,
      '10',
      'PUT some bytes',
    ]);
    expect((await ask(307)).status).toBe(307);
    expect((await ask(204)).status).toBe(204);
    expect((await ask(799)).status).toBe(502);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe('an answer', () => {
  async function serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  const ask = (url: string, answer_ms_max = 5_000) =>
    askOutside(
      { method: 'POST', url, headers: { 'x-a': 'b' }, body: 'ü' },
      { allow_private: true, answer_ms_max, body_bytes_max: 1_000 },
    );

  it('is read to its bound, also where it never ends', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(503, { 'retry-after': '7' });
      response.write('x'.repeat(100_000));
    });
    const { status, retry_after, body } = await ask(url);
    expect([status, retry_after, body]).toEqual([503, '7', 'x'.repeat(1_000)]);
  });

  it('of a redirect is the redirect', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(`${request.url}`);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await ask(url)).status).toBe(302);
    expect(asked).toEqual(['/']);
  });

  it('that does not come in time, or does not end in time, is none', async () => {
    const silent = await serve(() => {});
    await expect(ask(silent, 50)).rejects.toThrow(/timeout/);
    const endless = await serve((_request, response) => void response.write('a'));
    await expect(ask(endless, 50)).rejects.toThrow(/timeout/);
  });
});

it('is an error where the answer is another protocol, which nobody asked for', async () => {
  const server = createRawServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const request = { method: 'POST', url, headers: {}, body: '{}' };
  await expect(askOutside(request, { allow_private: true, answer_ms_max: 5_000 })).rejects.toThrow(
    /without an answer/,
  );
  await expect(fetchOutside(new Request(url, { method: 'POST', body: '{}' }), true)).rejects.toThrow(
    /without an answer/,
  );
});

it('refuses the addresses of this machine, public ones too', () => {
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((found) => found ?? []))
    expect(
      refusedAddress(family === 'IPv6' ? `https://[${address}]/` : `https://${address}/`, false),
    ).toBeDefined();
});
