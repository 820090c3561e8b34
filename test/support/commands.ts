/** A command of `trackly`, run as deploy/trackly does after the set-up. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `args` begin with the command; `env` are the settings of an installation; `root` is where its files are. */
export function runTrackly(args: string[], env: Record<string, string>, root = ROOT): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const node = [
      '--disable-warning=ExperimentalWarning',
      '--import',
      join(root, 'deploy/quick-start.mjs'),
      join(root, 'src/main.ts'),
    ];
    const child = spawn(process.execPath, [...node, ...args], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended: Ended = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (text) => {
      ended.stdout += text;
    });
    child.stderr.on('data', (text) => {
      ended.stderr += text;
    });
    child.once('error', reject);
    // Not at its exit: what it has printed may still be on its way then.
    child.once('close', (code) => resolve({ ...ended, code }));
  });
}
