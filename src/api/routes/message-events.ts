/**
 * `POST /v2/messages/events`: what became of messages, up to EVENTS_MAX as JSON, or NDJSON of any length, answered in order
 * while the request is still being sent. An invalid event gets its own error and does not affect the others. With Redis
 * down every event is answered `unavailable`; sending it again is safe.
 */
import { z } from 'zod';
import type { Warning } from '../../catalog/warnings.ts';
import { EVENT_STATES } from '../../messages/delivery-state.ts';
import type { MessageEvent } from '../../messages/event-fields.ts';
import { CODE_LENGTH_MAX, EventError, logEvents, parseEvent } from '../../messages/receive-events.ts';
import { messageEvents as eventsAnswer } from '../http/answers.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { takeRows } from '../http/take-rows.ts';
import { isStrict, strictQuery, WarningBudget } from '../http/warnings.ts';

const EVENTS_MAX = 10_000;
/** Events per call to Redis; an entry of the log has at most 512 rows. */
const GROUP_EVENTS_MAX = 500;

/** For the OpenAPI document; messages/receive-events.ts checks each event. */
const documentedBody = z.toJSONSchema(
  z
    .object({
      events: z
        .array(
          z.object({
            message_id: z.string().max(128).describe('It need not be known yet'),
            state: z.enum(EVENT_STATES),
            at: z.iso.datetime().describe('When it happened'),
            code: z.string().max(CODE_LENGTH_MAX).optional().describe('The provider’s code'),
          }),
        )
        .max(EVENTS_MAX),
    })
    .meta({
      examples: [{ events: [{ message_id: 'order-17', state: 'delivered', at: '2026-11-29T09:30:00Z' }] }],
    }),
);

type Answer = { index: number; message_id?: string } | { index: number; error: string; message: string };

/** One call. */
interface Call {
  account_id: string;
  strict: boolean;
  warnings: WarningBudget;
}

/** An event that was read, or why it was not. */
interface Read {
  event?: MessageEvent;
  error?: EventError;
  warning?: Warning | undefined;
}

export function messageEventRoutes(app: Api, context: ApiContext): void {
  app.post(
    '/v2/messages/events',
    {
      config: {
        scope: 'send',
        limit: 'send',
        stores: true,
        documented_body: documentedBody,
        documented_answers: { 200: eventsAnswer },
        unaudited: 'each event is a row of the message events',
      },
      schema: {
        tags: ['messages'],
        summary: 'Report what became of messages',
        description:
          'JSON `{"events": […]}`, or `application/x-ndjson` with one event a line, answered line by line in order. Events may come in any order, more than once, and before their message is created: what became of a message is computed from all of its events, and a repeated one changes nothing.',
        querystring: strictQuery,
        consumes: ['application/json', 'application/x-ndjson'],
      },
    },
    async (request, reply) => {
      const call = {
        account_id: request.account.account_id,
        strict: isStrict(request),
        warnings: new WarningBudget(),
      };
      return takeRows(request, reply, {
        row: 'event',
        rows_max: EVENTS_MAX,
        group_rows_max: GROUP_EVENTS_MAX,
        read: (input) => readEvent(call, input),
        unreadable: ({ code, message }): Read => ({ error: new EventError(code, message) }),
        work: (group, first_index) => receiveGroup(context, call, group, first_index),
        status: 200,
      });
    },
  );
}

async function receiveGroup(
  { redis, log_bytes_max }: ApiContext,
  { warnings }: Call,
  group: readonly Read[],
  first_index: number,
): Promise<Answer[]> {
  const events = group.flatMap(({ event }) => (event === undefined ? [] : [event]));
  const failed = await logEvents(redis, events, log_bytes_max).then(
    () => undefined,
    (error: EventError) => error,
  );
  return group.map(({ event, error = failed, warning }, i) => {
    const index = first_index + i;
    const warned = warnings.take(warning && [warning]);
    const message_id = event === undefined ? {} : { message_id: event.message_id };
    if (error === undefined) return { index, ...message_id, ...warned };
    return { index, ...message_id, error: error.code, message: error.message, ...warned };
  });
}

function readEvent({ account_id, strict }: Call, input: unknown): Read {
  try {
    const { event, warning } = parseEvent(input, account_id, Date.now());
    if (strict && warning !== undefined) return { error: new EventError('warned', warning.message), warning };
    return { event, warning };
  } catch (error) {
    if (error instanceof EventError) return { error };
    throw error;
  }
}
