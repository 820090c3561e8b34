/** A sentence of the catalogue with elements in its places: `See {link}.` and `link={<a …/>}`. */
import { Fragment, type ReactNode } from 'react';

export function Words({ text, ...places }: { text: string } & Record<string, ReactNode>): ReactNode {
  return text.split(/\{(\w+)\}/).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no other name
    <Fragment key={i}>{i % 2 === 1 && part in places ? places[part] : part}</Fragment>
  ));
}
