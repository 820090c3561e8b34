/** The tools of `trackly mcp --write`: they add, they change and remove nothing, and what they add is no send that counts. */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { Trackly } from '../client/client.ts';
import { answered } from './mcp-answers.ts';

const ADDS = { readOnlyHint: false, destructiveHint: false, openWorldHint: false } as const;

/** Registers them on `server`. */
export function addWritingTools(server: McpServer, trackly: Trackly): void {
  server.registerTool(
    'shorten_link',
    {
      title: 'Make a short link',
      description:
        'One link outside a message, to an address or an offer. Its clicks are in the report of links.',
      inputSchema: {
        url: z.string().max(2_000).optional().describe('Either this, an http(s) address,'),
        offer_id: z.string().max(100).optional().describe('or this'),
      },
      annotations: ADDS,
    },
    (body) => answered(() => trackly.post('/v2/links/shorten', { body: defined(body) })),
  );

  server.registerTool(
    'create_test_message',
    {
      title: 'Render a test message',
      description:
        'The text of a creative with its links, as a contact would get it. It is a test: nothing is delivered, and it counts in no report.',
      inputSchema: {
        creative_id: z.string().max(100),
        contact_id: z.string().max(128).default('test'),
        campaign_id: z.string().max(100).optional(),
        fields: z.record(z.string().max(60), z.string().max(500)).optional(),
      },
      annotations: ADDS,
    },
    ({ creative_id, contact_id, campaign_id, fields }) =>
      answered(() => {
        const message = { creative_id, contact_id, test: true, ...defined({ campaign_id, fields }) };
        return trackly.post('/v2/messages', { body: { messages: [message] } });
      }),
  );
}

/** Without what was not given. */
const defined = <T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
