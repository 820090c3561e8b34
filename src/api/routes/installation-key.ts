/**
 * The keys of the installation, under the admin key: what they are, and their rotation. The keys themselves are never
 * shown. With Redis down a rotation answers 503 and has changed nothing, or everything: the list says which.
 */
import { z } from 'zod';
import { type KeyRing, KeyRingFullError, keyId, signingKey } from '../../access/key-ring.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';

const GRACE_HOURS_DEFAULT = 72;
const GRACE_HOURS_MAX = 90 * 24;

const rotation = z
  .strictObject({
    grace_hours: z
      .number()
      .min(0)
      .max(GRACE_HOURS_MAX)
      .default(GRACE_HOURS_DEFAULT)
      .describe('How long secrets and tokens made with the keys before are still accepted'),
    leaked: z
      .boolean()
      .default(false)
      .describe(
        'Whether somebody else may have the keys: click ids made with them end with the grace as well',
      ),
  })
  .nullish()
  .meta({ examples: [{ grace_hours: 72 }] });

const keyList = z.object({
  keys: z.array(
    z.object({
      key_id: z.string().describe('Names the key without telling it'),
      made_at: z.iso.datetime(),
      signs_from: z.iso.datetime().describe('From then on it makes secrets, tokens and click ids'),
      ends_at: z.iso
        .datetime()
        .nullable()
        .describe('From then on secrets and tokens made with it are refused'),
      leaked: z.boolean(),
      signs: z.boolean().describe('Whether it is the one that signs now'),
    }),
  ),
});

export function installationKeyRoutes(app: Api, { keys }: ApiContext): void {
  const config = { admin: true, documented_answers: { 200: keyList } };
  const tags = ['operations'];

  app.get(
    '/v2/installation_key',
    { config, schema: { tags, summary: 'List the keys of the installation, oldest first' } },
    async () => listOf(keys.ring),
  );

  app.post(
    '/v2/installation_key/rotate',
    {
      config: { ...config, audit: 'installation.key_rotated' },
      schema: {
        tags,
        summary: 'Make a new key of the installation; those before it are accepted for grace_hours',
        description:
          'Every process uses the new key within seconds, without a restart. All conversion and postback secrets are new then: paste them into every network before the grace ends.',
        body: rotation,
      },
    },
    async (request) => {
      const { grace_hours = GRACE_HOURS_DEFAULT, leaked = false } = request.body ?? {};
      try {
        await keys.rotate(grace_hours * 3_600_000, leaked);
        request.audited = { after: { grace_hours, leaked } };
      } catch (error) {
        if (error instanceof KeyRingFullError) throw new ApiError('conflict', error.message);
        throw error;
      }
      return listOf(keys.ring);
    },
  );
}

function listOf(ring: KeyRing): z.output<typeof keyList> {
  const signing = signingKey({ ring });
  const iso = (time_ms: number): string => new Date(time_ms).toISOString();
  return {
    keys: ring.map(({ key, made_at_ms, signs_from_ms, ends_at_ms, leaked }) => ({
      key_id: keyId(key),
      made_at: iso(made_at_ms),
      signs_from: iso(signs_from_ms),
      ends_at: ends_at_ms === null ? null : iso(ends_at_ms),
      leaked,
      signs: key === signing,
    })),
  };
}
