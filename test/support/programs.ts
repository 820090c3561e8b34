/** Programs that tests run and that set-up installs where it can (deploy/bootstrap.mjs --tests). */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a program; undefined where the machine has none: its tests are skipped. */
export function findProgram(name: string): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/bin',
    '/usr/sbin',
    '/usr/local/bin',
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
