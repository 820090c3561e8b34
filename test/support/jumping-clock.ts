/**
 * Loaded before a process's own code (`node --import`): its wall clock is off by as many milliseconds as the file of
 * TEST_CLOCK says now: one number for all, or a line for each kind of process, such as `worker -30000`, of which the first
 * that its name begins with holds. Time that only passes (performance.now, timers) is left alone, as the kernel does.
 */
import { readFileSync } from 'node:fs';

const READ_EVERY_MS = 20;
const file = process.env['TEST_CLOCK'] ?? '';
const RealDate = Date;
let off_ms = 0;

const own = process.env['TRACKLY_PROCESS'] ?? '';

const read = (): void => {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    const line = lines.find((one) => own.startsWith(one.split(' ')[0] ?? '')) ?? '0';
    off_ms = Number(lines.length === 1 ? lines[0] : line.split(' ')[1]) || 0;
  } catch {
    off_ms = 0;
  }
};
read();
setInterval(read, READ_EVERY_MS).unref();

const now = (): number => RealDate.now() + off_ms;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, self) => (name === 'now' ? now : Reflect.get(target, name, self)),
});
