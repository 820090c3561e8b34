/** The client as one file, made of client.ts by `npm run client`: change that instead. */
// src/platform/uuid.ts
/** Random UUIDs (version 4) by the web's own generator, which Node and browsers both have: 122 bits. */
var newUuid = () => globalThis.crypto.randomUUID();
// src/client/address.ts
/** Addresses of the API's routes. Pure; the console uses it too. */
/** Whatever reads an address takes these for a step, however they are written: it would become another route's. */
var STEP = /^\.{1,2}$/;
/**
 * The path with its parameters filled in, and the other parameters as its query; empty ones are left out. Throws TypeError
 * for an id that can't be part of an address.
 */
function addressOf(path, parameters = {}) {
  const rest = new Map(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === void 0 || value === '' ? [] : [[name, String(value)]],
    ),
  );
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name) => {
    const value = rest.get(name) ?? '';
    rest.delete(name);
    if (STEP.test(value)) throw new TypeError(`${name} is "${value}", which can not be part of an address`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams([...rest]).toString();
  return query === '' ? filled : `${filled}?${query}`;
}
// src/client/errors.ts
var TracklyError = class extends Error {
  name = 'TracklyError';
  /** 0 where no answer came. */
  status;
  /** Stable: the API's `error`, or one of the client's own. */
  code;
  /** The field of the request that it is about. */
  field;
  /** The answer as it was read, where there was one. */
  body;
  /** How long the API asks to wait, in ms; undefined where it doesn't. */
  retry_after_ms;
  constructor(code, message, about = {}) {
    super(message, about.cause === void 0 ? {} : { cause: about.cause });
    this.code = code;
    this.status = about.status ?? 0;
    this.field = about.field;
    this.body = about.body;
    this.retry_after_ms = about.retry_after_ms;
  }
};
/**
 * The error of an answer that is no success; reads its body.
 * @internal
 */
async function errorOf(response) {
  const { status } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel().catch(() => {});
    return new TracklyError(
      'redirected',
      `the address leads on to ${response.headers.get('location') ?? 'another address'}: use that one`,
      { status },
    );
  }
  const body = parsed$1(await response.text().catch(() => ''));
  const { error, message, field, errors } = body ?? {};
  const [first] = errors ?? [];
  return new TracklyError(
    error ?? first?.error ?? 'unexpected',
    message ?? first?.message ?? `the answer was ${status}, and not of the API: check the address`,
    {
      status,
      body,
      field,
      retry_after_ms: retryAfterMs(response.headers.get('retry-after'), Date.now()),
    },
  );
}
/**
 * What `Retry-After` asks for, in ms; undefined where it says nothing.
 * @internal
 */
function retryAfterMs(header, now_ms) {
  if (header === null) return void 0;
  const seconds = Number(header);
  const wait_ms = Number.isNaN(seconds) ? Date.parse(header) - now_ms : seconds * 1e3;
  return Number.isNaN(wait_ms) ? void 0 : Math.max(0, wait_ms);
}
function parsed$1(text) {
  try {
    return JSON.parse(text);
  } catch {
    return;
  }
}
// src/client/lines.ts
/** The lines of an answer as they arrive, without the ends of lines. A last line without an end is left out: it is not whole. */
async function* linesOf(body) {
  const decoder = new TextDecoder();
  let rest = '';
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
// src/platform/sleep.ts
/** A sleep that can be cut short when the loop around it must end. One sleep at a time. */
var Sleeper = class {
  #wake = () => {};
  /** Resolves after `ms`, or when it is woken. */
  async sleep(ms) {
    await new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
  /** Ends the current sleep; without one it does nothing. */
  wake() {
    this.#wake();
  }
};
// src/client/retries.ts
/** When a call is made again, and after how long. Nothing is made again that might be done twice. */
var FIRST_WAIT_MS = 500;
var WAIT_MS_MAX = 2e4;
/** An answer that asks for a longer rest is given to the caller. */
var RETRY_AFTER_MS_MAX = 6e4;
/** Codes of the API that say that nothing was done; with `unavailable` the store may only have answered too late. */
var NOTHING_DONE = /* @__PURE__ */ new Set(['too_many_requests', 'disk_full_soon']);
/** Statuses after which something may have been done. */
var UNCLEAR = /* @__PURE__ */ new Set([408, 429, 500, 502, 503, 504]);
/** Of a connection that was never made. */
var NOT_CONNECTED = /* @__PURE__ */ new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** Whether nothing can have been done: then every call may be made again. */
function nothingDone({ status, code, cause }) {
  if (status === 0) return code === 'unreachable' && NOT_CONNECTED.has(causeCode(cause));
  return NOTHING_DONE.has(code);
}
/** Whether the same call may go better later. */
var mayPass = ({ status, code }) =>
  status === 0 ? code === 'unreachable' || code === 'timeout' : UNCLEAR.has(status);
function causeCode(cause) {
  if (!(cause instanceof Error)) return '';
  const { code } = cause;
  if (code !== void 0) return code;
  const [first] = cause instanceof AggregateError ? cause.errors : [];
  return causeCode(first ?? cause.cause);
}
/** Twice as long after each try, 50 to 100 % of it, so that many clients don't come back at once. */
function backoffMs(tries, share = randomShare()) {
  return Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** (tries - 1)) * (0.5 + share / 2);
}
var randomShare = () => Number.parseInt(newUuid().slice(0, 8), 16) / 2 ** 32;
/** What the first try that succeeds resolves with. Throws the TracklyError of the last one, or what `signal` was aborted with. */
async function withRetries(attempt, rules) {
  for (let tries = 1; ; tries++)
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TracklyError)) throw error;
      const asked_ms = error.retry_after_ms ?? 0;
      if (
        !(mayPass(error) && (rules.repeatable || nothingDone(error))) ||
        tries >= rules.tries_max ||
        asked_ms > RETRY_AFTER_MS_MAX
      )
        throw error;
      const wait_ms = Math.max(asked_ms, backoffMs(tries));
      rules.on_retry?.({
        error,
        tries,
        wait_ms,
      });
      await rest(wait_ms, rules.signal);
    }
}
/** Sleeps; throws what `signal` is aborted with. */
async function rest(wait_ms, signal) {
  signal?.throwIfAborted();
  const sleeper = new Sleeper();
  const wake = () => sleeper.wake();
  signal?.addEventListener('abort', wake);
  await sleeper.sleep(wait_ms);
  signal?.removeEventListener('abort', wake);
  signal?.throwIfAborted();
}
// src/client/live.ts
/**
 * Server-sent events of one route, for as long as the reader wants: a connection that breaks, or says nothing for a while,
 * is made again. What happened in between is not repeated by the API; `on_retry` tells of each gap.
 */
/** The API says something every second. */
var SILENT_MS_MAX = 15e3;
/** The events as they come, until `signal` is aborted. Throws TracklyError for what will not pass, such as a wrong key. */
async function* followEvents(stream) {
  const { signal } = stream;
  for (let tries = 1; !signal?.aborted; tries++)
    try {
      for await (const event of eventsOfOne(stream)) {
        tries = 1;
        yield event;
      }
      throw new TracklyError('unreachable', 'the stream ended');
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof TracklyError) || !mayPass(error)) throw error;
      const wait_ms = backoffMs(tries);
      stream.on_retry?.({
        error,
        tries,
        wait_ms,
      });
      await rest(wait_ms, signal).catch(() => {});
    }
}
/** One connection. Throws TracklyError where it breaks. */
async function* eventsOfOne({ connect, signal }) {
  const silence = new Silence();
  try {
    const { body } = await connect(
      signal === void 0 ? silence.signal : AbortSignal.any([signal, silence.signal]),
    );
    if (body !== null) yield* parsed(linesOf(body), silence);
  } catch (error) {
    if (error instanceof TracklyError) throw error;
    throw new TracklyError(
      'unreachable',
      silence.signal.aborted ? 'nothing came for a while' : 'the connection broke',
      { cause: error },
    );
  } finally {
    silence.end();
  }
}
async function* parsed(lines, silence) {
  let event = '';
  let data = '';
  for await (const line of lines) {
    silence.begin();
    if (line.startsWith('event:')) event = line.slice(6).trim();
    else if (line.startsWith('data:')) data += line.slice(5).trim();
    else if (line === '' && data !== '') {
      silence.end();
      yield {
        event,
        data: JSON.parse(data),
      };
      silence.begin();
      [event, data] = ['', ''];
    }
  }
}
/** Aborts after a time in which nothing came. */
var Silence = class {
  #controller = new AbortController();
  #timer = setTimeout(() => {}, 0);
  constructor() {
    this.begin();
  }
  get signal() {
    return this.#controller.signal;
  }
  begin() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), SILENT_MS_MAX);
  }
  end() {
    clearTimeout(this.#timer);
  }
};
var UnansweredRows = class {
  #rows = [];
  #iterator;
  #toRow;
  #chars = 0;
  #read = 0;
  #ended = false;
  #failure;
  #wake = () => {};
  #changed = this.#nextChange();
  constructor(source, toRow) {
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    this.#toRow = toRow;
    this.#pump();
  }
  /** Whether the source has ended and every row is answered. */
  get done() {
    return this.#ended && this.#rows.length === 0;
  }
  get rows() {
    return this.#rows;
  }
  /** What the source threw. */
  get failure() {
    return this.#failure;
  }
  /** The rows from the `from`th unanswered one on; waits until there is one. Empty: there will be no more. */
  async after(from, ended) {
    while (this.#rows.length <= from() && !this.#ended && !ended?.aborted) await this.#changed;
    return ended?.aborted ? [] : this.#rows.slice(from());
  }
  /** The oldest row is answered. */
  answered() {
    const row = this.#rows.shift();
    this.#chars -= row?.line.length ?? 0;
    this.#change();
    return row;
  }
  /** Lets those go on who wait for a row. */
  wake() {
    this.#change();
  }
  /** Reads no more, and tells the source, which may be waiting for its next row: that is not waited for. */
  close() {
    const was = this.#ended;
    this.#ended = true;
    this.#change();
    if (was) return;
    Promise.resolve(this.#iterator.return?.(void 0)).catch(() => {});
  }
  async #pump() {
    try {
      while (!this.#ended) {
        while (this.#isFull() && !this.#ended) await this.#changed;
        if (this.#ended) return;
        const { done, value } = await this.#iterator.next();
        if (this.#ended) return;
        if (done) break;
        const row = this.#toRow(value, this.#read++);
        this.#rows.push(row);
        this.#chars += row.line.length;
        this.#change();
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#ended = true;
    this.#change();
  }
  #isFull() {
    return this.#rows.length >= 5e3 || this.#chars >= 16777216;
  }
  #nextChange() {
    return new Promise((done) => {
      this.#wake = done;
    });
  }
  #change() {
    const wake = this.#wake;
    this.#changed = this.#nextChange();
    wake();
  }
};
// src/client/stream-rows.ts
/**
 * Rows of any number to the API and their answers back, both as NDJSON on one connection: the source is read as fast as
 * answers are taken, at most ROWS_AHEAD_MAX rows ahead. A connection that breaks is made again, and what was not answered
 * is sent again: rows carry ids of their own, by which the API knows them. A row that has none ends the stream then.
 */
var CHUNK_CHARS = 65536;
/** The answers in the order of the rows, each with its row's `index`. */
async function* streamRows(stream) {
  const { rows, toRow, tries_max, signal } = stream;
  const unanswered = new UnansweredRows(rows, toRow);
  const wake = () => unanswered.wake();
  signal?.addEventListener('abort', wake);
  try {
    for (let tries = 1; ; tries++) {
      if ((await unanswered.after(() => 0, signal)).length === 0) break;
      const connection = new Connection(stream, unanswered);
      try {
        for await (const answer of connection.answers()) {
          tries = 1;
          yield answer;
        }
      } catch (error) {
        const wait_ms = connection.waitBeforeNext(error, tries, tries_max);
        stream.on_retry?.({
          error,
          tries,
          wait_ms,
        });
        await rest(wait_ms, signal);
      } finally {
        connection.close();
      }
    }
    signal?.throwIfAborted();
    if (unanswered.failure !== void 0) throw unanswered.failure.error;
  } finally {
    signal?.removeEventListener('abort', wake);
    unanswered.close();
  }
}
/** One request: it sends what is unanswered, and what comes. */
var Connection = class {
  #stream;
  #unanswered;
  #ended = new AbortController();
  /** How many of the unanswered rows went out on it. */
  #sent = 0;
  constructor(stream, unanswered) {
    this.#stream = stream;
    this.#unanswered = unanswered;
  }
  /** Throws TracklyError where it breaks. */
  async *answers() {
    const { signal, connect } = this.#stream;
    const both = signal === void 0 ? this.#ended.signal : AbortSignal.any([signal, this.#ended.signal]);
    both.addEventListener('abort', () => this.#unanswered.wake(), { once: true });
    const response = await connect(this.#body(both), both);
    if (response.body === null) throw broken();
    try {
      for await (const line of linesOf(response.body)) {
        const answer = JSON.parse(line);
        const row = this.#unanswered.answered();
        if (row === void 0) throw new TracklyError('unexpected', 'there are more answers than rows');
        this.#sent--;
        yield {
          ...answer,
          index: row.index,
        };
      }
    } catch (error) {
      if (signal?.aborted || error instanceof TracklyError) throw error;
      throw broken(error);
    }
    if (!this.#unanswered.done) throw broken();
  }
  /** Throws where the rows can't be sent again, or were tried often enough. */
  waitBeforeNext(error, tries, tries_max) {
    if (!(error instanceof TracklyError) || !mayPass(error) || tries >= tries_max) throw error;
    const lost = this.#unanswered.rows.slice(0, this.#sent).find(({ repeatable }) => !repeatable);
    if (lost !== void 0 && !nothingDone(error))
      throw new TracklyError(
        'interrupted',
        `the connection broke before row ${lost.index} was answered; it has no id of its own, so it is not sent again: look whether it was taken, and go on from there`,
        { cause: error },
      );
    return Math.max(error.retry_after_ms ?? 0, backoffMs(tries));
  }
  close() {
    this.#ended.abort();
  }
  #body(ended) {
    const encoder = new TextEncoder();
    return new ReadableStream(
      {
        pull: async (controller) => {
          const rows = await this.#unanswered.after(() => this.#sent, ended);
          let text = '';
          for (const { line } of rows) {
            text += line;
            this.#sent++;
            if (text.length >= CHUNK_CHARS) break;
          }
          if (text === '') controller.close();
          else controller.enqueue(encoder.encode(text));
        },
      },
      { highWaterMark: 0 },
    );
  }
};
var broken = (cause) =>
  new TracklyError('unreachable', 'the connection ended before every row was answered', { cause });
// src/client/client.ts
/**
 * The client of the API, for Node 20 and later, and for whatever else has `fetch`; it depends on nothing. Paths,
 * parameters, bodies and answers are checked by the compiler, from the types that the API itself writes (openapi.ts).
 * Others get it as the package `trackly-links`; see package.json beside this file, and src/guides/client.md.
 *
 *   const trackly = createTrackly({ url: 'http://localhost:8081', api_key: 'trk_…' });
 *   const { short_url } = await trackly.post('/v2/links/shorten', { body: { url: 'https://shop.example/' } });
 *
 * What fails is tried again where that can do nothing twice, else it throws TracklyError.
 */
var TIMEOUT_MS = 3e4;
var TRIES_MAX = 5;
/** What may be done twice as well as once. */
var REPEATABLE = /* @__PURE__ */ new Set(['get', 'put', 'patch']);
/** Why a try was given up. */
var TimedOut = class extends Error {};
/** Throws where the address is none. */
function createTrackly(options) {
  const { api_key, timeout_ms = TIMEOUT_MS, tries_max = TRIES_MAX, on_retry, fetch: ask = fetch } = options;
  const base = baseOf(options.url);
  const request = (address, init) =>
    ask(`${base}${address}`, {
      ...init,
      headers: {
        'x-api-key': api_key,
        ...init.headers,
      },
      redirect: 'manual',
    }).catch((error) => {
      throw failureOf(error, init.signal, base);
    });
  /** What `read` makes of a success, with all tries; `timeout_ms` is for the answer and what is read of it. */
  function send(sent, asked, read) {
    const { signal } = asked;
    const { address, repeatable, ...init } = sent;
    const attempt = async () => {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new TimedOut()), asked.timeout_ms ?? timeout_ms);
      const both = signal === void 0 ? late.signal : AbortSignal.any([signal, late.signal]);
      try {
        return await read(
          await connect(address, {
            ...init,
            signal: both,
          }),
        );
      } catch (error) {
        throw error instanceof TracklyError ? error : failureOf(error, both, base);
      } finally {
        clearTimeout(timer);
      }
    };
    return withRetries(attempt, {
      tries_max,
      repeatable,
      signal,
      on_retry,
    });
  }
  async function call(method, path, asked = {}) {
    const { body, key } = keyed(method, path, asked);
    const headers = {
      ...(body !== void 0 && { 'content-type': 'application/json' }),
      ...(key !== void 0 && { 'idempotency-key': key }),
    };
    return send(
      {
        method: method.toUpperCase(),
        address: addressOf(path, {
          ...asked.path,
          ...asked.query,
        }),
        headers,
        ...(body !== void 0 && { body: JSON.stringify(body) }),
        repeatable: REPEATABLE.has(method) || key !== void 0 || isNamed(path, body),
      },
      asked,
      (response) => jsonOf(response, base),
    );
  }
  async function connect(address, init) {
    const response = await request(address, init);
    if (!response.ok) throw await errorOf(response);
    return response;
  }
  return {
    ...Object.fromEntries(
      ['get', 'post', 'put', 'patch', 'delete'].map((method) => [
        method,
        (path, asked) => call(method, path, asked),
      ]),
    ),
    open: (address, asked = {}) =>
      send(
        {
          address,
          repeatable: true,
        },
        asked,
        async (response) => response,
      ),
    stream(path, rows, { signal } = {}) {
      const headers = { 'content-type': 'application/x-ndjson' };
      return streamRows({
        rows,
        toRow: (value, index) => rowOf(path, value, index),
        connect: (body, ended) =>
          connect(path, {
            method: 'POST',
            headers,
            body,
            signal: ended,
            duplex: 'half',
          }),
        tries_max,
        signal,
        on_retry,
      });
    },
    live({ query = {}, signal } = {}) {
      const address = addressOf('/v2/live', query);
      return followEvents({
        connect: (ended) => connect(address, { signal: ended }),
        signal,
        on_retry,
      });
    },
  };
}
function baseOf(url) {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new TypeError(`"${url}" is no address of an API: write it as https://links.example`);
  return url.replace(/\/+$/, '');
}
/** What no answer came of. Rethrows what the caller aborted with. */
function failureOf(error, signal, base) {
  if (!signal?.aborted) {
    const cause = error.cause ?? error;
    return new TracklyError('unreachable', `no API answers at ${base}`, { cause });
  }
  const { reason } = signal;
  if (!(reason instanceof TimedOut)) return reason;
  return new TracklyError('timeout', `${base} did not answer in time`, { cause: error });
}
async function jsonOf(response, base) {
  const text = await response.text();
  if (text === '') return void 0;
  try {
    return JSON.parse(text);
  } catch {
    throw new TracklyError('unexpected', `what answers at ${base} is not the API: check the address`, {
      status: response.status,
    });
  }
}
/** With ids by which the API knows a repeat, where a route has such. */
function keyed(method, path, { body, idempotency_key }) {
  if (method !== 'post') return { body };
  if (path === '/v2/conversions')
    return {
      body,
      key: idempotency_key ?? newUuid(),
    };
  const { messages } = body ?? {};
  if (path !== '/v2/messages' || !Array.isArray(messages)) return { body };
  return {
    body: {
      ...body,
      messages: messages.map(withId),
    },
  };
}
var withId = (message) =>
  'message_id' in message && message.message_id !== void 0
    ? message
    : {
        ...message,
        message_id: newUuid(),
      };
/** Routes whose rows carry ids. */
var isNamed = (path, body) => body !== void 0 && (path === '/v2/messages' || path === '/v2/messages/events');
function rowOf(path, value, index) {
  const row = path === '/v2/messages' ? withId(value) : value;
  const { txn_id = '' } = row;
  return {
    index,
    line: `${JSON.stringify(row)}\n`,
    repeatable: path !== '/v2/conversions' || txn_id !== '',
  };
}

export { createTrackly, TracklyError };
