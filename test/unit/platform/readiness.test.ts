/** What processes say of themselves, and of servers that are not as they should be. */
import { describe, expect, it } from 'vitest';
import { type DiskState, defaultReserve, stateOfDisk } from '../../../src/platform/disk-reserve.ts';
import { readinessOf, troubleOf } from '../../../src/platform/readiness.ts';
import { requestIdOf, sentRequestId } from '../../../src/platform/request-id.ts';
import { clockFault, ServerFault } from '../../../src/platform/server-fault.ts';
import { ServerWatch } from '../../../src/platform/server-watch.ts';

const fault = new ServerFault('REDIS_URL', 'redis://u:secret@host:6379', {
  found: 'it evicts',
  advice: 'set noeviction',
  passes: false,
});

it('is ready without what is not needed, and says why that does not work', () => {
  const abilities = [
    { what: 'write', needed: true, trouble: undefined },
    { what: 'read', needed: false, trouble: troubleOf(fault) },
  ];
  expect(readinessOf(abilities)).toEqual({
    ready: true,
    can: ['write'],
    cannot: [{ what: 'read', why: 'REDIS_URL (host:6379): it evicts', do: 'set noeviction' }],
  });
  expect(readinessOf(abilities.map((one) => ({ ...one, needed: true }))).ready).toBe(false);
});

it('a watch says once that a fault came, and once that it is gone', async () => {
  const said: string[] = [];
  const logger = {
    error: (_fields: object, text: string) => said.push(text),
    info: (_fields: object, text: string) => said.push(text),
  } as never;
  let now: unknown = fault;
  const watch = new ServerWatch(async () => (now === undefined ? undefined : Promise.reject(now)), logger);
  for (const next of [fault, fault, new Error('a bug'), undefined, undefined]) {
    now = next;
    await watch.look();
    await watch.look();
  }
  watch.close();
  expect(watch.fault).toBeUndefined();
  expect(said).toEqual([
    'REDIS_URL (host:6379): it evicts: set noeviction',
    'REDIS_URL (host:6379): it can be used again',
  ]);
});

describe('a clock', () => {
  const at = (server_ms: number) =>
    clockFault('REDIS_URL', 'redis://host', { asked_ms: 100_000, answered_ms: 102_000, server_ms })?.found;
  it.each([
    [95_000, undefined],
    [107_000, undefined],
    [94_000, 'the clock of this machine is 6 s ahead of the clock there'],
    [3_702_000, 'the clock of this machine is 3600 s behind the clock there'],
  ])('there at %i: %s', (server_ms, found) => expect(at(server_ms)).toBe(found));
});

it('the reserve of a disk is a tenth of it, at most a GiB, and is left for good only with room to spare', () => {
  expect(defaultReserve(100 * 1024 ** 3)).toBe(1024 ** 3);
  expect(defaultReserve(1_000)).toBe(100);
  let state: DiskState = 'room';
  const states = [120, 99, 101, 104, 106, 49, 51, 53, 200].map((free) => {
    state = stateOfDisk(free, 100, state);
    return state;
  });
  expect(states).toEqual(['room', 'low', 'low', 'low', 'room', 'lowest', 'lowest', 'low', 'room']);
});

it('an id of a request is believed from a trusted proxy, in a form that can stand in a log', () => {
  const id = '4f0c7c3e9a1b4d2e8f';
  expect([sentRequestId(id, true), sentRequestId(id, false)]).toEqual([id, '']);
  for (const bad of ['short', 'with a space in it', 'x"y"zzzzzzz', 'x'.repeat(200), undefined, [id, id]]) {
    expect(sentRequestId(bad, true)).toBe('');
  }
  expect(requestIdOf(id, true)).toBe(id);
  expect(requestIdOf(id, false)).toMatch(/^[0-9a-f]{32}$/);
});
