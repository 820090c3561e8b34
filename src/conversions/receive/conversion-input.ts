/**
 * Parses a conversion from a query, a form, JSON or a CSV: the allowed properties, and how each is read. An empty
 * value counts as absent, because networks send empty macros; so does a macro that was not filled in, in an id or a
 * time, and is named as a problem. Pure.
 */
import { storedText } from '../../platform/text.ts';
import { type Event, isReversal, isSale, isVoid } from '../conversion.ts';
import { ConversionError } from './conversion-error.ts';
import {
  type ReadTime,
  readAmount,
  readCurrency,
  readEvent,
  readText,
  readTime,
  type Unreadable,
} from './read-values.ts';
import { isUnfilled } from './unfilled-macro.ts';

const ID_LENGTH_MAX = 128;
/** Of a macro that is named as a problem. */
const MACRO_LENGTH_MAX = 128;
/** Of txn_id and refund_id. */
const TXN_ID_LENGTH_MAX = 200;

/** The allowed properties. The caller ignores or refuses any other. */
export const PARAMETERS = [
  'click_id',
  'link_id',
  'offer_id',
  'message_id',
  'code',
  'contact_id',
  'event',
  'revenue',
  'currency',
  'txn_id',
  'refund_id',
  'network',
  'ts',
  'secret',
  'postback_secret',
] as const;
export type Parameter = (typeof PARAMETERS)[number];
/** `ignored`: names that were sent and are not ours; never values, which may be secret. */
export type Parameters = Partial<Record<Parameter, string>> & { ignored?: readonly string[] };
/** Other names, in lower case, under which somebody sends our parameters. */
export type OtherNames = ReadonlyMap<string, Parameter>;

/** Read elsewhere: see signature.ts. */
const SIGNING = new Set(['signature', 'signed_at']);
const IGNORED_MAX = 20;
const IGNORED_LENGTH_MAX = 40;
/** What others call the amount of a conversion. */
const AMOUNT_NAMES =
  /^(amount|payout|price|sum|total|value|revenues?|sale_?amount|sale_?value|order_?(total|value)|commission)$/i;

/**
 * The parameters among `pairs` of names and values. Upper and lower case are the same name, a value that is sent twice
 * is one, and an empty value is none. What comes under one of the `others` counts where our own name brings nothing.
 * Throws ConversionError where a parameter has two values.
 */
export function parametersOfPairs(
  pairs: Iterable<readonly [string, string]>,
  others: OtherNames = NO_OTHERS,
): Parameters {
  const given: Partial<Record<Parameter, string>> = {};
  const renamed: Partial<Record<Parameter, string>> = {};
  const ignored = new Set<string>();
  for (const [name, value] of pairs) {
    const own = parameterOf(name);
    const meant = own ?? others.get(name.trim().toLowerCase());
    if (meant === undefined) {
      if (!SIGNING.has(name) && ignored.size < IGNORED_MAX) ignored.add(name.slice(0, IGNORED_LENGTH_MAX));
    } else if (value.trim() !== '') put(own === undefined ? renamed : given, meant, value);
  }
  return { ...renamed, ...given, ...(ignored.size === 0 ? {} : { ignored: [...ignored] }) };
}

const NO_OTHERS: OtherNames = new Map();

function put(into: Partial<Record<Parameter, string>>, name: Parameter, value: string): void {
  if (into[name] !== undefined && into[name].trim() !== value.trim())
    throw invalid(`${name} is given twice, with different values: send it once`);
  into[name] ??= value;
}

const PARAMETER_NAMES: ReadonlySet<string> = new Set(PARAMETERS);

function parameterOf(name: string): Parameter | undefined {
  const lower = name.trim().toLowerCase();
  return PARAMETER_NAMES.has(lower) ? (lower as Parameter) : undefined;
}

/**
 * Reads a JSON object, parsed with its numbers as texts (platform/json-digits.ts), or a CSV line. Throws
 * ConversionError `invalid_json` for anything else, and `invalid_conversion` where a property holds something else.
 */
export function parametersOfObject(json: unknown, others: OtherNames = NO_OTHERS): Parameters {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ConversionError('invalid_json', 'a conversion is a JSON object such as {"click_id": "…"}');
  }
  return parametersOfPairs(
    Object.entries(json).map(([name, value]): [string, string] => {
      if (typeof value === 'string') return [name, value];
      const own = parameterOf(name) ?? others.get(name.trim().toLowerCase());
      if (own !== undefined && value !== undefined && value !== null) {
        throw invalid(`${own} is a text or a number`);
      }
      return [name, ''];
    }),
    others,
  );
}

/** What was reported, checked. Ids and `txn_id` are '' where none was given. */
export interface Reported extends ReadTime {
  click_id: string;
  link_id: string;
  offer_id: string;
  message_id: string;
  code: string;
  contact_id: string;
  event: Event;
  /** Decimal string, not negative; '' where none was given, or where it can't be read. */
  amount: string;
  /** Whether an amount was given that can't be read. */
  amount_unreadable: boolean;
  /** '' where none was given. */
  currency: string;
  txn_id: string;
  /** '' unless it is a refund or chargeback. */
  refund_id: string;
  /**
   * What is wrong with the report: `txn_id={transaction_id}`, a macro that was not filled in, `amount is ignored:
   * revenue is missing`, or what can't be read; several are separated by '; '. '' where nothing is.
   */
  problem: string;
  /** Parameters that can't be read; always none where readReported was to throw. */
  unreadable: readonly Parameter[];
}

const IDS = ['click_id', 'link_id', 'offer_id', 'message_id', 'code', 'contact_id'] as const;
type Ids = Pick<Reported, (typeof IDS)[number]>;

/**
 * Throws ConversionError `invalid_conversion` with what to do, for callers who can mend it at once; with `keep` it
 * names in `unreadable` and `problem` what can't be read. An amount that can't be read is left to checkAmount.
 */
export function readReported(given: Parameters, now_ms: number, keep = false): Reported {
  const bad = new Map<Parameter, string>();
  const unreadable =
    (name: Parameter): Unreadable =>
    (what) => {
      if (!keep) throw invalid(`${name} ${what}`);
      bad.set(name, what);
    };
  const valueIn = (name: Parameter): string => given[name]?.trim() ?? '';
  const read = (name: Parameter, length_max: number): string =>
    readText(valueIn(name), length_max, unreadable(name));
  const event = readEvent(valueIn('event'), unreadable('event'));
  const amount = isVoid(event) ? '' : readAmount(valueIn('revenue'), event, unreadable('revenue'));
  const misnamed = misnamedAmount(given, event);
  const ids = Object.fromEntries(IDS.map((name) => [name, read(name, ID_LENGTH_MAX)])) as Ids;
  const txn_id = read('txn_id', TXN_ID_LENGTH_MAX);
  const refund_id = isReversal(event) ? read('refund_id', TXN_ID_LENGTH_MAX) : '';
  const currency = readCurrency(valueIn('currency'), unreadable('currency'));
  const time = readTime(valueIn('ts'), now_ms, unreadable('ts'));
  const macros = unfilledOf({ ...ids, txn_id, refund_id, ts: valueIn('ts') });
  const problems = [
    ...macros.map(([name, value]) => `${name}=${storedText(value, MACRO_LENGTH_MAX)}`),
    ...[...bad].map(([name, what]) => problemOf(name, valueIn(name), what)),
    ...ignoredOf(misnamed, valueIn('refund_id'), event),
  ];
  return {
    ...ids,
    txn_id,
    refund_id,
    ...Object.fromEntries(macros.map(([name]) => [name, ''])),
    ...time,
    event,
    amount: amount ?? '',
    // A refund without an amount takes back all: one under another name must not.
    amount_unreadable: amount === undefined || (misnamed !== undefined && isReversal(event)),
    currency,
    problem: problems.join('; '),
    unreadable: [...bad.keys()],
  };
}

/** Macros that were not filled in, by their parameters; they count as none. */
function unfilledOf(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).filter(([, value]) => isUnfilled(value));
}

/** Values differ from report to report: only a macro is named with its value. */
const problemOf = (name: Parameter, value: string, what: string): string =>
  isUnfilled(value) ? `${name}=${storedText(value, MACRO_LENGTH_MAX)}` : `${name} ${what}`;

/** Name of the parameter that seems to hold the amount of a sale or refund. */
function misnamedAmount({ ignored = [], revenue }: Parameters, event: Event): string | undefined {
  if (revenue !== undefined || (!isSale(event) && !isReversal(event))) return undefined;
  return ignored.find((name) => AMOUNT_NAMES.test(name));
}

/** What was given for money, and is not read. */
function ignoredOf(misnamed: string | undefined, refund_id: string, event: Event): string[] {
  const refund = refund_id !== '' && !isReversal(event) && !isUnfilled(refund_id);
  return [
    ...(misnamed === undefined ? [] : [`${misnamed} is ignored: revenue is missing`]),
    ...(refund ? [`refund_id is ignored: event is ${event}`] : []),
  ];
}

/** For callers who can mend it at once. Throws ConversionError where the amount can't be read. */
export function checkAmount({ amount_unreadable }: Reported): void {
  if (!amount_unreadable) return;
  throw invalid('revenue is a number such as 49.90: no sign of a currency, no comma');
}

const invalid = (message: string): ConversionError => new ConversionError('invalid_conversion', message);
