/**
 * Many rows in one request: `{"<row>s": […]}` as JSON, or NDJSON of any length, answered in order while the request is still
 * being sent. Each row has its own answer or its own error, and affects no other.
 */
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError } from './errors.ts';
import { answerLines, BadLine } from './ndjson.ts';

/** How rows are read and answered. */
export interface RowWork<Row> {
  /** What a row is, such as `message`. */
  row: string;
  /** Rows that `work` gets at once. */
  group_rows_max: number;
  /** Reads a row, of which nothing is known but that it is JSON. */
  read(input: unknown): Row;
  /** In place of a row that can't be read. */
  unreadable(problem: BadLine): Row;
  /** One answer for each row, in order; `first_index` is the number of the first, from 0. */
  work(group: Row[], first_index: number): Promise<object[]>;
  /** In place of JSON.parse, for a line. */
  parse?(line: string): unknown;
}

/** The list in the body and in the answer is named after the row: `messages`. */
export interface RowIntake<Row> extends RowWork<Row> {
  /** Rows of a JSON body. */
  rows_max: number;
  /** Where at least one row was taken; else 400. */
  status: 200 | 201;
}

/** Sends the answer. Throws invalid_request where a JSON body is no such list. */
export async function takeRows<Row>(
  request: FastifyRequest,
  reply: FastifyReply,
  intake: RowIntake<Row>,
): Promise<FastifyReply> {
  const { row, rows_max } = intake;
  const list = `${row}s`;
  if (isNdjson(request))
    return reply.type('application/x-ndjson').send(answerStream(intake, request.body as Readable));
  const body = z.strictObject({ [list]: z.array(z.unknown()).min(1).max(rows_max) });
  const rows = body.safeParse(request.body).data?.[list];
  if (rows === undefined) {
    throw new ApiError('invalid_request', `send {"${list}": [1 to ${rows_max} ${list}]}, or NDJSON for more`);
  }
  const { taken, errors } = await answerList(intake, rows);
  return reply.code(taken.length > 0 ? intake.status : 400).send({ [list]: taken, errors });
}

export const isNdjson = ({ headers }: FastifyRequest): boolean =>
  /^application\/x-ndjson\b/i.test(headers['content-type'] ?? '');

/** An answer for each line, while they arrive. */
export const answerStream = <Row>(intake: RowWork<Row>, input: Readable): Readable =>
  answerLines(input, intake.group_rows_max, (group, first_index) =>
    intake.work(
      group.map((line) => readLine(intake, line)),
      first_index,
    ),
  );

/** The answers to a list: of rows that were taken, and of those that were not. */
export async function answerList<Row>(
  { group_rows_max, read, work }: RowWork<Row>,
  rows: readonly unknown[],
): Promise<{ taken: object[]; errors: object[] }> {
  const answers: object[] = [];
  for (let from = 0; from < rows.length; from += group_rows_max) {
    const group = rows.slice(from, from + group_rows_max).map((row) => read(row));
    answers.push(...(await work(group, from)));
  }
  return {
    taken: answers.filter((answer) => !('error' in answer)),
    errors: answers.filter((answer) => 'error' in answer),
  };
}

function readLine<Row>(
  { row, read, unreadable, parse = JSON.parse }: RowWork<Row>,
  line: string | BadLine,
): Row {
  if (line instanceof BadLine) return unreadable(line);
  let json: unknown;
  try {
    json = parse(line);
  } catch {
    return unreadable(new BadLine('invalid_json', `this line is not valid JSON: write one ${row} a line`));
  }
  return read(json);
}
