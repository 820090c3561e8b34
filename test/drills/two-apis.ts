/** Two API replicas, and a pod that is replaced by one of another name: nothing is counted twice, no alarm is false. */
import { rm } from 'node:fs/promises';
import type { Drill } from '../support/drills/drill.ts';
import { expectTapsSeen } from './same-host-name.ts';

const LOOKS_S = 30;

export const twoApis: Drill = {
  name: 'two-apis',
  about: 'two API replicas, and a replaced pod',
  needs_root: true,
  async run(stage) {
    const pod = { place: { host_name: 'trackly-redirect-7d9f' } };
    await stage.open({ apis: 2, of: { 'redirect-1': pod } });
    await stage.wait(LOOKS_S);
    await expectTapsSeen(stage);
    const old = stage.installation.named('redirect-1');
    await old.program.stop();
    await rm(old.data_dir, { recursive: true, force: true });
    const next = await stage.installation.add({
      name: 'redirect-2',
      role: 'redirect',
      place: { host_name: 'trackly-redirect-x2k4' },
    });
    await next.untilReady();
    stage.installation.roles.splice(stage.installation.roles.indexOf(old), 1);
    await stage.monitoring.watch(stage.installation.metrics());
    await stage.stopTaps();
    stage.tapAt(next.url);
    await stage.silence(LOOKS_S + 15);
    await expectTapsSeen(stage);
  },
};
