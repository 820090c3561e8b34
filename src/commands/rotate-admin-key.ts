/**
 * `trackly rotate-admin-key`: makes a new admin key through the API of the running system, keeps it in DATA_DIR, and
 * then ends the old one. Interrupted between the steps, both keys work; running it again is safe.
 */
import { readFile } from 'node:fs/promises';
import { readConfig } from '../config.ts';
import { replaceSecret } from '../platform/kept-secret.ts';
import { adminKeyFile, apiCall, callApi } from './api-client.ts';
import { readArguments } from './errors.ts';

interface AdminKey {
  key_id: string;
  name: string;
  prefix: string;
  api_key: string;
}

export async function rotateAdminKey(args: string[]): Promise<void> {
  readArguments(args, {});
  const config = readConfig();
  if (config.admin_key !== undefined) {
    throw new Error(
      'ADMIN_KEY is set in the environment, where this command can not change it: make a key with POST /v2/admin-keys, set ADMIN_KEY to it, and end the old one with DELETE /v2/admin-keys/:key_id.',
    );
  }
  const call = await callApi();
  const old = (await readFile(adminKeyFile(config), 'utf8')).trim();
  const { api_key } = (await call('POST', '/v2/admin-keys', { name: 'Key of the data folder' })) as AdminKey;
  await replaceSecret(adminKeyFile(config), api_key);
  const callAnew = apiCall(config, api_key);
  const { keys } = (await callAnew('GET', '/v2/admin-keys')) as { keys: AdminKey[] };
  for (const { key_id } of keys.filter(({ prefix }) => old.startsWith(prefix))) {
    await callAnew('DELETE', `/v2/admin-keys/${key_id}`);
  }
  console.log(`The new admin key is in ${adminKeyFile(config)}; the old one has ended.`);
}
