import { expect, it } from 'vitest';
import { dayOfVisit, visitorOf } from '../../../src/clicks/visitor.ts';

const DAY_MS = 24 * 3_600_000;
const visit = { ip: '2001:db8:0:0:0:0:0:1', user_agent: 'agent' };

it('tells visitors apart by address and agent, however the address is written', () => {
  const visitor = visitorOf(visit, 'salt');
  expect(visitor).toMatch(/^[\w-]{16}$/);
  expect(visitorOf({ ...visit, ip: '2001:DB8::1' }, 'salt')).toBe(visitor);
  expect(visitorOf({ ...visit, ip: '2001:db8::2' }, 'salt')).not.toBe(visitor);
  expect(visitorOf({ ...visit, user_agent: 'other' }, 'salt')).not.toBe(visitor);
});

it('says nothing of the same visitor under the salt of another day', () => {
  expect(visitorOf(visit, 'other')).not.toBe(visitorOf(visit, 'salt'));
  expect(dayOfVisit(6 * DAY_MS - 1)).toBe(dayOfVisit(5 * DAY_MS));
  expect(dayOfVisit(6 * DAY_MS)).not.toBe(dayOfVisit(5 * DAY_MS));
});
