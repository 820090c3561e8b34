/**
 * A redirect role is stopped while Redis is away, and its machine is replaced: the clicks of its spool are answered and not yet
 * counted. The stop says so, and where they are; another machine takes the folder over.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Drill, WITHOUT_A_ROLE, WITHOUT_REDIS } from '../support/drills/drill.ts';
import { lineOf } from '../support/drills/expect-refused.ts';

const LEFT = /spool/;

export const spoolMoved: Drill = {
  name: 'spool-moved',
  about: 'a redirect stopped with a spool, its machine replaced',
  async run(stage) {
    await stage.open({ redirects: 2 });
    const [old, other] = stage.installation.of('redirect');
    if (old === undefined || other === undefined) throw new Error('there are two');
    await stage.fault({
      alarm: 'TracklyRedisAway',
      also: [...WITHOUT_REDIS, ...WITHOUT_A_ROLE],
      cause: () => stage.redis.kill(),
      async heal() {
        // People are led to the other machine first, as a load balancer does.
        await stage.stopTaps();
        stage.tapAt(other.url);
        const written = old.program.output().length;
        await old.program.stop();
        const said = old.program.output().slice(written);
        stage.see(lineOf({ name: old.name, output: () => said }, LEFT));
        // The new machine has another folder; the operator copies the spool that the line names.
        const next = await stage.installation.add({
          name: 'redirect-3',
          role: 'redirect',
          data_dir: stage.folder('redirect-3'),
        });
        await cp(join(old.data_dir, 'spool'), join(next.data_dir, 'spool'), { recursive: true });
        await stage.redis.start();
        await next.untilReady();
        stage.installation.roles.splice(stage.installation.roles.indexOf(old), 1);
        await stage.monitoring.watch(stage.installation.metrics());
      },
    });
  },
};
