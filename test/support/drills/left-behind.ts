/**
 * What a drill makes outside its own memory: processes, folders, mounts, loop devices, network namespaces, control groups. Each
 * is written into a file before it is made, and undone in reverse order at the end. What a killed run left behind is undone by
 * the next run: its file names a process that is gone. A process is known by its id and its start, so that no other process
 * with the same id is ever ended.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs of all users of this machine, one folder each, named after the process of the run. */
const ROOT = join(tmpdir(), 'trackly-drills');
const GONE_WITHIN_MS = 10_000;

export type Made =
  | { kind: 'process'; pid: number; started: string }
  | { kind: 'folder' | 'mount' | 'loop' | 'namespace' | 'group'; name: string };

/** When a process began, in ticks since the boot; undefined where it runs no more. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

const sleep = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function isThere(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

/** Kills a process with all of its group, and waits until they are gone: they may hold a mount. */
function endGroup(pid: number, started: string): void {
  if (startOf(pid) !== started) return;
  process.kill(-pid, 'SIGCONT');
  process.kill(-pid, 'SIGKILL');
  const deadline = Date.now() + GONE_WITHIN_MS;
  // A child that was killed stays until this process turns to it; it holds nothing any more.
  while (isThere(pid) && startOf(pid) === started && Date.now() < deadline) sleep(20);
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: 'pipe' });
}

function undo(made: Made): void {
  if (made.kind === 'process') {
    endGroup(made.pid, made.started);
    return;
  }
  const { kind, name } = made;
  if (kind === 'folder') rmSync(name, { recursive: true, force: true });
  else if (kind === 'mount') run('umount', '--lazy', name);
  else if (kind === 'loop') run('losetup', '--detach', name);
  else if (kind === 'namespace') run('ip', 'netns', 'delete', name);
  else rmdirSync(name);
}

export class LeftBehind {
  /** The folder of this run; it is removed with everything in it. */
  readonly folder: string;
  readonly #file: string;
  #made: Made[] = [];

  constructor(folder = join(ROOT, `${process.pid}-${startOf(process.pid)}`)) {
    this.folder = folder;
    this.#file = join(folder, 'made.ndjson');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** To be called before the thing is made; of a process, at once after it. */
  note(made: Made): void {
    this.#made.push(made);
    appendFileSync(this.#file, `${JSON.stringify(made)}\n`);
  }

  noteProcess(pid: number): void {
    const started = startOf(pid);
    if (started !== undefined) this.note({ kind: 'process', pid, started });
  }

  /** Undoes everything, the last first; returns what could not be undone. Safe to call again. */
  undo(): string[] {
    const failed: string[] = [];
    for (const made of this.#made.reverse()) {
      try {
        undo(made);
      } catch (error) {
        // Noted and never made, or gone with something else.
        const text = String(error);
        if (!/ENOENT|not mounted|No such|no such/.test(text)) failed.push(`${JSON.stringify(made)}: ${text}`);
      }
    }
    this.#made = [];
    rmSync(this.folder, { recursive: true, force: true });
    return failed;
  }

  /** Undoes what runs that are gone have left; says of how many. */
  static undoOthers(): { runs: number; failed: string[] } {
    mkdirSync(ROOT, { recursive: true });
    let runs = 0;
    const failed: string[] = [];
    for (const name of readdirSync(ROOT)) {
      const [pid = '', started = ''] = name.split('-');
      if (startOf(Number(pid)) === started) continue;
      const other = new LeftBehind(join(ROOT, name));
      other.#made = readMade(other.#file);
      failed.push(...other.undo());
      runs++;
    }
    return { runs, failed };
  }
}

function readMade(file: string): Made[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    // The last line may have been cut by the kill.
    return lines.flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Made] : []));
  } catch {
    return [];
  }
}
