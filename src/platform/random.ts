/**
 * Random text from a cryptographic source (nanoid uses the system's generator), so ids made of it cannot be guessed.
 * The caller chooses a sufficient length.
 */
import { randomBytes } from 'node:crypto';
import { customAlphabet } from 'nanoid';

/** 62 characters in the order of their codes: about 5.95 bits each. */
export const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A function that draws texts of `length` characters of the alphabet. */
export const drawsOf = (length: number): (() => string) => customAlphabet(ALPHABET, length);

/** `bytes` random bytes as hex digits. */
export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

/**
 * Numbers from 0 to 1 that are the same for the same seed, for made-up data: mulberry32. Anybody can foretell them, so no
 * id is made of them.
 */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Texts that are drawn together, because a call of the generator costs more than the characters that it returns. */
const DRAWN_TOGETHER = 256;

/** Draws texts of `length` characters, for callers that need thousands a second. */
export class TextPool {
  readonly #length: number;
  readonly #draw: () => string;
  #drawn = '';
  #used = 0;

  constructor(length: number) {
    this.#length = length;
    this.#draw = drawsOf(length * DRAWN_TOGETHER);
  }

  next(): string {
    if (this.#used >= this.#drawn.length) {
      this.#drawn = this.#draw();
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += this.#length;
    return this.#drawn.slice(from, this.#used);
  }
}

const PRODUCER_LETTERS = 14;

/** An id for one run of one process on a log: 14 characters, 83 bits; see Entry in log/append.ts. */
export const newProducerId = drawsOf(PRODUCER_LETTERS);

const TOKEN_BYTES = 32;

/** 256 bits as 43 characters of base64url: a secret that is its own proof, such as a session's token. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** From 0 to 1, for samples that nobody needs to be unable to guess. */
export const randomShare = (): number => Math.random();
