/**
 * Server-sent events of one route, for as long as the reader wants: a connection that breaks, or says nothing for a while,
 * is made again. What happened in between is not repeated by the API; `on_retry` tells of each gap.
 */
import { type RetryNote, TracklyError } from './errors.ts';
import { linesOf } from './lines.ts';
import { backoffMs, mayPass, rest } from './retries.ts';

/** The API says something every second. */
const SILENT_MS_MAX = 15_000;

export interface EventStream {
  /** The answer; throws TracklyError where it is no success. */
  connect(signal: AbortSignal): Promise<Response>;
  signal: AbortSignal | undefined;
  on_retry: ((note: RetryNote) => void) | undefined;
}

export interface ServerEvent {
  event: string;
  data: unknown;
}

/** The events as they come, until `signal` is aborted. Throws TracklyError for what will not pass, such as a wrong key. */
export async function* followEvents(stream: EventStream): AsyncGenerator<ServerEvent> {
  const { signal } = stream;
  for (let tries = 1; !signal?.aborted; tries++) {
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
      stream.on_retry?.({ error, tries, wait_ms });
      await rest(wait_ms, signal).catch(() => {});
    }
  }
}

/** One connection. Throws TracklyError where it breaks. */
async function* eventsOfOne({ connect, signal }: EventStream): AsyncGenerator<ServerEvent> {
  const silence = new Silence();
  try {
    const { body } = await connect(
      signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
    );
    if (body !== null) yield* parsed(linesOf(body), silence);
  } catch (error) {
    if (error instanceof TracklyError) throw error;
    const sentence = silence.signal.aborted ? 'nothing came for a while' : 'the connection broke';
    throw new TracklyError('unreachable', sentence, { cause: error });
  } finally {
    silence.end();
  }
}

async function* parsed(lines: AsyncIterable<string>, silence: Silence): AsyncGenerator<ServerEvent> {
  let event = '';
  let data = '';
  for await (const line of lines) {
    silence.begin();
    if (line.startsWith('event:')) event = line.slice(6).trim();
    else if (line.startsWith('data:')) data += line.slice(5).trim();
    else if (line === '' && data !== '') {
      // A slow reader is not a silent connection.
      silence.end();
      yield { event, data: JSON.parse(data) };
      silence.begin();
      [event, data] = ['', ''];
    }
  }
}

/** Aborts after a time in which nothing came. */
class Silence {
  readonly #controller = new AbortController();
  #timer = setTimeout(() => {}, 0);

  constructor() {
    this.begin();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), SILENT_MS_MAX);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
