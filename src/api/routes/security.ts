/**
 * A member's own password and second factor. Every change asks for the password again, so that a browser left open
 * does not give the person away. With Redis down: 503.
 */
import type { FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import { z } from 'zod';
import type { AuditAction } from '../../access/audit/actions.ts';
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
import { audited, credentials, ownChange, requireMember, unaudited } from '../http/page-route.ts';

const { password, code } = credentials;

export function securityRoutes(app: Api, context: ApiContext): void {
  const { redis, gate, proxies } = context;
  const factors = { redis, keys: context.keys };
  const taking = (body: z.ZodType, audit?: AuditAction) => ({
    ...(audit ? audited(audit) : unaudited('nothing changes until a code confirms it')),
    schema: { hide: true, body },
  });

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
  app.post('/session/password', taking(change, 'member.password_changed'), async (request, reply) => {
    const { old_password, code: given, new_password } = request.body as z.infer<typeof change>;
    const { session } = await requireMember(context, request);
    const address = callerAddress(request.raw, proxies);
    const proof = { email: session.email, password: old_password, code: given };
    const person = await prove(gate, proof, address);
    await replacePassword(gate, person, new_password, address);
    request.audited = ownChange(session);
    await endOthers(context, session);
    return reply.code(204).send();
  });

  const again = z.strictObject({ password, code });
  type Again = z.infer<typeof again>;
  app.post('/session/totp', taking(again), async (request) => {
    const { email } = await proven(request, request.body as Again);
    const { secret, uri } = await offerTotp(factors, email);
    return { secret, uri, qr: renderSVG(uri) };
  });

  const confirming = z.strictObject({ code: code.unwrap() });
  app.post('/session/totp/confirm', taking(confirming, 'member.second_factor_on'), async (request) => {
    const { session } = await requireMember(context, request);
    const counted = await gate.limits.countCode(session.email);
    const given = (request.body as z.infer<typeof confirming>).code;
    const recovery_codes = await confirmTotp(factors, session.email, given);
    request.audited = ownChange(session);
    await counted.takeBack();
    await endOthers(context, session);
    return { recovery_codes };
  });

  app.post('/session/totp/remove', taking(again, 'member.second_factor_off'), async (request, reply) => {
    const session = await proven(request, request.body as Again);
    await removeSecondFactor(redis, session.email);
    request.audited = ownChange(session);
    return reply.code(204).send();
  });

  app.post(
    '/session/totp/recovery-codes',
    taking(again, 'member.recovery_codes_renewed'),
    async (request) => {
      const session = await proven(request, request.body as Again);
      const recovery_codes = await renewRecoveryCodes(redis, session.email);
      request.audited = ownChange(session);
      return { recovery_codes };
    },
  );
}
