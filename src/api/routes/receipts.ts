/**
 * Delivery receipts as providers send them: `POST /v2/receipts/:provider/:key`, and GET where a provider asks so. The
 * provider can send no header of ours, so the address has a key that may report receipts and nothing else. What was
 * kept is answered with 2xx, so that the provider does not send it again; with Redis down it is 503, so that it does.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { adapterOf, PROVIDERS, type Provider } from '../../messages/receipts/providers.ts';
import { RECEIPT_ERRORS, RECEIPTS_MAX, readReceipts } from '../../messages/receipts/read-receipts.ts';
import { type ArrivedRequest, type Payload, ReceiptError } from '../../messages/receipts/receipt.ts';
import {
  providersWithSecret,
  removeSigningSecret,
  setSigningSecret,
  signingSecret,
} from '../../messages/receipts/signing-secrets.ts';
import { EventError, logEvents } from '../../messages/receive-events.ts';
import { trustedScheme } from '../../platform/forwarded.ts';
import { Counter, type Registry } from '../../platform/metrics.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';

/** The largest batch that a provider sends, several times over. */
const BODY_BYTES_MAX = 1024 * 1024;
const SECRET_LENGTH_MAX = 200;
const OUTCOMES = ['kept', 'ignored', 'refused'] as const;

const provider = z.enum(PROVIDERS);
const named = z.string().max(40).describe(PROVIDERS.join(', '));
const address = z.object({ provider: named, key: z.string().max(100) });
const ofProvider = z.object({ provider: named });

const answer = z.object({
  kept: z.int().describe('Receipts that were kept'),
  ignored: z.int().describe('Receipts whose status says nothing about delivery, such as queued'),
  errors: z
    .array(z.object({ index: z.int(), error: z.enum(RECEIPT_ERRORS), message: z.string() }))
    .describe('Receipts that were not kept'),
});

const listed = z.object({
  providers: z.array(
    z.object({
      provider,
      path: z
        .string()
        .describe('Of the address to give to the provider; <key> is a key with the scope receipts'),
      methods: z.array(z.enum(['GET', 'POST'])),
      signature: z
        .enum(['checked', 'not_checked', 'not_offered'])
        .describe('Whether receipts without a valid signature are refused'),
    }),
  ),
});

const secretBody = z
  .strictObject({
    secret: z.string().min(8).max(SECRET_LENGTH_MAX).regex(/^\S+$/, 'must not contain spaces'),
  })
  .meta({ examples: [{ secret: '0123456789abcdef0123456789abcdef' }] });
const secretState = z.object({ provider, signature: z.enum(['checked', 'not_checked']) });

export function receiptRoutes(app: Api, context: ApiContext): void {
  // A scope of its own: bodies are read as text here, because signatures are of the text.
  app.register(async (plain) => {
    plain.removeAllContentTypeParsers();
    const types = ['application/json', 'application/x-www-form-urlencoded'];
    plain.addContentTypeParser<string>(types, { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );
    receivingRoutes(plain as unknown as Api, context);
  });
  secretRoutes(app, context);
}

function receivingRoutes(app: Api, context: ApiContext): void {
  let counter: Counter<'provider' | 'outcome'> | undefined;
  const config = {
    scope: 'receipts',
    key_in_path: true,
    limit: 'send',
    stores: true,
    documented_answers: { 200: answer },
    unaudited: 'each receipt is a row of the message events',
  } as const;
  const tags = ['messages'];

  async function receive(
    request: FastifyRequest & { params: z.output<typeof address> },
  ): Promise<z.output<typeof answer>> {
    const { account_id } = request.account;
    const from = knownProvider(request.params);
    const arrived = arrivedRequest(request, context);
    await checkSignature(context, account_id, from, arrived);
    const outcomes = readOutcomes(from, arrived.payload, account_id);
    const events = outcomes.flatMap((one) => (one.kind === 'kept' ? one.events : []));
    await logEvents(context.redis, events, context.log_bytes_max).catch((error) => {
      throw error instanceof EventError ? new ApiError('unavailable', error.message) : error;
    });
    counter ??= receiptCounter(context.limits.registry);
    const count = (kind: (typeof OUTCOMES)[number]): number => {
      const n = outcomes.filter((one) => one.kind === kind).length;
      counter?.inc({ provider: from, outcome: kind }, n);
      return n;
    };
    const [kept, ignored, refused] = [count('kept'), count('ignored'), count('refused')];
    const errors = outcomes.flatMap((one, index) =>
      one.kind === 'refused' ? [{ index, error: one.error, message: one.message }] : [],
    );
    if (refused > 0) {
      const reasons = [...new Set(errors.map(({ error }) => error))];
      request.log.warn({ provider: from, refused, reasons }, 'receipts were refused');
    }
    // Where something was kept, the provider must not send all of it again.
    const [first] = errors;
    if (first !== undefined && kept + ignored === 0) throw new ApiError('invalid_request', first.message);
    return { kept, ignored, errors };
  }

  app.post(
    '/v2/receipts/:provider/:key',
    {
      bodyLimit: BODY_BYTES_MAX,
      config,
      schema: {
        tags,
        summary: 'Take delivery receipts in the form of a provider',
        description:
          'The address to give to Twilio, Infobip, CM, Vonage or Sinch, with a key that has the scope `receipts` and no other. Receipts may come in any order and more than once. See the guide on receipts.',
        params: address,
        consumes: ['application/json', 'application/x-www-form-urlencoded'],
      },
    },
    receive,
  );
  app.get(
    '/v2/receipts/:provider/:key',
    {
      // A HEAD is no receipt.
      exposeHeadRoute: false,
      config,
      schema: {
        tags,
        summary: 'The same for a provider that sends a receipt as the parameters of a GET',
        params: address,
      },
    },
    receive,
  );
}

function secretRoutes(app: Api, context: ApiContext): void {
  const tags = ['messages'];
  app.get(
    '/v2/receipts',
    {
      config: { scope: 'read', documented_answers: { 200: listed } },
      schema: { tags, summary: 'List the providers whose delivery receipts are understood' },
    },
    async ({ account }) => {
      const signed = await providersWithSecret(context.redis, account.account_id);
      return {
        providers: PROVIDERS.map((one) => {
          const { methods, isSigned } = adapterOf(one);
          const signature =
            isSigned === undefined ? 'not_offered' : signed.has(one) ? 'checked' : 'not_checked';
          return { provider: one, path: `/v2/receipts/${one}/<key>`, methods, signature };
        }),
      };
    },
  );
  app.put(
    '/v2/receipts/:provider/secret',
    {
      config: {
        scope: 'admin',
        audit: 'receipts.secret_set',
        documented_answers: { 200: secretState },
      },
      schema: {
        tags,
        summary: 'Check the signatures of a provider’s receipts',
        description:
          'The secret with which the provider signs: Twilio’s auth token, Vonage’s signature secret. From then on receipts without a valid signature are refused with 403. It is stored sealed and never shown.',
        params: ofProvider,
        body: secretBody,
      },
    },
    async (request) => {
      const one = knownProvider(request.params);
      if (adapterOf(one).isSigned === undefined)
        throw new ApiError('invalid_request', `${one} does not sign its receipts: keep the address secret`);
      await setSigningSecret(context, request.account.account_id, one, request.body.secret);
      request.audited = {};
      return { provider: one, signature: 'checked' };
    },
  );
  app.delete(
    '/v2/receipts/:provider/secret',
    {
      config: {
        scope: 'admin',
        audit: 'receipts.secret_removed',
        documented_answers: { 200: secretState },
      },
      schema: {
        tags,
        summary: 'No longer check the signatures of a provider’s receipts',
        params: ofProvider,
      },
    },
    async (request) => {
      const one = knownProvider(request.params);
      const removed = await removeSigningSecret(context, request.account.account_id, one);
      request.audited = removed ? {} : null;
      return { provider: one, signature: 'not_checked' };
    },
  );
}

/** Made at the first receipt: the document of the API is built without anything that runs. */
function receiptCounter(registry: Registry): Counter<'provider' | 'outcome'> {
  const counter = new Counter({
    name: 'trackly_receipts_total',
    help: 'Delivery receipts of providers, by provider and what became of them.',
    labelNames: ['provider', 'outcome'],
    registers: [registry],
  });
  for (const one of PROVIDERS) for (const outcome of OUTCOMES) counter.inc({ provider: one, outcome }, 0);
  return counter;
}

function knownProvider({ provider: name }: { provider: string }): Provider {
  const known = PROVIDERS.find((one) => one === name);
  if (known === undefined)
    throw new ApiError('not_found', 'there is no such provider: GET /v2/receipts lists them');
  return known;
}

function readOutcomes(from: Provider, payload: Payload, account_id: string): ReturnType<typeof readReceipts> {
  try {
    const outcomes = readReceipts(from, payload, account_id, Date.now());
    if (outcomes.length > RECEIPTS_MAX)
      throw new ReceiptError(`a call may have at most ${RECEIPTS_MAX} receipts`);
    return outcomes;
  } catch (error) {
    throw error instanceof ReceiptError ? new ApiError('invalid_request', error.message) : error;
  }
}

async function checkSignature(
  context: ApiContext,
  account_id: string,
  from: Provider,
  arrived: ArrivedRequest,
): Promise<void> {
  const { isSigned } = adapterOf(from);
  if (isSigned === undefined) return;
  const secret = await signingSecret(context, account_id, from);
  if (secret === undefined || isSigned(arrived, secret, Date.now())) return;
  throw new ApiError(
    'forbidden',
    `the receipt has no valid signature of ${from}: check the secret, and that the address is the one that the provider calls`,
  );
}

function arrivedRequest(
  { raw, headers, query, body, host }: FastifyRequest,
  { proxies }: ApiContext,
): ArrivedRequest {
  const raw_body = typeof body === 'string' ? body : '';
  const form = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  return {
    url: `${trustedScheme(headers, proxies) ?? 'http'}://${host}${raw.url ?? ''}`,
    headers,
    raw_body,
    payload: {
      query: Object.fromEntries(
        Object.entries(query as Record<string, string | string[]>).map(([name, value]) => [
          name,
          Array.isArray(value) ? (value.at(-1) ?? '') : value,
        ]),
      ),
      body:
        raw_body === ''
          ? undefined
          : form
            ? Object.fromEntries(new URLSearchParams(raw_body))
            : json(raw_body),
    },
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('invalid_json', 'the body is not valid JSON');
  }
}
