/**
 * The machine with Redis, ClickHouse, API and worker is gone with its disks, while people tap. What is left: the backups of
 * `backup --follow` at another place, and a redirect machine with its spool. All is restored elsewhere; what was lost is
 * counted, and is at most what the guide says.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { clickIdTime } from '../../src/clicks/click-id.ts';
import { NODE_ARGUMENTS } from '../../src/supervisor/role-process.ts';
import { runTrackly } from '../support/commands.ts';
import type { Drill, Stage } from '../support/drills/drill.ts';
import { startRedisServer } from '../support/drills/installation.ts';
import { type Program, startProgram } from '../support/drills/program.ts';
import { MESSAGES } from '../support/drills/tapping.ts';
import { type OpenLoop, startOpenLoop } from '../support/open-loop.ts';
import { createLinks } from '../support/sender.ts';
import { until } from '../support/until.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const TAPS_PER_SECOND = 5;
/** src/guides/backup-and-restore.md, How much is lost with the machine. */
const LOST_MAX_S = 60;
const BACKUPS_WITHIN_MS = 180_000;
const COUNTED_WITHIN_MS = 120_000;

export const restore: Drill = {
  name: 'restore',
  about: 'the machine is gone with its disks; restored from the last backup and the spool of another',
  async run(stage) {
    await stage.startServers();
    await stage.startRoles({ redirects: 2 });
    const links = await createLinks(stage.installation.asSystem(), 'Drill', MESSAGES);
    const [gone, stays] = stage.installation.of('redirect');
    if (gone === undefined || stays === undefined) throw new Error('there are two');
    const loops = [gone, stays].map(({ url }) => startOpenLoop(url, links, TAPS_PER_SECOND));

    const place = stage.folder('backups');
    const following = follow(stage, place);
    const backups = async (): Promise<string[]> => await listed(stage, place);
    await until(
      async () => (await backups()).length >= 2,
      BACKUPS_WITHIN_MS,
      () => following.output(),
    );
    await stage.wait(20);

    await following.kill();
    await killMachine(stage);
    const died_ms = Date.now();
    stage.say('the machine is gone; people tap on');
    await stage.wait(10);
    await Promise.all(loops.map((loop) => loop.stop()));

    const backup = (await backups()).at(-1) ?? '';
    const said = await rebuild(stage, place);
    stage.see(said);
    await stays.program.stop();
    await stays.start({ REDIS_URL: stage.redis.url });
    await count(stage, loops, { died_ms, made_ms: momentOf(backup) });
  },
};

function environmentOf(stage: Stage): Record<string, string> {
  const { REDIS_URL = '', CLICKHOUSE_URL = '' } = stage.installation.settings;
  return { REDIS_URL, CLICKHOUSE_URL, DATA_DIR: stage.folder('operator') };
}

function follow(stage: Stage, place: string): Program {
  const args = [...NODE_ARGUMENTS, MAIN, 'backup', '--follow', '--to', place];
  const env = environmentOf(stage);
  return startProgram({ name: 'follow', command: process.execPath, args, env }, stage.left);
}

async function listed(stage: Stage, place: string): Promise<string[]> {
  const { stdout } = await runTrackly(['backup', 'list', '--from', place], environmentOf(stage));
  return stdout.split('\n').flatMap((line) => /^\S+/.exec(line)?.[0] ?? []);
}

/** `2026-11-29T01-00-00-000Z` */
const momentOf = (name: string): number =>
  Date.parse(name.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/, 'T$1:$2:$3.$4Z'));

/** Everything but redirect-2, with its folders. */
async function killMachine({ installation, redis }: Stage): Promise<void> {
  const dead = installation.roles.filter(({ name }) => name !== 'redirect-2');
  await Promise.all([redis.kill(), ...dead.map(({ program }) => program.kill())]);
  for (const { name, data_dir } of dead) {
    installation.roles.splice(installation.roles.indexOf(installation.named(name)), 1);
    await rm(data_dir, { recursive: true });
  }
  await rm(redis.dir, { recursive: true });
  await installation.clickhouse?.close();
}

/** On a new machine; resolves with what the restore said. */
async function rebuild(stage: Stage, place: string): Promise<string> {
  const { installation } = stage;
  stage.redis = await startRedisServer(stage.left, { name: 'redis-new' });
  installation.settings['REDIS_URL'] = stage.redis.url;
  await rm(stage.folder('operator'), { recursive: true, force: true });
  await installation.startClickHouse();
  const { code, stdout, stderr } = await runTrackly(['restore', '--from', place], environmentOf(stage));
  if (code !== 0) throw new Error(`the restore failed: ${stderr}`);
  for (const role of ['api', 'worker'] as const) {
    const one = await installation.add({ name: `${role}-new`, role });
    await one.untilReady();
  }
  return stdout.trim();
}

/** Waits until the spool is counted, then compares what was answered with what is counted. */
async function count(
  stage: Stage,
  loops: readonly OpenLoop[],
  { died_ms, made_ms }: { died_ms: number; made_ms: number },
): Promise<void> {
  const answered = loops.flatMap(({ taps }) => taps.answers.clickIds());
  const timeOf = (id: string): number => clickIdTime(id) ?? 0;
  let rows: string[] = [];
  const lost = (): string[] => {
    const counted = new Set(rows);
    return answered.filter((id) => !counted.has(id));
  };
  await until(
    async () => {
      const result = await stage.installation.clickhouse?.query({
        query: 'SELECT click_id FROM clicks',
        format: 'JSONCompactEachRow',
      });
      rows = ((await result?.json<[string]>()) ?? []).map(([id]) => id);
      return lost().every((id) => timeOf(id) >= made_ms && timeOf(id) <= died_ms);
    },
    COUNTED_WITHIN_MS,
    () =>
      `${lost().length} of ${answered.length} are not counted, also from before the backup or after the death`,
  );
  const twice = rows.length - new Set(rows).size;
  if (twice > 0) throw new Error(`${twice} clicks are counted twice`);
  const seconds = (died_ms - made_ms) / 1_000;
  stage.see(
    `${answered.length} taps answered, ${lost().length} of them lost: those of the last ${seconds.toFixed(0)} s before the machine was gone, but for those in the spool`,
  );
  if (seconds > LOST_MAX_S) throw new Error(`more than ${LOST_MAX_S} s are lost`);
}
