/**
 * The files of the container image in a folder: what the COPY lines of deploy/Dockerfile name and nothing else, with the
 * packages that are installed here. No container is built.
 */
import { cp, mkdir, mkdtemp, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Resolves with the folder; the caller removes it. */
export async function copyImageFiles(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-image-'));
  const dockerfile = await readFile(join(ROOT, 'deploy/Dockerfile'), 'utf8');
  const lines = [...dockerfile.matchAll(/^COPY (.+)$/gm)].map(([, words = '']) => words.split(/\s+/));
  if (lines.length === 0) throw new Error('deploy/Dockerfile has no COPY line');
  for (const words of lines) {
    const to = words.at(-1) ?? '';
    const into_folder = to.endsWith('/');
    if (into_folder) await mkdir(join(folder, to), { recursive: true });
    for (const from of words.slice(0, -1)) {
      const target = join(folder, to, into_folder ? basename(from) : '');
      // With its time, so that the code that Node derives from a file is not derived again.
      await cp(join(ROOT, from), target, { recursive: true, preserveTimestamps: true });
    }
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
