/** `trackly serve` and `trackly redirect|worker|api|clickhouse`: starts the supervisor for all roles, or for one. */
import type { Role } from '../supervisor/role-process.ts';
import { serveRole, serve as superviseAll } from '../supervisor/serve.ts';
import { readArguments } from './errors.ts';

/** Resolves once it is ready; the processes run until this process is stopped. */
export async function serve(args: string[], role?: Role): Promise<void> {
  readArguments(args, {});
  await (role === undefined ? superviseAll() : serveRole(role));
}
