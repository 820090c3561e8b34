/**
 * Says in an answer which shards of ClickHouse it lacks, or refuses it where the request says strict=true. Every GET takes
 * strict; what is read from Redis alone lacks nothing.
 */
import { ShardsRead, shardsRead } from '../../reports/shards-read.ts';
import type { Api } from './context.ts';
import { fieldError } from './errors.ts';

/** Numbers of the shards, with commas between them; in JSON and in CSV. */
const HEADER = 'trackly-shards-away';

declare module 'fastify' {
  interface FastifyRequest {
    shards_read?: ShardsRead;
  }
}

export function sayShardsAway(app: Api): void {
  app.addHook('preValidation', async (request) => {
    if (request.method !== 'GET') return;
    const read = new ShardsRead();
    request.shards_read = read;
    // Routes that read no rows know no such parameter.
    const query = request.query as Record<string, unknown>;
    const { strict } = query;
    if (strict === undefined) return;
    if (strict !== 'true' && strict !== 'false') {
      throw fieldError('strict', 'must be true or false');
    }
    read.strict = strict === 'true';
    delete query['strict'];
  });
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.shards_read === undefined) done();
    else shardsRead.run(request.shards_read, done);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const shards = request.shards_read?.away ?? [];
    if (shards.length === 0 || reply.statusCode !== 200) return payload;
    reply.header(HEADER, shards.join(', '));
    const is_json = String(reply.getHeader('content-type')).startsWith('application/json');
    if (!is_json || typeof payload !== 'string' || !payload.startsWith('{"')) return payload;
    const told = JSON.stringify({ partial: true, shards_away: shards }).slice(0, -1);
    return `${told},${payload.slice(1)}`;
  });
}
