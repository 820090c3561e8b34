/** Nothing is wrong, people tap: no alarm may fire for a minute. */
import type { Drill } from '../support/drills/drill.ts';

export const calm: Drill = {
  name: 'calm',
  about: 'a healthy installation under load',
  async run(stage) {
    await stage.open({ redirects: 2, workers: 2, apis: 2 });
    await stage.silence(60);
    await stage.look();
  },
};
