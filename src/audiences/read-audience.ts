/**
 * Who is in an audience, read from ClickHouse: the count, a stream of all contacts, and why one contact is or is not
 * included. Always evaluated at the time of the request. Errors: see ask-clickhouse.ts. Safe to repeat.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows, GROUPS_ONCE, streamRows } from '../reports/ask-clickhouse.ts';
import { trimMoney } from '../reports/totals.ts';
import { type AudienceQuestion, countQuery, explainQuery, orderedQuery } from './audience-query.ts';
import { conditionsOf, isTrue } from './conditions.ts';
import type { Condition, Definition } from './definition.ts';

/** Conditions that one statement counts of a contact. */
const CONDITIONS_AT_ONCE = 100;
/** A download of every contact may take as long as its reader needs, up to this. */
const STREAM_SECONDS_MAX = 3_600;

export async function countContacts(client: ClickHouseClient, question: AudienceQuestion): Promise<number> {
  const [row] = await askRows<{ contacts: number }>(client, countQuery(question), GROUPS_ONCE);
  return row?.contacts ?? 0;
}

/** The first `limit` contacts, in order of contact_id. */
export async function firstContacts(
  client: ClickHouseClient,
  question: AudienceQuestion,
  limit: number,
): Promise<string[]> {
  const rows = await askRows<{ contact_id: string }>(client, orderedQuery(question, limit), GROUPS_ONCE);
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
    ...GROUPS_ONCE,
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

/**
 * Which of many definitions the contact fits, in their order. Their conditions are counted together, so that the contact's
 * events are read once, or a few times, and not for each definition.
 */
export async function fitsOf(
  client: ClickHouseClient,
  { account_id, as_of_ms }: Omit<AudienceQuestion, 'definition'>,
  definitions: readonly Definition[],
  contact_id: string,
): Promise<boolean[]> {
  const fits = new Map<Definition, boolean>();
  for (const together of inStatements(definitions)) {
    const question = { account_id, as_of_ms, definition: { any: together } };
    const { known, because } = await explainContact(client, question, contact_id);
    let from = 0;
    for (const one of together) {
      const to = from + conditionsOf(one).length;
      const holds = because.slice(from, to).map((condition) => condition.holds);
      fits.set(one, known && isTrue(one, holds));
      from = to;
    }
  }
  return definitions.map((one) => fits.get(one) === true);
}

/** Those that ask for opt-outs are by themselves: who has only opted out is a contact for them, and for no other. */
function inStatements(definitions: readonly Definition[]): Definition[][] {
  const lists: { of_opt_outs: boolean; conditions: number; together: Definition[] }[] = [];
  for (const one of new Set(definitions)) {
    const own = conditionsOf(one);
    const of_opt_outs = own.some((condition) => condition.kind === 'opt_outs');
    const room = lists.find(
      (list) => list.of_opt_outs === of_opt_outs && list.conditions + own.length <= CONDITIONS_AT_ONCE,
    );
    const list = room ?? { of_opt_outs, conditions: 0, together: [] };
    if (room === undefined) lists.push(list);
    list.conditions += own.length;
    list.together.push(one);
  }
  return lists.map(({ together }) => together);
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
