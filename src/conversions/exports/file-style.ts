/**
 * How a file writes amounts and dates, decided once for the whole file before any line of it counts: by a query
 * parameter, by the network's format, or by values that can be read in only one way. Where nothing decides, or lines
 * contradict each other, the file is refused with a question. Throws ExportError. Pure.
 */
import { type Decimal, decimalOf } from './export-amount.ts';
import type { Columns } from './export-columns.ts';
import { ExportError } from './export-error.ts';
import { type DateOrder, orderOf } from './export-time.ts';

export interface FileStyle {
  decimal: Decimal;
  dates: DateOrder;
}

/** One value and the line that it is on. */
interface Seen {
  line: number;
  text: string;
}

/** Looks at every row of a file; `style` then says what was found. */
export class StyleScan {
  readonly #columns: Columns;
  readonly #given: Partial<FileStyle>;
  readonly #decimals = new Map<Decimal | 'either', Seen>();
  readonly #orders = new Map<DateOrder | 'either', Seen>();

  constructor(columns: Columns, given: { decimal?: Decimal | undefined; dates?: DateOrder | undefined }) {
    this.#columns = columns;
    const dates = given.dates ?? columns.format?.dates;
    this.#given = {
      ...(given.decimal === undefined ? {} : { decimal: given.decimal }),
      ...(dates === undefined ? {} : { dates }),
    };
  }

  /** Whether there is anything left to find out. */
  get needed(): boolean {
    return this.#given.decimal === undefined || this.#given.dates === undefined;
  }

  look(line: number, values: readonly string[]): void {
    const { revenue, ts } = this.#columns.at;
    const amount = revenue === undefined ? '' : (values[revenue] ?? '');
    const time = ts === undefined ? '' : (values[ts] ?? '');
    const decimal = decimalOf(amount);
    if (decimal !== undefined && !this.#decimals.has(decimal))
      this.#decimals.set(decimal, { line, text: amount });
    const order = orderOf(time);
    if (order !== undefined && !this.#orders.has(order)) this.#orders.set(order, { line, text: time });
  }

  get style(): FileStyle {
    return {
      decimal: this.#given.decimal ?? this.#decimal(),
      dates: this.#given.dates ?? this.#order(),
    };
  }

  #decimal(): Decimal {
    const [point, comma] = [this.#decimals.get('point'), this.#decimals.get('comma')];
    if (point !== undefined && comma !== undefined) {
      throw new ExportError(
        `${quoted(point)} and ${quoted(comma)} can not both be amounts of one file: add decimal=point or decimal=comma to the address`,
      );
    }
    if (comma !== undefined) return 'comma';
    const either = this.#decimals.get('either');
    if (either === undefined || point !== undefined) return 'point';
    throw new ExportError(
      `${quoted(either)} can be read in two ways: is the comma a decimal comma? Add decimal=point (1,049 is a thousand and 49) or decimal=comma (1,049 is one and a bit) to the address`,
    );
  }

  #order(): DateOrder {
    const [mdy, dmy] = [this.#orders.get('mdy'), this.#orders.get('dmy')];
    if (mdy !== undefined && dmy !== undefined) {
      throw new ExportError(
        `${quoted(mdy)} and ${quoted(dmy)} can not both be dates of one file: write dates as 2026-11-28`,
      );
    }
    const either = this.#orders.get('either');
    if (mdy === undefined && dmy === undefined && either !== undefined) {
      throw new ExportError(
        `${quoted(either)} can be read in two ways: does the day or the month come first? Add dates=dmy or dates=mdy to the address`,
      );
    }
    return dmy === undefined ? 'mdy' : 'dmy';
  }
}

const quoted = ({ line, text }: Seen): string => `line ${line}: "${text.slice(0, 40)}"`;
