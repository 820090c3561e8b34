/**
 * Who is in an audience, read from ClickHouse: the count, a stream of all contacts, and why one contact is or is not
 * included. Always evaluated at the time of the request. Errors: see ask-clickhouse.ts. Safe to repeat.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows, streamRows } from '../reports/ask-clickhouse.ts';
import { trimMoney } from '../reports/totals.ts';
import { type AudienceQuestion, countQuery, explainQuery, orderedQuery } from './audience-query.ts';
import { conditionsOf } from './conditions.ts';
import type { Condition } from './definition.ts';

/** A download of every contact may take as long as its reader needs, up to this. */
const STREAM_SECONDS_MAX = 3_600;

export async function countContacts(client: ClickHouseClient, question: AudienceQuestion): Promise<number> {
  const [row] = await askRows<{ contacts: number }>(client, countQuery(question));
  return row?.contacts ?? 0;
}

/** The first `limit` contacts, in order of contact_id. */
export async function firstContacts(
  client: ClickHouseClient,
  question: AudienceQuestion,
  limit: number,
): Promise<string[]> {
  const rows = await askRows<{ contact_id: string }>(client, orderedQuery(question, limit));
  return rows.map(({ contact_id }) => contact_id);
}

/**
 * All contacts, in order of contact_id, in groups as they arrive; flat memory here whatever their number.
 * Resolves once the first group is there, so that an error comes before the answer begins.
 */
export async function streamContacts(
  client: ClickHouseClient,
  question: AudienceQuestion,
): Promise<AsyncIterable<{ contact_id: string }[]>> {
  const groups = streamRows<{ contact_id: string }>(client, orderedQuery(question), {
    max_execution_time: STREAM_SECONDS_MAX,
  });
  const first = [await groups.next()];
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => first.pop() ?? groups.next(),
      return: () => groups.return(undefined),
    }),
  };
}

/** A condition, and what was counted of the contact for it. */
export interface Because {
  path: string;
  condition: Condition;
  observed: { count: number; revenue?: { amount: string; currency: string } };
  holds: boolean;
}

export interface Explanation {
  in_audience: boolean;
  /** Whether the contact was sent a message or has a human click or a conversion. */
  known: boolean;
  because: Because[];
}

/** What explainQuery reads: of each condition count_, revenue_ and holds_ with its place. */
interface ExplanationRow {
  [of_condition: string]: number | string | undefined;
  contact_id: string;
  in_audience?: number;
  known?: number;
}

export async function explainContact(
  client: ClickHouseClient,
  question: AudienceQuestion,
  contact_id: string,
): Promise<Explanation> {
  const explained = await explainContacts(client, question, [contact_id]);
  return explained.get(contact_id) ?? explanationOf(question, { contact_id });
}

/** Of each contact, at most some hundreds, by its id. */
export async function explainContacts(
  client: ClickHouseClient,
  question: AudienceQuestion,
  contact_ids: readonly string[],
): Promise<Map<string, Explanation>> {
  const rows = await askRows<ExplanationRow>(client, explainQuery(question, contact_ids));
  return new Map(rows.map((row) => [row.contact_id, explanationOf(question, row)]));
}

function explanationOf({ definition }: AudienceQuestion, row: ExplanationRow): Explanation {
  return {
    in_audience: Boolean(row.in_audience),
    known: Boolean(row.known),
    because: conditionsOf(definition).map(({ path, condition }, i) => ({
      path,
      condition,
      observed: {
        count: Number(row[`count_${i}`]),
        ...(condition.revenue === undefined
          ? {}
          : {
              revenue: {
                amount: trimMoney(String(row[`revenue_${i}`])),
                currency: condition.revenue.currency,
              },
            }),
      },
      holds: Boolean(row[`holds_${i}`]),
    })),
  };
}
