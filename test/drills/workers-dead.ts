/** Every worker is killed with its supervisor: clicks wait in Redis. */
import { type Drill, WITHOUT_A_ROLE } from '../support/drills/drill.ts';

export const workersDead: Drill = {
  name: 'workers-dead',
  about: 'both workers dead',
  async run(stage) {
    await stage.open({ workers: 2 });
    const workers = stage.installation.of('worker');
    await stage.fault({
      alarm: 'TracklyNoWorker',
      also: WITHOUT_A_ROLE,
      cause: async () => void (await Promise.all(workers.map(({ program }) => program.kill()))),
      heal: async () => void (await Promise.all(workers.map((worker) => worker.start()))),
    });
  },
};
