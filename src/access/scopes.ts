/**
 * Scopes and roles: what a caller of the API may do. Every route names one scope; a caller without it is refused. An
 * API key has the scopes that it was made with, a member those of their role. Pure.
 */

export const SCOPES = ['read', 'send', 'receipts', 'conversions', 'catalog', 'erase', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export const ROLES = ['owner', 'member', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** What each scope allows, for the documentation of the API. */
export const SCOPE_TEXTS: Readonly<Record<Scope, string>> = {
  read: 'look at everything that the account has, but not change it',
  send: 'make messages and links',
  receipts: 'report what became of messages, as the key in the address that a provider calls',
  conversions: 'report conversions, and reconcile reports of others with them',
  catalog:
    'make and change offers, creatives, campaigns, audiences, domains, annotations and saved views, share and schedule reports, make webhooks, import and undo history, start rejudgements, and book ranges anew',
  erase: 'export and erase what is known of a contact',
  admin:
    "change the account's settings, manage its keys and members, export its rows, and read its audit log",
};

export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  owner: SCOPES,
  member: ['read', 'send', 'conversions', 'catalog'],
  viewer: ['read'],
};
