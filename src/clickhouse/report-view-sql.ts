/**
 * Writes the statements that create the report views: `{report_view:campaigns}` in a file of schema/ is replaced by that
 * of report_campaigns, `{report_view:campaigns_in}` by that of report_campaigns_in. What they are is in
 * report-view-definitions.ts; sums and rates come from reports/measures.ts. Pure.
 */
import { levelOf, REPORTS } from '../reports/definitions.ts';
import {
  AMOUNT_NAMES,
  COUNT_NAMES,
  columnOf,
  isMoneyRate,
  MONEY_NAMES,
  RATE_NAMES,
  RATES,
  type Rate,
  type RateName,
  TALLY_NAMES,
} from '../reports/measures.ts';
import {
  isOfMessages,
  MONEY_MAP,
  type ReportView,
  reportViewOf,
  viewColumns,
  viewComment,
} from './report-view-definitions.ts';

/** The statement that creates a view, by its name without `report_`. Throws for an unknown name. */
export function reportViewSql(name: string): string {
  const view = reportViewOf(name);
  if (view === undefined) throw new Error(`the placeholder {report_view:${name}} stands for nothing`);
  const { names, range } = view;
  const columns = viewColumns(view);
  const list = columns.map((one) => `  ${one.name} ${one.type} COMMENT ${quoted(one.comment)}`).join(',\n');
  const computed = new Map<string, string>([
    ['account_id', 'item.account_id AS account_id'],
    ...Object.entries(names?.of ?? {}).map(([of, as]): [string, string] => [
      as,
      `ifNull(named.named_${of}, '') AS ${as}`,
    ]),
    ...RATE_NAMES.map((rate): [string, string] => [rate, `${rateOf(rate, range)} AS ${rate}`]),
    ['revenue', `${moneyMap(REVENUE)} AS revenue`],
    ...AMOUNT_NAMES.map((amount): [string, string] => [amount, `${moneyMap(sumOf(amount))} AS ${amount}`]),
  ]);
  return [
    // ClickHouse takes no list of columns for a view with parameters.
    `CREATE VIEW IF NOT EXISTS trackly.report_${name}${range ? '' : ` (\n${list}\n)`}`,
    `AS SELECT\n  ${columns.map((one) => computed.get(one.name) ?? one.name).join(',\n  ')}`,
    `FROM (\n${items(view)}\n) AS item`,
    ...(names === undefined ? [] : [catalogJoin(names)]),
    `COMMENT ${quoted(viewComment(view))}`,
  ].join('\n');
}

/** Any other value is refused, also where there is no row. */
const RANGE_BY = "CAST({range_by:String}, 'Enum8(''sent'' = 1, ''event'' = 2)')";

/** An item's `moneys` are tuples of a currency and its sums, in the order of MONEY_NAMES. */
const sumOf = (name: (typeof MONEY_NAMES)[number]): string => `money.${MONEY_NAMES.indexOf(name) + 2}`;
const REVENUE = `${sumOf('sales')} - ${sumOf('refunds')}`;
const moneyMap = (value: string): string =>
  `CAST(arrayMap(money -> (money.1, ${value}), moneys), '${MONEY_MAP}')`;

function rateOf(name: RateName, range: boolean): string {
  const { of, per, times = 1 }: Rate = RATES[name];
  const product = `(${REVENUE})${times === 1 ? '' : ` * ${times}`}`;
  const value = isMoneyRate(name)
    ? moneyMap(`if(${per} = 0, toDecimal128(0, 6), ${product} / ${per})`)
    : `if(${per} = 0, 0, ${of} / ${per})`;
  if (!range || !isOfMessages(name)) return value;
  const nothing = isMoneyRate(name) ? `CAST(map(), '${MONEY_MAP}')` : 'NULL';
  return `if(${RANGE_BY} = 'event', ${nothing}, ${value})`;
}

function catalogJoin({ kind, id, of }: NonNullable<ReportView['names']>): string {
  const shown = Object.keys(of).map((name) => `${name} AS named_${name}`);
  return [
    'LEFT ANY JOIN (',
    `  SELECT account_id AS owner, id AS item_id, ${shown.join(', ')} FROM trackly.catalog FINAL WHERE kind = '${kind}'`,
    `) AS named ON named.owner = item.account_id AND named.item_id = item.${id}`,
  ].join('\n');
}

const idsOf = ({ report, period }: ReportView): string[] =>
  REPORTS[report].ids.map((id) => (id === 'hour' ? (period?.name ?? id) : id));

/** One row for each item, with its counts and its money in an array. */
function items(view: ReportView): string {
  const ids = idsOf(view);
  const beside = REPORTS[view.report].beside.map((one) => `max(one_${one}) AS ${one}`);
  const sums = [...COUNT_NAMES, ...TALLY_NAMES].map((one) => `sum(part.${one}) AS ${one}`);
  const money = `(${['currency', ...MONEY_NAMES].map((one) => `part.${one}`).join(', ')})`;
  const some = AMOUNT_NAMES.map((one) => `part.${one} != 0`).join(' OR ');
  return [
    `  SELECT account_id, ${[...ids, ...beside, ...sums].join(', ')},`,
    `    arraySort(groupArrayIf(${money}, ${some})) AS moneys`,
    `  FROM (\n${parts(view)}\n  ) AS part`,
    `  GROUP BY ${['account_id', ...ids].join(', ')}`,
  ].join('\n');
}

/** One row for each item, for its counts and for each currency in which it earned. */
function parts(view: ReportView): string {
  const { range, period } = view;
  const report = REPORTS[view.report];
  const time = range
    ? `if(${RANGE_BY} = 'sent', rollup.sent_quarter_hour, rollup.quarter_hour)`
    : 'rollup.sent_quarter_hour';
  const level = levelOf(report, []);
  const shown = [
    'rollup.account_id AS account_id',
    ...report.ids.map((id) =>
      id === 'hour' ? `${period?.startOf(time)} AS ${period?.name}` : `rollup.${id} AS ${id}`,
    ),
    ...report.beside.map((one) => `max(rollup.${one}) AS one_${one}`),
    'rollup.currency AS currency',
    ...COUNT_NAMES.map((one) => `sum(rollup.${columnOf(one, level)}) AS ${one}`),
    ...MONEY_NAMES.map((one) => `sum(rollup.${one}) AS ${one}`),
  ];
  const last = report.ids.at(-1);
  const conditions = [
    "rollup.money_by != 'conversion'",
    ...(last === 'hour' ? [] : [`rollup.${last} != ''`]),
    ...(range ? rangeConditions(time) : []),
  ];
  return [
    `    SELECT ${shown.join(', ')}`,
    `    FROM trackly.${report.rollup} AS rollup`,
    `    WHERE ${conditions.join('\n      AND ')}`,
    `    GROUP BY ${['account_id', ...idsOf(view), 'rollup.money_by', 'rollup.currency'].join(', ')}`,
  ].join('\n');
}

/** Times as people write them, in tz where they have no offset; the range is widened to whole quarter hours. */
function rangeConditions(time: string): string[] {
  const when = (text: string): string => `parseDateTimeBestEffort(${text}, {tz:String})`;
  const next_day = when('toString(toDate(substring({to:String}, 1, 10)) + 1)');
  return [
    `${time} >= toStartOfFifteenMinutes(${when('{from:String}')})`,
    `${time} < if(length({to:String}) = 10, ${next_day}, ${when('{to:String}')})`,
  ];
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
