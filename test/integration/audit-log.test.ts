/** The audit log on a real Redis: what is changed has an entry, once, whatever breaks off in between. */
import Fastify, { type FastifyRequest, type InjectOptions } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUDIT_LOG, decodeEntry } from '../../src/access/audit/audit-entry.ts';
import type { AuditEntry } from '../../src/access/audit/audit-fields.ts';
import {
  announce,
  completed,
  newEntry,
  PENDING_MS_MAX,
  pendingKey,
  recordAudit,
  settle,
  settleLeft,
  withdraw,
} from '../../src/access/audit/record-audit.ts';
import { auditChanges } from '../../src/api/http/audit.ts';
import type { Api } from '../../src/api/http/context.ts';
import { ApiError, errorBody } from '../../src/api/http/errors.ts';
import type { Account } from '../../src/catalog/definitions.ts';
import { bytesKey, streamKey } from '../../src/log/keys.ts';
import { currentPartitions, partitionOf } from '../../src/log/partitions.ts';
import { type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: RedisClient;
const partitions = currentPartitions();

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
beforeEach(() => redis.flushall());
afterAll(() => server?.stop());

async function entries(): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for (const partition of partitions) {
    for (const [, fields] of await redis.xrange(streamKey(AUDIT_LOG, partition), '-', '+')) {
      found.push(decodeEntry(fields[3] ?? ''));
    }
  }
  return found.toSorted((a, b) => a.at_ms - b.at_ms);
}

async function pending(): Promise<number> {
  const counts = await Promise.all(partitions.map((partition) => redis.hlen(pendingKey(partition))));
  return counts.reduce((sum, count) => sum + count, 0);
}

const actor = {
  actor_kind: 'key' as const,
  actor_id: 'key_1',
  actor_name: 'sender',
  address: '192.0.2.7',
};
const change = {
  action: 'offer.changed' as const,
  account_id: 'acc_1',
  subject_id: 'off_1',
  after: { payout: '2' },
};

describe('an entry', () => {
  it('is appended once, however often it is settled', async () => {
    const entry = newEntry(actor, change, 1_764_000_000_000);
    await announce(redis, entry);
    await announce(redis, entry);
    expect([await entries(), await pending()]).toEqual([[], 1]);
    const whole = completed(entry, { ...change, before: { payout: '1' } }, 'done');
    for (let times = 0; times < 3; times++) await settle(redis, whole);
    expect([await entries(), await pending()]).toEqual([[whole], 0]);
    const partition = partitionOf(entry.audit_id);
    expect(Number(await redis.get(bytesKey(AUDIT_LOG, partition)))).toBeGreaterThan(100);
  });

  it('is none where the change was refused', async () => {
    const entry = newEntry(actor, change, Date.now());
    await announce(redis, entry);
    await withdraw(redis, entry);
    await settle(redis, entry);
    expect([await entries(), await pending()]).toEqual([[], 0]);
  });

  it('that a killed process left is appended with what was asked for, its outcome unknown', async () => {
    const now_ms = Date.now();
    const left = newEntry(actor, change, now_ms - PENDING_MS_MAX);
    const at_work = newEntry(actor, change, now_ms);
    await announce(redis, left);
    await announce(redis, at_work);
    expect(await settleLeft(redis, now_ms)).toBe(1);
    expect(await settleLeft(redis, now_ms)).toBe(0);
    expect(await entries()).toEqual([left]);
    expect(left).toMatchObject({ outcome: 'unknown', after: '{"payout":"2"}' });
    // It was only slow.
    await settle(redis, { ...at_work, outcome: 'done' });
    expect(await entries()).toEqual([left, { ...at_work, outcome: 'done' }]);
  });

  it('that can not be read goes to the log, where it becomes a dead letter', async () => {
    const audit_id = 'adt_of_another_version';
    await redis.hset(pendingKey(partitionOf(audit_id)), audit_id, '["?"]');
    expect(await settleLeft(redis, Date.now())).toBe(1);
    expect(await pending()).toBe(0);
  });

  it('of a command needs no request', async () => {
    await recordAudit(
      redis,
      { ...actor, actor_kind: 'system' },
      { action: 'installation.restored', account_id: '', subject_id: '' },
    );
    expect(await entries()).toMatchObject([
      { outcome: 'done', subject_kind: 'installation', actor_kind: 'system' },
    ]);
    expect(await pending()).toBe(0);
  });
});

describe('a route', () => {
  const app = Fastify() as unknown as Api;
  /** What the handler does, by test. */
  let handler: (request: FastifyRequest) => unknown = () => ({});

  beforeAll(() => {
    app.setErrorHandler((error, _request, reply) => {
      const known = error instanceof ApiError ? error : new ApiError('internal', String(error));
      return reply.code(known.status).send(errorBody(known));
    });
    app.addHook('onRequest', async (request) => {
      const account_id = String(request.headers['x-account'] ?? '');
      if (account_id !== '') request.account = { account_id } as Account;
      const kind = account_id === '' ? 'operator' : 'key';
      const address = '192.0.2.7';
      request.caller = { kind, id: 'key_1', name: 'Shop', account_id, scopes: [], address, session_id: '' };
    });
    auditChanges(app, {
      proxies: { trust_proxy: 0, trust_proxy_header: 'x-forwarded-for' },
      get redis() {
        return redis;
      },
    });
    const config = { audit: 'offer.changed' } as const;
    app.patch('/v2/offers/:id', { config }, async (request) => handler(request as FastifyRequest));
    app.patch('/v2/accounts/:id', { config: { audit: 'account.changed' } }, async (request) =>
      handler(request),
    );
    app.delete('/v2/contacts/:contact_id', { config }, async (request) => handler(request as FastifyRequest));
  });
  afterAll(() => app.close());

  const ask = async (options: Partial<InjectOptions> = {}): Promise<number> => {
    const { statusCode } = await app.inject({
      method: 'PATCH',
      url: '/v2/offers/off_1',
      headers: { 'x-account': 'acc_1' },
      payload: { payout: '2', api_key: 'trk_secret' },
      ...options,
    });
    return statusCode;
  };

  it('has its entry on the log before it is answered', async () => {
    handler = async (request) => {
      expect([await pending(), await entries()]).toEqual([1, []]);
      request.audited = { before: { payout: '1', name: 'a' }, after: { payout: '2', name: 'a' } };
      return {};
    };
    expect(await ask()).toBe(200);
    expect(await pending()).toBe(0);
    expect(await entries()).toMatchObject([
      {
        action: 'offer.changed',
        outcome: 'done',
        account_id: 'acc_1',
        subject_id: 'off_1',
        actor_kind: 'key',
        actor_id: 'key_1',
        actor_name: 'Shop',
        address: '192.0.2.7',
        before: '{"payout":"1"}',
        after: '{"payout":"2"}',
      },
    ]);
  });

  it('that refuses has none', async () => {
    handler = () => {
      throw new ApiError('not_found', 'there is no such offer');
    };
    expect(await ask()).toBe(404);
    expect([await entries(), await pending()]).toEqual([[], 0]);
  });

  it('that fails has one of unknown outcome, with what was asked for and no secret', async () => {
    handler = () => {
      throw new Error('Command timed out');
    };
    expect(await ask()).toBe(500);
    const found = await entries();
    expect(found).toMatchObject([{ outcome: 'unknown', before: '{}', after: '{"payout":"2"}' }]);
    expect(JSON.stringify(found)).not.toContain('trk_secret');
  });

  it('that refuses after it has written a part has one of unknown outcome', async () => {
    handler = (request) => {
      request.audited = { before: { payout: '1' }, after: { payout: '2' } };
      throw new ApiError('conflict', 'it is being changed by too many at once');
    };
    expect(await ask()).toBe(409);
    expect(await entries()).toMatchObject([{ outcome: 'unknown', before: '{"payout":"1"}' }]);
  });

  it('that does not say what it has changed is a bug: it fails, and has its entry all the same', async () => {
    handler = () => ({});
    expect(await ask()).toBe(500);
    expect(await entries()).toMatchObject([{ outcome: 'unknown', after: '{"payout":"2"}' }]);
  });

  it('of the operator belongs to the account that its path names', async () => {
    handler = (request) => {
      request.audited = { after: { name: 'b' } };
      return {};
    };
    expect(await ask({ url: '/v2/accounts/acc_2', headers: {} })).toBe(200);
    expect(await entries()).toMatchObject([
      { account_id: 'acc_2', subject_id: 'acc_2', subject_kind: 'account', actor_kind: 'operator' },
    ]);
  });

  it('never notes the id of a contact', async () => {
    handler = () => {
      throw new Error('Command timed out');
    };
    expect(await ask({ method: 'DELETE', url: '/v2/contacts/ann-49170' })).toBe(500);
    expect(JSON.stringify(await entries())).not.toContain('ann-49170');
  });

  it('does not begin where the entry finds no room or Redis is away', async () => {
    let begun = 0;
    handler = (request) => {
      begun++;
      request.audited = {};
      return {};
    };
    for (const partition of partitions) {
      await redis.set(bytesKey(AUDIT_LOG, partition), String(64 * 1024 * 1024));
    }
    expect(await ask()).toBe(500);
    await redis.flushall();
    await server.kill();
    expect(await ask()).toBe(500);
    await server.start();
    await untilReady(redis, 5_000);
    expect(begun).toBe(0);
  });
});
