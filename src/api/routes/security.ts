/**
 * A member's own password and second factor. Every change asks for the password again, so that a browser left open
 * does not give the person away. With Redis down: 503.
 */
import type { FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import { z } from 'zod';
import { AccessError } from '../../access/access-error.ts';
import type { AuditAction } from '../../access/audit/actions.ts';
import { getPerson } from '../../access/person.ts';
import {
  confirmTotp,
  offerTotp,
  removeSecondFactor,
  renewRecoveryCodes,
} from '../../access/second-factor.ts';
import type { MemberSession } from '../../access/session.ts';
import { prove, replacePassword } from '../../access/sign-in.ts';
import { endOthers } from '../http/begin-session.ts';
import { callerAddress } from '../http/caller-address.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { audited, byMember, credentials, requireMember, unaudited } from '../http/page-route.ts';

const { password, code } = credentials;

export function securityRoutes(app: Api, context: ApiContext): void {
  const { redis, gate, proxies } = context;
  const factors = { redis, keys: context.keys };
  const taking = (audit: AuditAction, body: z.ZodType) => ({
    ...audited(audit),
    schema: { hide: true, body },
  });
  const told = (request: FastifyRequest, session: MemberSession): void => {
    request.audited = byMember(session, callerAddress(request.raw, proxies));
  };

  /** The session of the person, who has proven again to be there. */
  async function proven(
    request: FastifyRequest,
    given: { password: string; code?: string | undefined },
  ): Promise<MemberSession> {
    const { session } = await requireMember(context, request);
    await prove(gate, { email: session.email, ...given }, callerAddress(request.raw, proxies));
    return session;
  }

  const change = z.strictObject({ old_password: password, code, new_password: password });
  app.post('/session/password', taking('member.password_changed', change), async (request, reply) => {
    const { old_password, code: given, new_password } = request.body as z.infer<typeof change>;
    const { session } = await requireMember(context, request);
    const person = await prove(
      gate,
      { email: session.email, password: old_password, code: given },
      callerAddress(request.raw, proxies),
    );
    await replacePassword(gate, person, new_password);
    await endOthers(context, session);
    told(request, session);
    return reply.code(204).send();
  });

  const again = z.strictObject({ password, code });
  type Again = z.infer<typeof again>;
  app.post(
    '/session/totp',
    { ...unaudited('nothing changes until a code is confirmed'), schema: { hide: true, body: again } },
    async (request) => {
      const { email } = await proven(request, request.body as Again);
      const { secret, uri } = await offerTotp(factors, email);
      return { secret, uri, qr: renderSVG(uri) };
    },
  );

  const confirming = z.strictObject({ code: code.unwrap() });
  app.post('/session/totp/confirm', taking('member.second_factor_added', confirming), async (request) => {
    const { session } = await requireMember(context, request);
    const counted = await gate.limits.countCode(session.email);
    const given = (request.body as z.infer<typeof confirming>).code;
    const recovery_codes = await confirmTotp(factors, session.email, given);
    await counted.takeBack();
    await endOthers(context, session);
    told(request, session);
    return { recovery_codes };
  });

  app.post('/session/totp/remove', taking('member.second_factor_removed', again), async (request, reply) => {
    const session = await proven(request, request.body as Again);
    await removeSecondFactor(redis, session.email);
    told(request, session);
    return reply.code(204).send();
  });

  app.post(
    '/session/totp/recovery-codes',
    taking('member.recovery_codes_renewed', again),
    async (request) => {
      const session = await proven(request, request.body as Again);
      const { email } = session;
      if ((await getPerson(redis, email))?.second_factor == null)
        throw new AccessError('conflict', 'there is no second factor');
      const recovery_codes = await renewRecoveryCodes(redis, email);
      told(request, session);
      return { recovery_codes };
    },
  );
}
