/**
 * Audits what routes change. A route names its action in its config (`audit: 'offer.changed'`), and its handler sets
 * `request.audited` once it has written; a route that changes nothing, or writes rows that are data, says in
 * `unaudited` why. The entry is announced before the handler runs and settled before the answer leaves: with Redis down
 * the change is not begun, and what was answered is on the log. See access/audit/record-audit.ts.
 *
 * The handler must set `request.audited` before it can refuse with a 4xx what it has partly written. A 2xx without it
 * is a bug and becomes a 500.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditAction } from '../../access/audit/actions.ts';
import type { AuditEntry } from '../../access/audit/audit-fields.ts';
import {
  type Actor,
  announce,
  type Change,
  completed,
  newEntry,
  settle,
  withdraw,
} from '../../access/audit/record-audit.ts';
import type { TrustedProxies } from '../../platform/forwarded.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { callerAddress } from './caller-address.ts';
import type { Api, ApiContext } from './context.ts';

/** What a handler has changed. Of the states, only the fields that access/audit/subjects.ts lists are kept. */
export interface Audited extends Partial<Change> {
  /** Who did it, where only the handler knows: at signing in. */
  actor?: Partial<Actor>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the audit log calls the change that this route makes. */
    audit?: AuditAction;
    /** Which of its requests are changes; default: all. */
    audit_if?: (request: FastifyRequest) => boolean;
    /** Why a route that is no GET is not in the audit log. */
    unaudited?: string;
  }
  interface FastifyRequest {
    /** What the handler has changed, set by the handler of a route with `audit`; null: nothing, it was so already. */
    audited?: Audited | null;
    /** The entry that was announced and is not settled yet. */
    announced?: AuditEntry | undefined;
  }
}

/** Call this before registering routes, and after the caller is known. */
export function auditChanges(app: Api, context: Pick<ApiContext, 'redis' | 'proxies'>): void {
  app.addHook('preHandler', async (request) => {
    const { audit, audit_if } = request.routeOptions.config;
    if (audit === undefined || audit_if?.(request) === false) return;
    const entry = newEntry(actorOf(request, context.proxies), askedFor(audit, request), Date.now());
    await announce(context.redis, entry);
    request.announced = entry;
  });
  app.addHook('onSend', async (request, reply) => {
    const { announced } = request;
    // An error that is thrown here is sent too, and comes here again.
    request.announced = undefined;
    if (announced !== undefined) await conclude(context.redis, request, reply, announced);
  });
}

async function conclude(
  redis: RedisClient,
  request: FastifyRequest,
  reply: FastifyReply,
  announced: AuditEntry,
): Promise<void> {
  const { statusCode: status } = reply;
  const { audited } = request;
  const done = status < 400;
  if (audited === null) return withdraw(redis, announced).catch(() => {});
  if (audited !== undefined) {
    const { actor, ...change } = audited;
    const { action, account_id, subject_id } = announced;
    const whole = { action, account_id, subject_id, ...change } as Change;
    const settling = settle(redis, completed({ ...announced, ...actor }, whole, done ? 'done' : 'unknown'));
    // A failed request is answered in any case: what can't be settled stays pending, and a worker appends it.
    await (done ? settling : settling.catch(() => {}));
    return;
  }
  if (status >= 400 && status < 500) return withdraw(redis, announced).catch(() => {});
  await settle(redis, announced).catch(() => {});
  if (done) throw new Error(`${request.routeOptions.url} does not say what it has changed`);
}

/** Parameters of paths: the id of a contact is personal data, and the others are secrets. */
const NEVER_LOGGED = new Set(['contact_id', 'token', 'key']);

/** What is known before the handler runs: the change that is asked for. */
function askedFor(action: AuditAction, request: FastifyRequest): Change {
  const params = Object.entries(request.params ?? {});
  const [, subject_id = ''] = params.find(([name]) => !NEVER_LOGGED.has(name)) ?? [];
  const body = typeof request.body === 'object' && request.body !== null ? request.body : {};
  return { action, account_id: accountOf(request), subject_id: String(subject_id), after: body };
}

/** The account that is changed: the caller's, or for the operator the one that the path names. */
function accountOf({
  account,
  routeOptions,
  params,
}: Pick<FastifyRequest, 'account' | 'routeOptions' | 'params'>): string {
  if (account !== undefined) return account.account_id;
  return routeOptions.url?.startsWith('/v2/accounts/:id') ? String((params as { id: string }).id) : '';
}

/** On an open route nobody is known before the handler runs. */
function actorOf({ caller, raw }: FastifyRequest, proxies: TrustedProxies): Actor {
  if (caller === undefined) {
    return { actor_kind: 'system', actor_id: '', actor_name: '', address: callerAddress(raw, proxies) };
  }
  const { kind, id, name, address } = caller;
  return { actor_kind: kind, actor_id: id, actor_name: name, address };
}
