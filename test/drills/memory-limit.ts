/** A worker's container is given too little memory: the kernel kills it again and again. */

import { makeMemoryLimit } from '../support/drills/disk.ts';
import { type Drill, WITHOUT_A_ROLE } from '../support/drills/drill.ts';

const LIMIT_MB = 64;

export const memoryLimit: Drill = {
  name: 'memory-limit',
  about: 'a worker has too little memory: the kernel kills it',
  needs_root: true,
  async run(stage) {
    const memory = makeMemoryLimit(stage.left, 'worker');
    await stage.open({ of: { 'worker-1': { place: { groups: [memory.group] } } } });
    stage.see(`the worker and its supervisor use ${Math.round(memory.used_mb())} MB`);
    const worker = stage.installation.named('worker-1');
    await stage.fault({
      alarm: 'TracklyNoWorker',
      also: [...WITHOUT_A_ROLE, 'TracklyMemoryNearLimit'],
      // As a container that is started anew with its new limit.
      async cause() {
        await worker.program.stop();
        memory.limit(LIMIT_MB);
        worker.launch();
      },
      async heal() {
        stage.see(`the kernel killed a process ${memory.kills()} times`);
        if (memory.kills() === 0) throw new Error('the kernel killed nothing: the limit is too high');
        memory.limit(undefined);
        await worker.program.kill();
        await worker.start();
      },
    });
  },
};
