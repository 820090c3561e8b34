/**
 * `trackly rotate-key [--grace-hours 72] [--leaked]`: makes a new installation key, through the API of the running
 * system, and says until when those before it are accepted.
 */
import { callApi } from './api-client.ts';
import { readArguments, UsageError } from './errors.ts';

interface Listed {
  keys: { key_id: string; signs_from: string; ends_at: string | null }[];
}

export async function rotateKey(args: string[]): Promise<void> {
  const { values } = readArguments(args, {
    'grace-hours': { type: 'string' },
    leaked: { type: 'boolean' },
  });
  const hours = values['grace-hours'];
  if (hours !== undefined && !/^\d{1,4}(\.\d{1,3})?$/.test(hours)) {
    throw new UsageError('--grace-hours is a number of hours, such as 72');
  }
  const call = await callApi();
  const { keys } = (await call('POST', '/v2/installation_key/rotate', {
    ...(hours === undefined ? {} : { grace_hours: Number(hours) }),
    leaked: values.leaked ?? false,
  })) as Listed;
  const made = keys.at(-1);
  console.log(`The key ${made?.key_id} signs from ${made?.signs_from}.`);
  for (const { key_id, ends_at } of keys.slice(0, -1)) {
    if (ends_at !== null && Date.parse(ends_at) > Date.now()) {
      console.log(`Secrets made with ${key_id} are accepted until ${ends_at}.`);
    }
  }
  console.log('Every account and offer has a new secret: paste the postback URLs into the networks again.');
}
