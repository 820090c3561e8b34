/**
 * What is accepted although it is probably a mistake: one closed list of codes for all answers, and the warnings that
 * do not depend on one message. An account that is strict has them as errors. Pure.
 */
import { hostName, isLoopback } from '../platform/host.ts';
import { parseIsoTime } from '../platform/iso-time.ts';
import type { Account, Status } from './definitions.ts';
import { isMacro, parseTemplate, withPlainBraces } from './placeholders.ts';

/** With what each means, for a developer. */
export const WARNINGS = {
  no_domain:
    'The account has no tracking domain in use, so the links are on an address of this machine, which no phone opens.',
  domain_not_in_use:
    'The account’s tracking domain is not in use (yet), so the links are on another one: see `GET /v2/domains`.',
  time_without_zone: 'A time without a zone was taken as UTC. Write `Z` or an offset behind it.',
  variant_missing:
    'The campaign has variants and the message names none: it counts in the campaign and in no arm of the test.',
  field_missing: 'The text or a destination has a placeholder without a default, and nothing fills it.',
  field_misspelt: 'A field is used by nothing, and is nearly the name of a placeholder that got its default.',
  repeat_differs:
    'The `message_id` exists with other values. The answer is the stored message; nothing was changed.',
  creative_changed:
    'The `message_id` exists, and its creative was changed since: the text may not be the one you sent.',
  not_active:
    'It refers to something that is paused or archived: a link to it does not open its destination.',
  unknown_reference: 'It names an id that the account does not have: reports show it as it was sent.',
  no_click_id: 'The destination does not pass on `{{click_id}}`, so that no postback can name the click.',
  no_link: 'The text has no link: nothing of its messages is clicked.',
} as const satisfies Record<string, string>;

export type WarningCode = keyof typeof WARNINGS;

export interface Warning {
  code: WarningCode;
  /** What was done, and what to do. */
  message: string;
  /** What in the request it is about: `sent_at`, `fields.first_name`. */
  field?: string;
}

/** Of a time as it was sent; undefined where it says its zone, or is no ISO time. */
export function zoneWarning(value: unknown, field: string): Warning | undefined {
  if (typeof value !== 'string' || value.endsWith('Z')) return undefined;
  const time = parseIsoTime(value);
  if (time === undefined || time.offset_ms !== undefined) return undefined;
  return {
    code: 'time_without_zone',
    field,
    message: `${field} has no zone and was taken as UTC: write ${value}${time.date_only ? 'T00:00:00' : ''}Z, or an offset such as +02:00`,
  };
}

/** Of the domain that a link of the account got; '' is the installation's own. */
export function domainWarning(
  { tracking_domain, link_domain }: Pick<Account, 'tracking_domain' | 'link_domain'>,
  domain: string,
  default_domain: string,
): Warning | undefined {
  const waiting = tracking_domain !== '' && domain === link_domain && domain !== tracking_domain;
  if (domain === '' && isLoopback(hostName(default_domain))) {
    const todo = waiting
      ? `${tracking_domain} is not in use yet, see GET /v2/domains`
      : 'add one with POST /v2/domains, or set PUBLIC_DOMAIN';
    return {
      code: 'no_domain',
      message: `the links are on ${default_domain}, which no phone opens, because the account has no tracking domain in use: ${todo}`,
    };
  }
  if (!waiting) return undefined;
  return {
    code: 'domain_not_in_use',
    message: `tracking domain ${tracking_domain} is not in use, so the links are on ${domain || default_domain}: see GET /v2/domains`,
  };
}

/** Of something that is referred to. */
export function statusWarning(what: string, status: Status | undefined, field?: string): Warning | undefined {
  if (status === undefined || status === 'active') return undefined;
  return {
    code: 'not_active',
    ...(field !== undefined && { field }),
    message: `${what} is ${status}: make it active before the message is sent`,
  };
}

/** Names of the fields that a destination can't do without. */
export function fieldsOfDestination(url: string): string[] {
  const names = parseTemplate(withPlainBraces(url))
    .placeholders.filter(({ name, default_value }) => !isMacro(name) && default_value === undefined)
    .map(({ name }) => name);
  return [...new Set(names)];
}

export function missingFieldWarning(name: string, where: string): Warning {
  return {
    code: 'field_missing',
    field: `fields.${name}`,
    message: `${where} has {{${name}}}, which stays empty: give fields.${name}, or write a default as in {{${name}|…}}`,
  };
}
