/** Starts the system of shared-system.ts before the first file that uses it, and stops it after the last test. */
import type { TestProject } from 'vitest/node';
import { testPorts } from './ports.ts';
import { startSystem } from './system.ts';

/** Tests choose the address that a visitor comes from. */
const SETTINGS = { TRUST_PROXY: '1', PUBLIC_ADDRESS: '192.0.2.10' };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Whoever wants DNS answers there: one file does.
  const [dns_port = 0] = await testPorts(1);
  const system = await startSystem({ ...SETTINGS, DNS_RESOLVERS: `127.0.0.1:${dns_port}` });
  const { redirect_url, api_url, admin_key, data_dir } = system;
  const redis_url = await system.redis_url();
  project.provide('shared_system', { redirect_url, api_url, admin_key, data_dir, redis_url });
  project.provide('dns_port', dns_port);
  return () => system.destroy();
}
