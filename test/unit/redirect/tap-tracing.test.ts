import { beforeEach, describe, expect, it } from 'vitest';
import type { Tracer } from '../../../src/platform/telemetry/traces.ts';
import { TapTracing } from '../../../src/redirect/tap-tracing.ts';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const UNSAMPLED = PARENT.replace(/01$/, '00');

let spans: unknown[][];
let parents: (string | undefined)[];
const tracer: Tracer = {
  begin(_name, _began_ms, parent) {
    parents.push(parent);
    return { traceparent: 'tp', end: (_at_ms, attributes) => spans.push(['tap', attributes]) };
  },
  record: (name, parent, times) => spans.push([name, parent, times]),
  close: async () => {},
};
beforeEach(() => {
  spans = [];
  parents = [];
});

const tracing = (how: { ratio: number; parent_based?: boolean; trusted?: boolean; random?: number }) =>
  new TapTracing(
    tracer,
    { ratio: how.ratio, parent_based: how.parent_based ?? true },
    how.trusted ?? true,
    () => how.random ?? 0.5,
  );
const request = (traceparent = '') => ({
  getHeader: (name: string) => (name === 'traceparent' ? traceparent : ''),
});

describe('whether a tap is traced', () => {
  it.each([
    ['by its share', { ratio: 0.6 }, '', true],
    ['not beyond its share', { ratio: 0.4 }, '', false],
    ['never by a share of 0', { ratio: 0, random: 0 }, '', false],
    ['where a trusted caller has taken it', { ratio: 0 }, PARENT, true],
    ['not where a trusted caller has left it out', { ratio: 1 }, UNSAMPLED, false],
    ['by its share where the caller does not decide', { ratio: 1, parent_based: false }, UNSAMPLED, true],
    ['not by what anybody sends', { ratio: 0, trusted: false }, PARENT, false],
    ['not by what can not be read', { ratio: 0 }, `${PARENT}0`, false],
  ])('%s', (_why, how, sent, expected) => {
    expect(tracing(how).begin(1, request(sent)) !== undefined).toBe(expected);
  });
});

it('goes on with the trace of a trusted caller, and with nobody else’s', () => {
  tracing({ ratio: 1 }).begin(1, request(PARENT));
  tracing({ ratio: 1, trusted: false }).begin(1, request(PARENT));
  expect(parents).toEqual([PARENT, undefined]);
});

it('has spans of what was done, and of nothing else', () => {
  const taps = tracing({ ratio: 1 });
  const trace = taps.begin(10, request());
  if (trace === undefined) throw new Error('it is not traced');
  taps.end({ ...trace, found_ms: 12, logged_ms: 15 }, 'redirected');
  taps.end(trace, 'aborted');
  expect(spans).toEqual([
    ['find link', 'tp', { began_ms: 10, ended_ms: 12 }],
    ['log click', 'tp', { began_ms: 12, ended_ms: 15 }],
    ['tap', { 'trackly.outcome': 'redirected' }],
    ['tap', { 'trackly.outcome': 'aborted' }],
  ]);
});
