/** Starts the system of shared-system.ts before the first file that uses it, and stops it after the last test. */
import type { TestProject } from 'vitest/node';
import { removeOldPartsSoon } from './erasure-search.ts';
import { OIDC_CLIENT } from './oidc-client.ts';
import { testPorts } from './ports.ts';
import { startSystem } from './system.ts';

/** Tests choose the address that a visitor comes from; a change has to reach every redirect process. */
const SETTINGS = { TRUST_PROXY: '1', REDIRECT_PROCESSES: '2', PUBLIC_ADDRESS: '192.0.2.10' };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Whoever wants DNS, a provider of OpenID Connect, or a mail server, answers there: one file each does.
  const [dns_port = 0, oidc_port = 0, smtp_port = 0] = await testPorts(3);
  const system = await startSystem({
    ...SETTINGS,
    DNS_RESOLVERS: `127.0.0.1:${dns_port}`,
    OIDC_ISSUER: `http://127.0.0.1:${oidc_port}`,
    OIDC_CLIENT_ID: OIDC_CLIENT.client_id,
    OIDC_CLIENT_SECRET: OIDC_CLIENT.client_secret,
    SMTP_URL: `smtp://127.0.0.1:${smtp_port}`,
    SMTP_FROM: 'Trackly Links <reports@console.example>',
    CONSOLE_URL: 'https://console.example',
    ALLOW_PRIVATE_ENDPOINTS: 'true',
  });
  await removeOldPartsSoon(system);
  const { redirect_url, api_url, admin_key, data_dir } = system;
  const redis_url = await system.redis_url();
  project.provide('shared_system', { redirect_url, api_url, admin_key, data_dir, redis_url });
  project.provide('dns_port', dns_port);
  project.provide('oidc_port', oidc_port);
  project.provide('smtp_port', smtp_port);
  return () => system.destroy();
}
