/**
 * `POST /v2/messages`: up to MESSAGES_MAX as JSON, or NDJSON of any length, answered in order while the request is
 * still being sent. An invalid message gets its own error and does not affect the others.
 */
import { z } from 'zod';
import { chooseVariants } from '../../messages/choices.ts';
import {
  type CreatedMessage,
  createMessages,
  type MessageContext,
  wholeError,
} from '../../messages/create-messages.ts';
import { ID_LENGTH_MAX, MessageError, type MessageInput, parseMessage } from '../../messages/message.ts';
import { optedOutAmong } from '../../optouts/opt-out-store.ts';
import { messages as messagesAnswer } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { takeRows } from '../http/take-rows.ts';
import { isStrict, strictQuery, WarningBudget } from '../http/warnings.ts';

const MESSAGES_MAX = 10_000;
/** Messages per call to Redis. */
const GROUP_MESSAGES_MAX = 250;

/** For the OpenAPI document; messages/message.ts checks each message. */
const documentedBody = z.toJSONSchema(
  z
    .object({
      messages: z
        .array(
          z.object({
            contact_id: z.string().max(128),
            creative_id: z
              .string()
              .optional()
              .describe('Needed without a campaign_id; else left out, the campaign chooses by its selection'),
            campaign_id: z.string().optional(),
            variant_id: z.string().optional(),
            variant_probability: z
              .number()
              .optional()
              .describe('As POST /v2/campaigns/:id/choose answered it for this contact'),
            domain: z
              .string()
              .optional()
              .describe(
                'A tracking domain of the account for its links; else the creative’s, the campaign’s or the account’s',
              ),
            message_id: z
              .string()
              .max(128)
              .optional()
              .describe('Generated if omitted. Repeat a request with the same value to retry safely'),
            fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
            sent_at: z.iso.datetime().optional(),
            expires_at: z.iso.datetime().optional(),
            test: z
              .boolean()
              .optional()
              .describe('A test: its links work like any other, and nothing of it counts in any report'),
          }),
        )
        .max(MESSAGES_MAX),
    })
    .meta({
      examples: [
        {
          messages: [
            {
              contact_id: 'c-1',
              creative_id: 'cre_7hBn3Vc5Qs1DkR',
              campaign_id: 'cam_9pYt2Gd6Jf4WxN',
              variant_id: 'A',
              fields: { first_name: 'Ann' },
            },
          ],
        },
      ],
    }),
);

type Answer =
  | Omit<CreatedMessage, 'warnings' | 'variant'>
  | { index: number; error: string; message: string };

/** One call. */
interface Call {
  messages: MessageContext;
  warnings: WarningBudget;
}

export function messageRoutes(app: Api, context: ApiContext): void {
  // The body is the raw stream: only the lines being processed are in memory.
  app.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));

  app.post(
    '/v2/messages',
    {
      config: {
        scope: 'send',
        limit: 'send',
        stores: true,
        tests: true,
        documented_body: documentedBody,
        documented_answers: { 201: messagesAnswer },
        unaudited: 'each message is a row of the sends',
      },
      schema: {
        tags: ['messages'],
        summary: 'Create messages and their links',
        description:
          'JSON `{"messages": […]}`, or `application/x-ndjson` with one message a line, answered line by line in order. Every answer has the `index` of its message, from 0, and its `message_id`. Repeating a `message_id` returns the same links and counts one send.',
        querystring: strictQuery,
        consumes: ['application/json', 'application/x-ndjson'],
      },
    },
    async (request, reply) => {
      const { account, caller } = request;
      const messages: MessageContext = {
        redis: context.redis,
        account,
        default_domain: context.default_domain,
        link_keep_s: context.link_keep_s,
        log_bytes_max: context.log_bytes_max,
        strict: isStrict(request),
        optedOut: (contact_ids) => optedOutAmong(context, account.account_id, contact_ids),
        async choose(campaign, contact_ids, keep) {
          const { shares } = await context.allocations.of(campaign);
          return chooseVariants(context, campaign, shares, contact_ids, keep);
        },
      };
      const { tests_only = false } = caller;
      const call = { messages, warnings: new WarningBudget() };
      return takeRows(request, reply, {
        row: 'message',
        rows_max: MESSAGES_MAX,
        group_rows_max: GROUP_MESSAGES_MAX,
        read: (input) => tryParse(input, tests_only),
        unreadable: ({ code, message }) => new MessageError(code, message),
        work: (group, first_index) => createGroup(call, group, first_index),
        status: 201,
      });
    },
  );
}

async function createGroup(
  { messages, warnings }: Call,
  inputs: (MessageInput | MessageError)[],
  first_index: number,
): Promise<Answer[]> {
  const answers = await createMessages(messages, inputs).catch((error: unknown) =>
    inputs.map((input) => (input instanceof MessageError ? input : wholeError(error))),
  );
  return answers.map((answer, i) => {
    const index = first_index + i;
    if (answer instanceof MessageError) {
      const id = idOf(inputs[i]);
      return {
        index,
        ...(id !== undefined && { message_id: id }),
        error: answer.code,
        message: answer.message,
        ...warnings.take(answer.warnings),
      };
    }
    const { message_id, text, links, is_test, variant } = answer;
    const made = { index, message_id, text, links, ...(is_test && { is_test }) };
    return { ...made, ...variant, ...warnings.take(answer.warnings) };
  });
}

/** The id that the sender gave, where it could be read. */
function idOf(input: MessageInput | MessageError | undefined): string | undefined {
  if (input instanceof MessageError) return input.message_id;
  return input?.id_given ? input.message_id : undefined;
}

function tryParse(input: unknown, tests_only: boolean): MessageInput | MessageError {
  try {
    return parseMessage(input, Date.now(), tests_only);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    const { message_id } = (input ?? {}) as { message_id?: unknown };
    if (typeof message_id === 'string' && message_id !== '')
      error.message_id = message_id.slice(0, ID_LENGTH_MAX);
    return error;
  }
}
