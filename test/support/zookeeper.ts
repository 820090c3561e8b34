/** A ZooKeeper on a free port: what replicated tables of ClickHouse agree through where there is no Keeper. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testPorts } from './ports.ts';
import { findProgram } from './programs.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

const JAR = '/usr/share/java/zookeeper.jar';
const ENTRY = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';

/** Where Debian's package is installed (deploy/bootstrap.mjs --tests). */
export const HAS_ZOOKEEPER = existsSync(JAR) && findProgram('java') !== undefined;

export interface ZooKeeper {
  port: number;
  stop(): Promise<void>;
}

export async function startZooKeeper(): Promise<ZooKeeper> {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-zookeeper-'));
  const [port = 0] = await testPorts(1);
  const settings = {
    ...{ dataDir: join(folder, 'data'), clientPort: port, clientPortAddress: '127.0.0.1' },
    ...{ tickTime: 500, 'admin.enableServer': false },
  };
  const file = join(folder, 'zoo.cfg');
  await writeFile(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const child = spawn(findProgram('java') ?? 'java', ['-Xmx128m', '-cp', JAR, ENTRY, file], {
    stdio: 'ignore',
  });
  const answers = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.unref();
      socket.once('connect', () => socket.destroy());
    });
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`ZooKeeper ended with exit code ${child.exitCode}`);
      return answers();
    },
    HANGS_AFTER_MS,
    () => 'ZooKeeper does not answer',
  );
  return {
    port,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
