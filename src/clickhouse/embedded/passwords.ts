/**
 * The users of the embedded server and their passwords. Passwords are created at the first use and stored in DATA_DIR,
 * readable only by this system user.
 */
import { join } from 'node:path';
import { keptSecret, newPassword } from '../../platform/kept-secret.ts';

export const SYSTEM_USER = 'trackly';
const SYSTEM_PASSWORD_FILE = 'clickhouse.password';
const ANALYST_PASSWORD_FILE = 'clickhouse-analyst.password';

export interface Passwords {
  system: string;
  analyst: string;
}

export async function keptPasswords(data_dir: string): Promise<Passwords> {
  const [system, analyst] = await Promise.all(
    [SYSTEM_PASSWORD_FILE, ANALYST_PASSWORD_FILE].map((file) =>
      keptSecret(join(data_dir, file), newPassword),
    ),
  );
  return { system: system ?? '', analyst: analyst ?? '' };
}

/** The address of the embedded server of this folder, with the system's user and password. */
export async function embeddedUrl(data_dir: string, http_port: number): Promise<string> {
  const { system } = await keptPasswords(data_dir);
  return `http://${SYSTEM_USER}:${system}@127.0.0.1:${http_port}`;
}
