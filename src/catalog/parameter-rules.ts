/**
 * The parameters that accounts, campaigns, creatives, offers and links add to a destination: `url_params`, and what
 * becomes of the parameters that a tap brings, `query`. Checked when they are saved; links/parameters.ts applies them.
 */
import { z } from 'zod';
import { isCleanText } from '../platform/text.ts';
import { macrosError } from './check-texts.ts';
import { parseTemplate, withPlainBraces } from './placeholders.ts';

/** What becomes of a tap's own parameters: nothing, they are appended, or they are macros. */
export const QUERY_MODES = ['drop', 'pass', 'fill'] as const;
export type QueryMode = (typeof QUERY_MODES)[number];

export interface ParameterRules {
  /** Values with macros, by the parameter's name. An empty value takes the parameter of a wider level away. */
  url_params?: Readonly<Record<string, string>>;
  /** null: as the next wider level says; `drop` where none does. */
  query?: QueryMode | null;
}

export const URL_PARAMS_MAX = 32;
/** Names and values together: a link's are stored with it. */
export const URL_PARAMS_BYTES_MAX = 2_048;
const VALUE_LENGTH_MAX = 500;
const NAME = /^[\w.~:$[\]-]{1,64}$/;

/** Why these can't be saved, or undefined. */
export function urlParamsError(url_params: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(url_params);
  if (entries.length > URL_PARAMS_MAX) return `may have at most ${URL_PARAMS_MAX} parameters`;
  const bytes = entries.reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  if (bytes > URL_PARAMS_BYTES_MAX)
    return `may have at most ${URL_PARAMS_BYTES_MAX} bytes of names and values`;
  for (const [name, value] of entries) {
    if (!NAME.test(name)) {
      return `has a name ${JSON.stringify(name.slice(0, 40))}: write 1 to 64 letters, digits and . _ ~ : $ [ ] -`;
    }
    if (value.length > VALUE_LENGTH_MAX) return `${name} must be at most ${VALUE_LENGTH_MAX} characters long`;
    if (!isCleanText(value)) return `${name} must not contain line breaks or other control characters`;
    const error = macrosError(parseTemplate(withPlainBraces(value)));
    if (error !== undefined) return `${name} ${error}`;
  }
  return undefined;
}

export const urlParams = z
  .record(z.string(), z.string())
  .superRefine((value, context) => {
    const message = urlParamsError(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .describe(
    'Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out',
  );

export const queryMode = z
  .enum(QUERY_MODES)
  .nullable()
  .describe(
    'What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does',
  );

/** The fields of whatever has such rules, and their values where they are not given. */
export const parameterFields = { url_params: urlParams, query: queryMode };
export const parameterDefaults = { url_params: urlParams.default({}), query: queryMode.default(null) };
