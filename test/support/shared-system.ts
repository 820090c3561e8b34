/**
 * One running system for every file that only adds to it: each makes accounts of its own, looks at nothing else, and
 * kills, stops and counts nothing that is everybody's. support/shared-system-setup.ts starts it with its settings, and
 * stops it. A file that needs more starts its own system and says in its header why.
 */
import { inject } from 'vitest';
import { connectClickHouse, type System } from './system.ts';

/** Where the shared system is; everything else of it is made of that in each file. */
export interface SharedAddress {
  redirect_url: string;
  api_url: string;
  admin_key: string;
  data_dir: string;
  redis_url: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    shared_system: SharedAddress;
    /** On loopback: the system's resolver, which one test file runs. */
    dns_port: number;
    /** On loopback: the system's provider of OpenID Connect, which one test file runs. */
    oidc_port: number;
    /** On loopback: the system's mail server, which one test file runs. */
    smtp_port: number;
  }
}

function refuse(): never {
  throw new Error('This system is shared with other test files: start one of your own with startSystem().');
}

/** `destroy` closes what this file has opened, and leaves the system running. */
export async function sharedSystem(): Promise<System> {
  const { redis_url, ...address } = inject('shared_system');
  const clickhouse = await connectClickHouse(address.data_dir);
  return {
    ...address,
    clickhouse,
    redis_url: async () => redis_url,
    output: () => '',
    kill: refuse,
    pid: refuse,
    pids: refuse,
    signal: refuse,
    freeze: refuse,
    stop: refuse,
    start: refuse,
    destroy: () => clickhouse.close(),
  };
}
