/** A request and its response as uWebSockets.js hands them to a handler, for tests without a listener. */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';

export interface FakeResponse {
  res: HttpResponse;
  /** First line and headers, once something was written. */
  written: { status: string; headers: Record<string, string> };
  body: string | undefined;
  ended: boolean;
  abort(): void;
  /** Gives the handler a piece of the body; the memory behind it is overwritten afterwards, as the server does. */
  data(text: string, last: boolean): void;
}

/** `proxied` is the address in the connection's PROXY frame. */
export function fakeResponse(proxied: readonly number[] = []): FakeResponse {
  let onAborted = (): void => {};
  let onData = (_chunk: ArrayBuffer, _last: boolean): void => {};
  const fake: FakeResponse = {
    res: undefined as unknown as HttpResponse,
    written: { status: '', headers: {} },
    body: undefined,
    ended: false,
    abort: () => onAborted(),
    data(text, last) {
      const chunk = new TextEncoder().encode(text);
      onData(chunk.buffer, last);
      chunk.fill(0);
    },
  };
  const end = (body: string | undefined, close: boolean | undefined): void => {
    if (fake.ended) throw new Error('answered twice');
    if (close) fake.written.headers['connection'] ??= 'close';
    fake.ended = true;
    fake.body = body;
  };
  const res = {
    onAborted(handler: () => void) {
      onAborted = handler;
      return res;
    },
    onData(handler: (chunk: ArrayBuffer, last: boolean) => void) {
      onData = handler;
      return res;
    },
    cork(write: () => void) {
      write();
      return res;
    },
    writeStatus(text: string) {
      const [status = '', ...lines] = text.split('\r\n');
      fake.written.status = status;
      for (const line of lines) {
        const [name = '', ...value] = line.split(': ');
        fake.written.headers[name.toLowerCase()] = value.join(': ');
      }
      return res;
    },
    writeHeader(name: string, value: string) {
      fake.written.headers[name.toLowerCase()] = value;
      return res;
    },
    end: (body: string, close?: boolean) => end(body, close),
    endWithoutBody: (_length?: number, close?: boolean) => end(undefined, close),
    getRemoteAddress: () => new Uint8Array([192, 0, 2, 1]).buffer,
    getProxiedRemoteAddress: () => new Uint8Array(proxied).buffer,
  };
  fake.res = res as unknown as HttpResponse;
  return fake;
}

/** A header with several lines has a list; `getHeader` gives the first one, as uWebSockets.js does. */
export function fakeRequest(path: string, headers: Record<string, string | string[]> = {}): HttpRequest {
  const [url = '', query = ''] = path.split('?');
  return {
    getUrl: () => url,
    getQuery: () => query,
    getHeader: (name: string) => [headers[name] ?? ''].flat()[0] ?? '',
    forEach(line: (name: string, value: string) => void) {
      for (const [name, values] of Object.entries(headers)) {
        for (const value of [values].flat()) line(name, value);
      }
    },
  } as unknown as HttpRequest;
}
