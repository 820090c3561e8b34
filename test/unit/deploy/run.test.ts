/** The first start on a machine whose own Node is another one: the set-up installs the project's, which runs the file. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const RUN = join(import.meta.dirname, '../../../deploy/run');

let root: string;
/** A program that says its name and its arguments, or does more. */
async function program(path: string, lines: string): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), `#!/bin/sh\n${lines}\n`);
  await chmod(join(root, path), 0o755);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'trackly-run-'));
  await mkdir(join(root, 'deploy'));
  await copyFile(RUN, join(root, 'deploy/run'));
  await program('own-node', 'echo "own $*"');
  // The machine's Node, which runs nothing but the set-up.
  await program(
    'machine/node',
    `case "$1" in
      */deploy/bootstrap.mjs) mkdir -p ${root}/node_modules/.bin && cp ${root}/own-node ${root}/node_modules/.bin/node ;;
      *) echo "machine $*" ;;
    esac`,
  );
});
afterAll(() => rm(root, { recursive: true, force: true }));

const started = async (): Promise<string> => {
  const env = { PATH: `${join(root, 'machine')}:/usr/bin:/bin` };
  const { stdout } = await promisify(execFile)(join(root, 'deploy/run'), ['src/main.ts', 'serve'], { env });
  return stdout;
};

it('the first start, and every other, is under the Node that the set-up installs', async () => {
  const under_own = expect.stringMatching(/^own .*src\/main\.ts serve\n$/);
  expect([await started(), await started()]).toEqual([under_own, under_own]);
});
