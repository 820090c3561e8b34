/**
 * Tells whether a value is what a network sends where it has nothing to say: its own macro, not filled in, or a word of
 * a program for no value. As an id it would be the same for everybody. Pure.
 */

/** `{transaction_id}`, `{{x}}`, `${x}`, `[x]`, `<x>`, `#x#`, `%x%`, `%%x%%`, `$x$`, `__X__`, as networks document theirs. */
const MACROS = [/^\$?\{+[^{}]*\}+$/, /^\[+[^[\]]*\]+$/, /^<[^<>]*>$/, /^(#|%|%%|\$|__)[A-Za-z][\w .:-]*\1$/];
/** One of several macros in a value, such as `{subid}-7`, and one that was encoded twice. */
const WITHIN = /\{[A-Za-z_][\w .:-]*\}|%7B[A-Za-z_][\w .:-]*%7D/i;
const NOTHING = /^(null|nil|undefined|none|nan|n\/a|\(?not set\)?)$/i;

export const isUnfilled = (value: string): boolean =>
  NOTHING.test(value) || WITHIN.test(value) || MACROS.some((macro) => macro.test(value));
