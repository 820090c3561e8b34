/**
 * Reads amounts as spreadsheets and networks write them: `1,049.90`, `1.049,90`, `$49.90`, `(10.00)`, `10.00-`,
 * `49.90 USD`. Which separator begins the decimals is decided once for a whole file, by a value that can be read in
 * only one way, because `1,049` alone can be read in two. Pure.
 */
import { formatDecimal, roundDecimal } from '../../platform/decimal.ts';

export type Decimal = 'point' | 'comma';

export interface ExportAmount {
  /** Decimal string, not negative. */
  amount: string;
  negative: boolean;
  /** Named by a code or by a sign that only one currency has; '' otherwise. */
  currency: string;
}

/** Signs of one currency. `$` and `¥` are of several: the column of the currency, or the offer, says which. */
const SIGNS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₽': 'RUB',
  '₺': 'TRY',
  '₴': 'UAH',
  '₫': 'VND',
  '₩': 'KRW',
  '₪': 'ILS',
  US$: 'USD',
  A$: 'AUD',
  AU$: 'AUD',
  C$: 'CAD',
  CA$: 'CAD',
  NZ$: 'NZD',
  HK$: 'HKD',
  S$: 'SGD',
  R$: 'BRL',
  $: '',
  '¥': '',
};
/** Of a cell; the expressions take long on more. */
const AMOUNT_LENGTH_MAX = 64;
/** Currencies without decimals: a separator in their amounts groups digits. */
const WHOLE: readonly string[] = ['VND', 'KRW', 'JPY', 'IDR', 'CLP', 'PYG'];
const SPACES = /[\s\u00a0\u2007\u202f]+/g;
const MARK = /^([A-Za-z]{3}|[A-Z]{0,2}\$|[€£₹₽₺₴₫₩₪¥])?([+-]?[\d.,'’eE+-]+)([A-Za-z]{3}|\$|[€£₹₽₺₴₫₩₪¥])?$/;
const NUMBER: Readonly<Record<Decimal, RegExp>> = {
  point: /^[+-]?(?:\d{1,3}(?:[,'’]\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$/,
  comma: /^[+-]?(?:\d{1,3}(?:[.'’]\d{3})+|\d+)?(?:,\d*)?$/,
};

interface Parts {
  number: string;
  negative: boolean;
  marks: string[];
}

/** The number of a text without its signs of currency; undefined where there is no number. */
function partsOf(text: string): Parts | undefined {
  if (text.length > AMOUNT_LENGTH_MAX) return undefined;
  let rest = text.replace(SPACES, '').replaceAll('\u2212', '-');
  let negative = false;
  const enclosed = /^(.*)\((.+)\)(.*)$/.exec(rest);
  if (enclosed !== null) {
    negative = true;
    rest = `${enclosed[1]}${enclosed[2]}${enclosed[3]}`;
  } else if (/^-\D/.test(rest) && !/^-[.,]\d/.test(rest)) {
    negative = true;
    rest = rest.slice(1);
  } else if (rest.endsWith('-')) {
    negative = true;
    rest = rest.slice(0, -1);
  }
  const [, before = '', number, after = ''] = MARK.exec(rest) ?? [];
  if (number === undefined) return undefined;
  // Two signs cancel each other nowhere: it is not known what is meant.
  if (negative && number.startsWith('-')) return undefined;
  return {
    number: number.replace(/^[+-]/, ''),
    negative: negative || number.startsWith('-'),
    marks: [before, after].filter((mark) => mark !== ''),
  };
}

/** Undefined where the text is no amount, or groups its digits otherwise than `decimal` has it. */
export function readExportAmount(text: string, decimal: Decimal): ExportAmount | undefined {
  const parts = partsOf(text);
  if (parts === undefined || !NUMBER[decimal].test(parts.number)) return undefined;
  const currencies = parts.marks.map((mark) => SIGNS[mark] ?? mark.toUpperCase()).filter((one) => one !== '');
  if (new Set(currencies).size > 1) return undefined;
  const plain =
    decimal === 'point'
      ? parts.number.replace(/[,'’]/g, '')
      : parts.number.replace(/[.'’]/g, '').replace(',', '.');
  const micros = roundDecimal(plain);
  if (micros === undefined) return undefined;
  return {
    amount: formatDecimal(micros),
    negative: parts.negative && micros !== 0n,
    currency: currencies[0] ?? '',
  };
}

/** What a value says about the separator of its file. `either`: it could be read in two ways. */
export function decimalOf(text: string): Decimal | 'either' | undefined {
  const { number, marks = [] } = partsOf(text) ?? {};
  if (number === undefined || !/[.,]/.test(number)) return undefined;
  const whole = marks.some((mark) => WHOLE.includes(SIGNS[mark] || mark.toUpperCase()));
  if (whole && /^\d{1,3}(?:[.,]\d{3})+$/.test(number)) return number.includes('.') ? 'comma' : 'point';
  const [point, comma] = [NUMBER.point.test(number), NUMBER.comma.test(number)];
  if (point !== comma) return point ? 'point' : 'comma';
  // `1.049` is what programs write for one and a bit: only a comma leaves a doubt.
  return point && number.includes(',') ? 'either' : undefined;
}
