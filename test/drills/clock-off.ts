/** The clock of one machine is an hour ahead: its clicks must not be lost, and an operator must be told which machine it is. */
import { existsSync } from 'node:fs';
import type { Drill } from '../support/drills/drill.ts';

const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
];

export const clockOff: Drill = {
  name: 'clock-off',
  about: 'the clock of a redirect machine is an hour ahead',
  async run(stage) {
    const library = LIBRARIES.find((path) => existsSync(path));
    if (library === undefined) throw new Error('libfaketime is not installed: npm run drills installs it');
    await stage.open();
    const redirect = stage.installation.named('redirect-1');
    const ahead = {
      LD_PRELOAD: library,
      FAKETIME: '+3600s',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_RESET: '1',
    };
    await stage.fault({
      alarm: 'TracklyClockOff',
      cause: async () => {
        await redirect.program.stop();
        await redirect.start(ahead);
      },
      heal: async () => {
        await redirect.program.stop();
        await redirect.start();
      },
    });
  },
};
