/** Every route that may change something is in the audit log, or says why it is not. */
import { beforeAll, expect, it } from 'vitest';
import { ACTIONS } from '../../../../src/access/audit/actions.ts';
import { readDocument } from '../../../../src/api/http/generate-client.ts';

/** A route is added here only with a reason that holds for an auditor: what it writes is data, or it writes nothing. */
const NOT_AUDITED = {
  'POST /v2/audiences/count': 'it only reads',
  'POST /v2/audiences/preview': 'it only reads',
  'POST /v2/campaigns/{id}/choose': 'a choice changes nothing but itself',
  'POST /v2/domains/{domain}/verify': 'the same check runs by itself',
  'POST /v2/links/preview': 'it only reads',
  'POST /v2/links/shorten': 'each link is a record of its own',
  'POST /v2/offers/{id}/attribution/preview': 'it only reads',
  'POST /v2/offers/{id}/postbacks/{network}/test': 'a test books nothing',
  'POST /v2/messages': 'each message is a row of the sends',
  'POST /v2/messages/events': 'each event is a row of the message events',
  'POST /v2/webhooks/preview': 'it sends and stores nothing',
  'POST /v2/webhooks/{webhook_id}/test': 'a test changes nothing',
  'PUT /v2/optouts/{contact_id}': 'each opt-out is a record of its own',
  'POST /v2/receipts/{provider}/{key}': 'each receipt is a row of the message events',
};

interface Operation {
  'x-audit'?: string;
  'x-not-audited'?: string;
}

const routes = new Map<string, Operation>();

beforeAll(async () => {
  const { paths } = (await readDocument()) as unknown as { paths: Record<string, Record<string, Operation>> };
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (method !== 'get') routes.set(`${method.toUpperCase()} ${path}`, operation);
    }
  }
});

it('names an action of the audit log, or why it has none', () => {
  expect(routes.size).toBeGreaterThan(20);
  const silent = [...routes].filter(
    ([, operation]) => (operation['x-audit'] === undefined) === (operation['x-not-audited'] === undefined),
  );
  expect(silent.map(([route]) => route)).toEqual([]);
});

it('is left out only where the list above says so', () => {
  const reasons = [...routes].flatMap(([route, operation]) =>
    operation['x-not-audited'] === undefined ? [] : [[route, operation['x-not-audited']] as const],
  );
  expect(Object.fromEntries(reasons)).toEqual(NOT_AUDITED);
});

it('has an action that the table explains', () => {
  for (const [, operation] of routes) {
    const action = operation['x-audit'];
    if (action !== undefined) expect(Object.keys(ACTIONS)).toContain(action);
  }
});
