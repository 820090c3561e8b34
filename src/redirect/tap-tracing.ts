/**
 * Which taps are traced, and their spans: the tap, the look for its link, and the wait until its click is held. The trace
 * goes on in the worker, with the click's row on the log. A caller's trace is gone on with only behind a trusted proxy:
 * anybody else could choose what is taken. Made only where traces are asked for.
 */
import type { HttpRequest } from 'uWebSockets.js';
import type { TraceSampling } from '../platform/telemetry/settings.ts';
import { type OpenSpan, readTraceparent, type Tracer } from '../platform/telemetry/traces.ts';
import type { TapOutcome } from './outcomes.ts';

export interface TapTrace {
  span: OpenSpan;
  began_ms: number;
  /** When its link was found; 0 where it was not looked for. */
  found_ms: number;
  /** When its click was held, or refused; 0 where none was logged. */
  logged_ms: number;
}

export class TapTracing {
  readonly #tracer: Tracer;
  readonly #sampling: TraceSampling;
  readonly #trusted: boolean;
  readonly #random: () => number;

  /** `trusted`: a proxy in front is believed. `random` is from 0 to 1. */
  constructor(tracer: Tracer, sampling: TraceSampling, trusted: boolean, random: () => number) {
    this.#tracer = tracer;
    this.#sampling = sampling;
    this.#trusted = trusted;
    this.#random = random;
  }

  /** Undefined for a tap that is not traced. */
  begin(at_ms: number, req: Pick<HttpRequest, 'getHeader'>): TapTrace | undefined {
    const sent = this.#trusted ? req.getHeader('traceparent') : '';
    const parent = sent === '' ? undefined : readTraceparent(sent);
    const decided = parent !== undefined && this.#sampling.parent_based;
    if (decided ? !parent.sampled : this.#random() >= this.#sampling.ratio) return undefined;
    const span = this.#tracer.begin('tap', at_ms, parent === undefined ? undefined : sent);
    return { span, began_ms: at_ms, found_ms: 0, logged_ms: 0 };
  }

  end({ span, began_ms, found_ms, logged_ms }: TapTrace, outcome: TapOutcome): void {
    const { traceparent } = span;
    if (found_ms > 0) this.#tracer.record('find link', traceparent, { began_ms, ended_ms: found_ms });
    if (logged_ms > 0)
      this.#tracer.record('log click', traceparent, { began_ms: found_ms, ended_ms: logged_ms });
    span.end(Date.now(), { 'trackly.outcome': outcome });
  }
}
