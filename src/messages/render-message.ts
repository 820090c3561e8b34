/**
 * A creative's body with its placeholders filled in; their grammar is in catalog/placeholders.ts. A body is cut into its
 * pieces once for all messages of a call. Pure.
 */
import { type Placeholder, type Template, valueOr } from '../catalog/placeholders.ts';

/** The placeholders that a message must give a value for: those without a default. Each name once, in order. */
export function requiredNames({ placeholders }: Template): string[] {
  const required = placeholders.filter(({ default_value }) => default_value === undefined);
  return [...new Set(required.map(({ name }) => name))];
}

/** The text, with every placeholder replaced by its value, else its default, else nothing. */
export function renderMessage(
  { texts, placeholders }: Template,
  values: Readonly<Record<string, string | undefined>>,
): string {
  let text = texts[0] ?? '';
  for (let i = 0; i < placeholders.length; i++) {
    const placeholder = placeholders[i] as Placeholder;
    const { name } = placeholder;
    text += valueOr(placeholder, Object.hasOwn(values, name) ? values[name] : undefined);
    text += texts[i + 1] ?? '';
  }
  return text;
}
