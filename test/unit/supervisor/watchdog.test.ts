/** Who is killed for being stopped or silent, and who is not, on a clock of the test's own. */
import { beforeEach, expect, it } from 'vitest';
import { Watchdog } from '../../../src/supervisor/watchdog.ts';

const LOOK_MS = 250;

let now = 0;
let state = 'S';
let killed: string[] = [];
let child: { pid: number | undefined; beats: number | undefined; kill: (reason: string) => void };
let watchdog: Watchdog;

beforeEach(() => {
  now = 100_000;
  state = 'S';
  killed = [];
  child = { pid: 7, beats: 0, kill: (reason) => killed.push(reason) };
  watchdog = new Watchdog(
    () => [child],
    () => state,
  );
  watchdog.look(now);
});

/** Looks on for so long, until something was killed. */
function pass(ms: number, beating: boolean): void {
  for (const end = now + ms; now < end && killed.length === 0; ) {
    now += LOOK_MS;
    if (beating && child.beats !== undefined) child.beats++;
    watchdog.look(now);
  }
}

it('kills a process that stays stopped, and not one that was stopped for a moment', () => {
  state = 'T';
  pass(1_000, false);
  state = 'S';
  pass(LOOK_MS, false);
  state = 'T';
  pass(1_000, false);
  expect(killed).toEqual([]);
  pass(LOOK_MS, false);
  expect(killed).toEqual([expect.stringContaining('stopped')]);
});

it('kills a process that is silent, and not one that beats', () => {
  pass(60_000, true);
  pass(10_000, false);
  expect(killed).toEqual([]);
  pass(LOOK_MS, false);
  expect(killed).toEqual([expect.stringContaining('no sign of life')]);
});

it('leaves one that is not ready, or gives no beats, or is under a debugger', () => {
  child.beats = undefined;
  pass(60_000, false);
  child.beats = 1;
  state = 't';
  pass(60_000, false);
  expect(killed).toEqual([]);
  state = 'S';
  pass(10_000, false);
  expect(killed).toEqual([]);
});

it('begins the count anew for a new process', () => {
  pass(9_000, false);
  state = 'T';
  pass(750, false);
  child.pid = 8;
  pass(1_000, false);
  expect(killed).toEqual([]);
});

it('begins the count anew after it was stopped itself', () => {
  pass(9_000, false);
  state = 'T';
  now += 3_600_000;
  pass(1_000, false);
  expect(killed).toEqual([]);
});
