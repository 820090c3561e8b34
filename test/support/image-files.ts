/**
 * The files of the container image in a folder: the steps of deploy/Dockerfile in their order, without a container. The
 * packages that `npm ci` would install are linked from those that are installed here, by the lockfile that the step before
 * it leaves; `layImage('npm ci')` installs them instead.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Where this machine gets packages from. */
const SOURCE =
  /^(?:npm_config_(?:registry|(?:https?_)?proxy|noproxy|ca|cafile|strict_ssl|userconfig|globalconfig|cache|\/\/.*)|https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_\w+)$/i;
const source = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (SOURCE.test(name) && value ? [[name, value]] : [])),
);

/** The environment of a step: a Node 22 on PATH, as the base image has one, and the npm of this machine. */
export const imageEnv = (more: Record<string, string> = {}): Record<string, string> => ({
  ...source,
  PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
  HOME: process.env['HOME'] ?? '',
  ...more,
});

/** Resolves with the folder; the caller removes it. */
export const copyImageFiles = (): Promise<string> => layImage(undefined);

/** `npm_ci` is the command that installs, such as `npx npm@10 ci`; undefined: packages are linked, which takes a second. */
export async function layImage(npm_ci: string | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-image-'));
  const dockerfile = await readFile(join(ROOT, 'deploy/Dockerfile'), 'utf8');
  // What the stage before builds is here under the same path, by the set-up.
  const image = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  const steps = [...image.matchAll(/^(COPY|RUN) (?:--from=\S+ \/app\/)?(.+)$/gm)];
  if (steps.length === 0) throw new Error('deploy/Dockerfile has no step');
  for (const [, what, text = ''] of steps) {
    if (what === 'COPY') await copy(folder, text.split(/\s+/));
    else for (const command of text.split(' && ')) await runStep(folder, command, npm_ci);
  }
  return folder;
}

async function copy(folder: string, words: string[]): Promise<void> {
  const to = words.at(-1) ?? '';
  const into_folder = to.endsWith('/');
  if (into_folder) await mkdir(join(folder, to), { recursive: true });
  for (const from of words.slice(0, -1)) {
    const target = join(folder, to, into_folder ? basename(from) : '');
    // With its time, so that the code that Node derives from a file is not derived again.
    await cp(join(ROOT, from), target, { recursive: true, preserveTimestamps: true });
  }
}

async function runStep(folder: string, command: string, npm_ci: string | undefined): Promise<void> {
  // There is one user here, and the cache of npm is this machine's.
  if (/^chown |^npm cache clean/.test(command)) return;
  if (command === 'npm ci' && npm_ci === undefined) return linkPackages(folder);
  const words = command === 'npm ci' ? `${npm_ci} --no-audit --no-fund` : command.replace('/data ', '');
  await run('sh', ['-c', words], { cwd: folder, env: imageEnv() });
}

/** The packages of the folder's lockfile, as hard links: what a later step removes stays here. */
async function linkPackages(folder: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  const outermost = Object.keys(packages).filter((path) => path !== '' && !/\/node_modules\//.test(path));
  // Packages of other platforms are in the lockfile, and not installed.
  for (const path of outermost)
    if (existsSync(join(ROOT, path))) linkFiles(join(ROOT, path), join(folder, path));
}

function linkFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFiles(source, target);
    else if (entry.isFile()) linkOrCopy(source, target);
  }
}

/** The folder for temporary files may be on another disk. */
function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
