/** What a creative's text asks for, by the API's own grammar of placeholders. Pure. */
import { OPT_OUT_LINK, parseTemplate } from '../../catalog/placeholders.ts';
import { requiredNames } from '../../messages/render-message.ts';

const isLinkName = (name: string): boolean => /^link([1-9]|1\d|20)$/.test(name);

/** The link keys of a text, each once: each needs an offer. */
export const linkKeysOf = (body: string): string[] => [
  ...new Set(
    parseTemplate(body)
      .placeholders.map(({ name }) => name)
      .filter(isLinkName),
  ),
];

/** The fields that a message has to bring: placeholders without a default that are no links. */
export const fieldsOf = (body: string): string[] =>
  requiredNames(parseTemplate(body)).filter((name) => !isLinkName(name) && name !== OPT_OUT_LINK);
