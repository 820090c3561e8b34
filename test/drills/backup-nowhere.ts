/** `npm run backup` from cron, which has no environment: it must not back up an installation that it has just made. */
import { mkdir, readdir } from 'node:fs/promises';
import { runTrackly } from '../support/commands.ts';
import type { Drill } from '../support/drills/drill.ts';

export const backupNowhere: Drill = {
  name: 'backup-nowhere',
  about: 'backup from cron without environment',
  async run(stage) {
    const folder = stage.folder('no-installation');
    await mkdir(folder, { recursive: true });
    const { code, stderr, stdout } = await runTrackly(['backup'], { DATA_DIR: folder });
    stage.see(stderr.trim().split('\n').at(-1) ?? '');
    if (code === 0) throw new Error(`it says that all is well: ${stdout}`);
    if (!/no installation/i.test(stderr)) throw new Error(`it does not say why: ${stderr}`);
    const made = await readdir(folder);
    if (made.length > 0) throw new Error(`it made an installation: ${made.join(', ')}`);
  },
};
