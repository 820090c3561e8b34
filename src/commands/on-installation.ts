/** What the commands on an installation have in common: progress, the connection, and an end with one sentence. */
import type { Config } from '../config.ts';
import type { Tell } from '../records/write-in-groups.ts';
import { connectInstallation, type Installation } from './connect-installation.ts';

export interface Command {
  config: Config;
  /** Resolves with the sentence to end with. */
  use(installation: Installation): Promise<string>;
}

/** Exit status 1, with what to do, where it fails. */
export async function runCommand(prepare: (tell: Tell) => Promise<Command>): Promise<void> {
  const tell: Tell = (line) => {
    console.error(`· ${line}`);
  };
  let installation: Installation | undefined;
  try {
    const { config, use } = await prepare(tell);
    installation = await connectInstallation(config, tell);
    console.log(await use(installation));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    await installation?.close();
  }
}
