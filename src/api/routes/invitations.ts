/**
 * An invitation as its page shows it, and accepting it with a password. The secret is in the fragment of the link, so
 * that it reaches no log and no other site; the page sends it in a body. With Redis down: 503.
 */
import { z } from 'zod';
import { acceptWithPassword, findInvitation } from '../../access/invitations.ts';
import { noteSignIn } from '../../access/member-store.ts';
import { getPerson } from '../../access/person.ts';
import { getAccount } from '../../catalog/catalog-store.ts';
import { ofMember, signIn } from '../http/begin-session.ts';
import { callerAddress } from '../http/caller-address.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { audited, credentials, unaudited } from '../http/page-route.ts';

const TOKEN_LENGTH_MAX = 200;

export function invitationRoutes(app: Api, context: ApiContext): void {
  const { redis, proxies } = context;
  const token = z.string().max(TOKEN_LENGTH_MAX);

  app.post(
    '/session/invitation',
    {
      ...unaudited('it only reads'),
      schema: { hide: true, body: z.strictObject({ token }) },
    },
    async (request) => {
      const counted = await context.gate.limits.countAddress(callerAddress(request.raw, proxies));
      const { account_id, member } = await findInvitation(redis, request.body.token);
      await counted.takeBack();
      const [account, person] = await Promise.all([
        getAccount(redis, account_id),
        getPerson(redis, member.email),
      ]);
      return {
        email: member.email,
        role: member.role,
        account_name: account?.name ?? account_id,
        /** Whether the person has a password already, from another account. */
        password: (person?.password_hash ?? null) !== null,
        oidc: context.oidc !== undefined,
      };
    },
  );

  const { password, code } = credentials;
  const body = z.strictObject({ token, password, code });
  app.post(
    '/session/invitation/accept',
    { ...audited('member.joined'), schema: { hide: true, body } },
    async (request, reply) => {
      const { token: given, ...proof } = request.body;
      const accepted = await acceptWithPassword(
        context.gate,
        given,
        proof,
        callerAddress(request.raw, proxies),
      );
      await signIn(context, request, reply, ofMember(accepted.member.email, 'password', [accepted]));
      await noteSignIn(redis, accepted);
      const { member_id } = accepted.member;
      request.audited = { ...request.audited, subject_id: member_id, after: accepted.member };
      return reply.code(204).send();
    },
  );
}
