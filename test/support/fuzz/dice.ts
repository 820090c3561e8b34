/** Random choices from a seed: the same attacks in the same order for the same number. */
import { seededRandom } from '../click-plan.ts';

export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from `min` to `max`, both possible. */
  int(min: number, max: number): number {
    return min + Math.floor(this.#random() * (max - min + 1));
  }

  chance(of_one: number): boolean {
    return this.#random() < of_one;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)] as T;
  }

  /** `length` characters, each of `alphabet`. */
  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet.charAt(this.int(0, alphabet.length - 1))).join('');
  }

  /** `length` characters of one byte each, any of the 256. */
  noise(length: number): string {
    return Array.from({ length }, () => String.fromCharCode(this.int(0, 255))).join('');
  }
}

export const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** What parsers stumble over. */
export const SIGNS = '%&=?#/\\:;,."\'<>[]{}()|`~!@$^*+- \t\r\n\0\x7f\x80\xa0\xc3\xe2\xed\xf0\xff';
