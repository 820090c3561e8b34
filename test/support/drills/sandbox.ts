/**
 * A machine of its own, as far as one kernel can give it: a network namespace, a host name, its own processes, and a root folder
 * that begins as a copy of this machine's (an overlay in memory) and takes what is installed there. A new Debian, for whoever
 * types commands. In place of systemctl, journalctl, apt-get, npm and sysctl are stand-ins. Linux, as root.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HANGS_AFTER_MS, until } from '../until.ts';
import type { LeftBehind } from './left-behind.ts';
import type { Machine } from './network.ts';
import { type Program, startProgram } from './program.ts';

const SIZE_MB = 2_048;
const COMMAND_MS_MAX = 180_000;
const STAND_INS = import.meta.dirname;

export interface Sandbox {
  name: string;
  machine: Machine;
  /** Runs a script of bash as root there, and resolves with what it wrote. Throws with it where it fails. */
  run(script: string): Promise<string>;
  /** Puts a file there. */
  write(path: string, text: string, mode?: number): void;
  read(path: string): string;
}

const init = (root: string, host_name: string): string => `
set -e
mount -t tmpfs -o size=${SIZE_MB}m tmpfs ${root}
mkdir ${root}/upper ${root}/work ${root}/machine
mount -t overlay overlay -o lowerdir=/,upperdir=${root}/upper,workdir=${root}/work ${root}/machine
cd ${root}/machine
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mount -t tmpfs tmpfs run
hostname ${host_name}
echo this machine is there
exec chroot . sleep infinity
`;

/** Says that packages are there, or fails: the machine has no way to a mirror. */
const APT_GET = `#!/bin/sh
[ "$1" = update ] && exit 0
for word in "$@"; do
  case "$word" in install | -*) ;; *) dpkg -s "$word" > /dev/null || exit 100 ;; esac
done
`;

/** Installs the packages of this checkout, of which it makes a link: the machine has no way to a registry. */
const NPM = `#!/bin/sh
[ "$1" = --version ] || ln -sfn ${join(import.meta.dirname, '../../../node_modules')} node_modules
`;

/** journalctl -u <unit> -n <lines>. */
const JOURNALCTL = `#!/bin/sh
tail -n "$4" "/var/log/units/$2.log"
`;

/** Only what belongs to the machine's own network: the rest is the kernel's, and of all machines. */
const SYSCTL = `#!/bin/sh
grep -h '^net[.]' /etc/sysctl.d/*trackly.conf | while IFS== read -r name value; do
  echo "$value" > "/proc/sys/$(echo "$name" | tr . /)"
done
`;

export async function startSandbox(left: LeftBehind, machine: Machine, name: string): Promise<Sandbox> {
  const root = join(left.folder, `machine-${name}`);
  mkdirSync(root, { recursive: true });
  const program = startProgram(
    {
      name: `machine ${name}`,
      command: 'ip',
      args: [
        ...[
          'netns',
          'exec',
          machine.namespace,
          'unshare',
          '--mount',
          '--uts',
          '--pid',
          '--fork',
          '--kill-child',
        ],
        ...['bash', '-c', init(root, name)],
      ],
    },
    left,
  );
  await until(
    () => {
      if (!program.runs()) throw new Error(`the machine ${name} did not start:\n${program.output()}`);
      return program.output().includes('this machine is there');
    },
    HANGS_AFTER_MS,
    () => `the machine ${name} did not start:\n${program.output()}`,
  );
  const enter = enterOf(program);
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
  const sandbox: Sandbox = {
    name,
    machine,
    async run(script) {
      const shell = startProgram(
        { name, command: 'nsenter', args: [...enter, 'bash', '-c', script], env },
        left,
      );
      await until(
        () => !shell.runs(),
        COMMAND_MS_MAX,
        () => `a command hangs on ${name}:\n${script}\n${shell.output()}`,
      );
      if (shell.code() !== 0) {
        const last = shell.output().trim().split('\n').at(-1);
        throw new Error(`a command fails on ${name}: ${last}\n${script}\n${shell.output()}`);
      }
      return shell.output();
    },
    write(path, text, mode = 0o644) {
      const options = { input: text };
      execFileSync(
        'nsenter',
        [...enter, 'sh', '-c', 'cat > "$0" && chmod "$1" "$0"', path, mode.toString(8)],
        options,
      );
    },
    read: (path) => execFileSync('nsenter', [...enter, 'cat', path], { encoding: 'utf8' }),
  };
  const node = process.execPath;
  sandbox.write(
    '/usr/local/bin/systemctl',
    `#!/bin/sh\nexec ${node} ${STAND_INS}/systemctl.mjs "$@"\n`,
    0o755,
  );
  sandbox.write('/usr/local/bin/apt-get', APT_GET, 0o755);
  sandbox.write('/usr/local/bin/npm', NPM, 0o755);
  sandbox.write('/usr/local/bin/journalctl', JOURNALCTL, 0o755);
  sandbox.write('/usr/local/bin/sysctl', SYSCTL, 0o755);
  return sandbox;
}

/** How to enter the namespaces and the root of the machine: by its first process, a child of the one that was started. */
function enterOf({ pid }: Program): string[] {
  const children = (of: number): number[] =>
    execFileSync('ps', ['-o', 'pid=', '--ppid', String(of)], { encoding: 'utf8' })
      .split('\n')
      .flatMap((text) => (text.trim() === '' ? [] : [Number(text)]));
  const [first] = children(pid);
  if (first === undefined) throw new Error('the machine has no process');
  return ['--target', String(first), '--mount', '--uts', '--pid', '--net', '--root', '--wd', '--'];
}
