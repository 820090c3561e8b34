import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_STATES, type EventState, holding, stateOf } from '../../../src/messages/delivery-state.ts';

const event = (state: EventState, at_ms: number, code = '') => ({ state, at_ms, code });
const events = fc.array(
  fc.record({
    state: fc.constantFrom(...EVENT_STATES),
    at_ms: fc.integer({ min: 0, max: 3 }),
    code: fc.constantFrom('', '30003', '30005'),
  }),
);

describe('what became of a message', () => {
  it('is the same in every order of its events, and with repeats', () => {
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.nat()), (some, numbers) => {
        const repeated = [...some, ...some.filter(() => (numbers.next().value ?? 0) % 2 === 0)];
        const keyed = repeated.map((one) => [numbers.next().value ?? 0, one] as const);
        const shuffled = keyed.toSorted(([a], [b]) => a - b).map(([, one]) => one);
        expect(stateOf(shuffled)).toEqual(stateOf(some));
      }),
    );
  });

  it.each<[string, EventState[], EventState | null]>([
    ['nobody tells without events', [], null],
    ['delivered holds against a later failure', ['delivered', 'failed', 'undelivered', 'sent'], 'delivered'],
    ['undelivered holds against a later sent', ['undelivered', 'sent'], 'undelivered'],
    ['failed holds against a later sent', ['failed', 'sent'], 'failed'],
    ['of two failures the later one tells', ['failed', 'undelivered'], 'undelivered'],
    ['cancelled holds where nothing was sent', ['cancelled'], 'cancelled'],
    ['cancelled gives way to what was sent', ['sent', 'cancelled'], 'sent'],
    ['opting out is no state', ['opted_out'], null],
    ['opting out leaves the state', ['delivered', 'opted_out'], 'delivered'],
  ])('%s', (_, states, wanted) => {
    expect(stateOf(states.map((state, at_ms) => event(state, at_ms))).state).toBe(wanted);
  });

  it('has the time and the code of the event that gave the state, and the first time of opting out', () => {
    const some = [
      event('failed', 5, '30005'),
      event('opted_out', 9),
      event('opted_out', 7),
      event('sent', 8),
    ];
    expect(stateOf(some)).toEqual({ state: 'failed', state_at_ms: 5, code: '30005', opted_out_at_ms: 7 });
  });

  it('is counted from what held before and the new events alone: the earlier events are not needed', () => {
    fc.assert(
      fc.property(events, events, (before, more) => {
        expect(holding([...holding(before), ...more])).toEqual(holding([...before, ...more]));
        expect(holding(before).length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
