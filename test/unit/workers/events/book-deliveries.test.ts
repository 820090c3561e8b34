import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EVENT_STATES, holding, type StateEvent } from '../../../../src/messages/delivery-state.ts';
import { changesOf } from '../../../../workers/events/book-deliveries.ts';

const events = fc.array(
  fc.record({
    state: fc.constantFrom(...EVENT_STATES),
    at_ms: fc.integer({ min: 0, max: 3 }),
    code: fc.constantFrom('', '30003'),
  }),
);
const keyOf = ({ state, at_ms, code }: StateEvent): string => `${state} ${at_ms} ${code}`;

it('leaves in force exactly what holds of all events, however they are split into batches', () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 6 }), (batches) => {
      const booked = new Map<string, { one: StateEvent; sum: number }>();
      for (const batch of batches) {
        const before = [...booked.values()].filter(({ sum }) => sum > 0).map(({ one }) => one);
        for (const { holds, sign } of changesOf(before, holding([...before, ...batch]))) {
          const sum = (booked.get(keyOf(holds))?.sum ?? 0) + sign;
          booked.set(keyOf(holds), { one: holds, sum });
        }
        expect([...booked.values()].every(({ sum }) => sum === 0 || sum === 1)).toBe(true);
      }
      const in_force = [...booked.values()].filter(({ sum }) => sum === 1).map(({ one }) => keyOf(one));
      expect(in_force.sort()).toEqual(holding(batches.flat()).map(keyOf).sort());
    }),
  );
});

it('books nothing where nothing has changed', () => {
  fc.assert(
    fc.property(events, (some) => {
      expect(changesOf(holding(some), holding([...holding(some), ...some]))).toEqual([]);
    }),
  );
});
