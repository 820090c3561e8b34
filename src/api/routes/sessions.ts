/**
 * Signing in and out, and a person's sessions. These routes belong to the dashboard. Changes are taken from it only,
 * also of somebody who is not signed in yet: no other site can sign a browser in. With Redis down: 503.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AccessError } from '../../access/access-error.ts';
import { type ApiKey, hashKey } from '../../access/api-key.ts';
import { holderOfKey } from '../../access/key-holder.ts';
import { noteSignIn } from '../../access/member-store.ts';
import { getPerson } from '../../access/person.ts';
import type { SignedInMember } from '../../access/read-session.ts';
import type { MemberSession } from '../../access/session.ts';
import { endSession, endSessions, listSessions } from '../../access/session-store.ts';
import { prove } from '../../access/sign-in.ts';
import { getAccount } from '../../catalog/catalog-store.ts';
import {
  endOthers,
  type Made,
  ofMember,
  openMemberships,
  signIn,
  signInMember,
} from '../http/begin-session.ts';
import { callerAddress } from '../http/caller-address.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { audited, credentials, PAGE_ROUTE, requireMember, unaudited, whoAsks } from '../http/page-route.ts';
import { clearToken, tokenOf } from '../http/session-cookie.ts';

export function sessionRoutes(app: Api, context: ApiContext): void {
  const { redis, proxies } = context;
  const body = z.union([z.strictObject({ api_key: z.string().max(100) }), z.strictObject(credentials)]);

  app.post(
    '/session',
    { ...audited('session.started'), schema: { hide: true, body } },
    async (request, reply) => {
      if ('api_key' in request.body) {
        const { made, key } = await sessionOfKey(context, request, request.body.api_key);
        await signIn(context, request, reply, made);
        request.audited = {
          actor: {
            actor_kind: key.account_id === '' ? 'operator' : 'key',
            actor_id: key.key_id,
            actor_name: key.name,
          },
          account_id: key.account_id,
        };
      } else {
        await prove(context.gate, request.body, callerAddress(request.raw, proxies));
        await signInMember(context, request, reply, { email: request.body.email, proof: 'password' });
      }
      return reply.code(204).send();
    },
  );

  app.get('/session', PAGE_ROUTE, async (request) => {
    const signed_in = await whoAsks(context, request);
    const oidc = context.oidc !== undefined;
    if (signed_in === undefined) return { kind: 'nobody', oidc };
    if (signed_in.kind === 'key') {
      const { account } = signed_in.holder;
      return account === undefined ? { kind: 'operator' } : { kind: 'key', account };
    }
    return describeMember(context, signed_in);
  });

  app.delete('/session', unaudited("it ends the caller's own sessions"), async (request, reply) => {
    const token = tokenOf(request, proxies);
    if (token !== undefined) await endSession(redis, token);
    clearToken(reply, proxies);
    return reply.code(204).send();
  });

  const choice = z.strictObject({ account_id: z.string().max(100) });
  app.post(
    '/session/account',
    { ...audited('session.started'), schema: { hide: true, body: choice } },
    async (request, reply) => {
      const { session } = await requireMember(context, request);
      const { email, proof } = session;
      const chosen = (await openMemberships(context, email, proof)).find(
        ({ account_id }) => account_id === request.body.account_id,
      );
      if (chosen === undefined) throw new AccessError('not_found', 'you are no member of this account');
      await signIn(context, request, reply, ofMember(email, proof, [chosen]), session.created_at_ms);
      await noteSignIn(redis, chosen);
      return reply.code(204).send();
    },
  );

  app.get('/sessions', PAGE_ROUTE, async (request) => {
    const { session } = await requireMember(context, request);
    return {
      sessions: (await listSessions(redis, session.email)).map((one) => describeSession(one, session)),
    };
  });

  app.delete('/sessions', unaudited("it ends the caller's own sessions"), async (request, reply) => {
    const { session } = await requireMember(context, request);
    await endOthers(context, session);
    return reply.code(204).send();
  });

  app.delete(
    '/sessions/:session_id',
    unaudited("it ends the caller's own sessions"),
    async (request, reply) => {
      const { session } = await requireMember(context, request);
      const { session_id } = request.params as { session_id: string };
      const all = await listSessions(redis, session.email);
      await endSessions(
        redis,
        all.filter((one) => one.session_id === session_id),
      );
      return reply.code(204).send();
    },
  );
}

async function sessionOfKey(
  context: ApiContext,
  request: FastifyRequest,
  api_key: string,
): Promise<{ made: Made; key: ApiKey }> {
  const { redis, gate, proxies } = context;
  const counted = await gate.limits.countAddress(callerAddress(request.raw, proxies));
  const holder = await holderOfKey(redis, api_key, Date.now());
  if (holder === undefined || (holder.account !== undefined && holder.account.status !== 'active'))
    throw new ApiError('wrong_credentials', 'this API key is not known: check it, or ask for a new one');
  await counted.takeBack();
  return { made: { kind: 'key', key_sha256: hashKey(api_key) }, key: holder.key };
}

async function describeMember(
  context: ApiContext,
  { session, account, member }: SignedInMember,
): Promise<object> {
  const { email, proof, session_id } = session;
  const [memberships, person] = await Promise.all([
    openMemberships(context, email, proof),
    getPerson(context.redis, email),
  ]);
  const accounts = await Promise.all(
    memberships.map(async ({ account_id, member: { role } }) => ({
      account_id,
      name: (await getAccount(context.redis, account_id))?.name ?? account_id,
      role,
    })),
  );
  return {
    kind: 'member',
    email,
    session_id,
    account: account ?? null,
    role: member?.role ?? null,
    accounts,
    password: (person?.password_hash ?? null) !== null,
    recovery_codes: person?.second_factor?.recovery_hashes.length ?? null,
  };
}

const describeSession = (one: MemberSession, current: MemberSession) => ({
  session_id: one.session_id,
  current: one.session_id === current.session_id,
  proof: one.proof,
  account_id: one.account_id,
  agent: one.agent,
  address: one.address,
  created_at: new Date(one.created_at_ms).toISOString(),
  seen_at: new Date(one.seen_at_ms).toISOString(),
});
