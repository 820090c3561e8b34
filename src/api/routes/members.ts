/**
 * Members of an account: list, invite, change the role, reset, remove; for the account itself and, under the account's
 * path, for the operator, who invites the first owner. With Redis down: 503.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AuditAction } from '../../access/audit/actions.ts';
import { dismissMember } from '../../access/dismiss-member.ts';
import { emailInput } from '../../access/email.ts';
import { type Invited, invite, resetMember } from '../../access/invitations.ts';
import type { Member } from '../../access/member.ts';
import { changeMember, getMembers, readSignIns } from '../../access/member-store.ts';
import { getPerson } from '../../access/person.ts';
import { ROLES, type Scope } from '../../access/scopes.ts';
import { accountOfOperator, checkNotRemoved } from '../http/account-to-change.ts';
import { pageOf } from '../http/answers.ts';
import { originOf } from '../http/asked-from.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { pageQuery } from '../http/paging.ts';

const role = z
  .enum(ROLES)
  .describe('owner: everything; member: all but keys, members, erasure; viewer: looks');

const member = z
  .object({
    member_id: z.string(),
    email: z.string(),
    role,
    state: z.enum(['invited', 'active']),
    totp: z.boolean().describe('Whether the person has a second factor'),
    invitation_expires_at: z.string().nullable().describe('End of an open invitation or reset'),
    last_signed_in_at: z
      .string()
      .nullable()
      .describe('Into this account; null: never, or before Redis lost its data'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Member' });
const invitation = z.object({
  member_id: z.string(),
  invitation_url: z.string().describe('Shown this once: give it to the person, and to nobody else'),
  expires_at: z.iso.datetime(),
});

const tags = ['members'];
const inviting = z
  .strictObject({ email: emailInput, role })
  .meta({ examples: [{ email: 'ann@example.com', role: 'member' }] });
const changing = z.strictObject({ role }).meta({ examples: [{ role: 'member' }] });

interface Place {
  path: string;
  config: { scope: Scope } | { admin: true };
  params: z.ZodObject;
  /** Name of the member's id in the path. */
  id: 'id' | 'member_id';
  whose: string;
}

const OWN: Place = {
  path: '/v2/members',
  config: { scope: 'admin' },
  params: z.object({}),
  id: 'id',
  whose: 'the account',
};
const OF_ACCOUNT: Place = {
  path: '/v2/accounts/:id/members',
  config: { admin: true },
  params: z.object({ id: z.string() }),
  id: 'member_id',
  whose: 'an account',
};

export function memberRoutes(app: Api, context: ApiContext): void {
  for (const place of [OWN, OF_ACCOUNT]) registerPlace(app, context, place);
}

function registerPlace(app: Api, context: ApiContext, place: Place): void {
  const { redis, proxies } = context;
  const { path, params, id, whose } = place;
  const one = `${path}/:${id}`;
  const member_params = params.extend({ [id]: z.string() });
  const answering = (answers: Record<number, z.ZodType>, audit?: AuditAction) => ({
    ...place.config,
    documented_answers: answers,
    ...(audit && { audit }),
  });
  const by_operator = 'admin' in place.config;

  /** The account that the request is about. */
  async function accountOf(request: FastifyRequest): Promise<string> {
    if (!by_operator) return request.account.account_id;
    const { id } = request.params as { id: string };
    const account = await accountOfOperator(redis, id);
    if (request.method !== 'GET') checkNotRemoved(account);
    return id;
  }
  const memberOf = (request: FastifyRequest): string => (request.params as Record<string, string>)[id] ?? '';
  const shownInvitation = (request: FastifyRequest, { member, token, expires_at }: Invited) => ({
    member_id: member.member_id,
    invitation_url: `${originOf(request, proxies)}/invitation#${token}`,
    expires_at,
  });

  app.get(
    path,
    {
      config: answering({ 200: pageOf('members', member) }),
      schema: { tags, summary: `List the members of ${whose}, oldest first`, params, querystring: pageQuery },
    },
    async (request) => {
      const { page, per_page } = request.query;
      const account_id = await accountOf(request);
      const members = await getMembers(redis, account_id);
      const shown = await describeMembers(
        context,
        account_id,
        members.slice((page - 1) * per_page, page * per_page),
      );
      return { members: shown, page, per_page, total: members.length };
    },
  );

  app.post(
    path,
    {
      config: answering({ 201: invitation }, 'member.invited'),
      schema: {
        tags,
        summary: `Invite somebody into ${whose}; the link is shown once, and replaced by inviting again`,
        params,
        body: inviting,
      },
    },
    async (request, reply) => {
      const invited = await invite(redis, await accountOf(request), request.body);
      request.audited = { subject_id: invited.member.member_id, after: invited.member };
      return reply.code(201).send(shownInvitation(request, invited));
    },
  );

  app.patch(
    one,
    {
      config: answering({ 200: member }, 'member.changed'),
      schema: {
        tags,
        summary: `Change the role of a member of ${whose}`,
        params: member_params,
        body: changing,
      },
    },
    async (request) => {
      const account_id = await accountOf(request);
      let before: Member | undefined;
      const changed = await changeMember(redis, account_id, memberOf(request), (one) => {
        before = one;
        return { ...one, role: request.body.role };
      });
      request.audited = { subject_id: changed.member_id, before: before ?? {}, after: changed };
      const [shown] = await describeMembers(context, account_id, [changed]);
      return shown;
    },
  );

  app.post(
    `${one}/reset`,
    {
      config: answering({ 201: invitation }, 'member.reset'),
      schema: {
        tags,
        summary: `Take the password and the second factor of a member of ${whose} away, and make a link to set a new password`,
        params: member_params,
      },
    },
    async (request, reply) => {
      const reset = await resetMember(redis, await accountOf(request), memberOf(request), by_operator);
      request.audited = { subject_id: reset.member.member_id, after: { email: reset.member.email } };
      return reply.code(201).send(shownInvitation(request, reset));
    },
  );

  app.delete(
    one,
    {
      config: answering(
        { 204: z.null().describe('Removed; the sessions in this account have ended') },
        'member.removed',
      ),
      schema: { tags, summary: `Remove a member of ${whose}, or an invitation`, params: member_params },
    },
    async (request, reply) => {
      const before = await dismissMember(redis, await accountOf(request), memberOf(request));
      request.audited = { subject_id: before.member_id, before };
      return reply.code(204).send();
    },
  );
}

async function describeMembers(
  { redis }: ApiContext,
  account_id: string,
  members: readonly Member[],
): Promise<z.infer<typeof member>[]> {
  const sign_ins = await readSignIns(redis, account_id);
  const people = await Promise.all(members.map(({ email }) => getPerson(redis, email)));
  return members.map(({ member_id, email, role, state, invitation, created_at }, i) => ({
    member_id,
    email,
    role,
    state,
    totp: (people[i]?.second_factor ?? null) !== null,
    invitation_expires_at: invitation?.expires_at ?? null,
    last_signed_in_at: sign_ins[member_id] ?? null,
    created_at,
  }));
}
