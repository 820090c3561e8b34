/**
 * A tracking domain of an account. Several accounts may claim the same name; the first that proves it by a TXT record
 * becomes its owner, and stays it while links on the name can be tapped. Stored as JSON in Redis under the keys below.
 */

import type { Closure } from '../takedowns/takedown.ts';

/**
 * pending_dns: not proven yet, or DNS does not point here yet. verified: proven and pointing here, its certificate is
 * on the way. active: in use. failing: it was active, and DNS no longer points here or its certificate has ended; taps
 * that arrive are answered on. retired: given up by its account; links on it still open.
 */
export type DomainStatus = 'pending_dns' | 'verified' | 'active' | 'failing' | 'retired';

/** A DNS record that is needed, and what every resolver that was asked has found. */
export interface DnsRecord {
  type: 'TXT' | 'CNAME' | 'A' | 'AAAA';
  name: string;
  /** What it has to be. */
  value: string;
  /** What was found, without repeats; empty where there is no such record. */
  found: string[];
  ok: boolean;
}

/** Files of /.well-known for apps that open links of the domain, as JSON. */
export interface AppFiles {
  'apple-app-site-association'?: Record<string, unknown> | undefined;
  'assetlinks.json'?: unknown[] | undefined;
}

/** What is shown of a certificate; its key is in certificates/. */
export interface CertificateSummary {
  issuer: string;
  /** ISO 8601. */
  not_before: string;
  not_after: string;
}

export interface Domain {
  domain: string;
  account_id: string;
  status: DomainStatus;
  /** Of the TXT record `_trackly.<domain>`; random, never changes for an account and a name. */
  token: string;
  /** Where `/` leads; '' shows a page. */
  root_url: string;
  /** Where unknown links lead, and expired or disabled ones; '': the account's fallback_url, else a page. */
  not_found_url: string;
  expired_url: string;
  /** The text of /robots.txt; '': nothing may be crawled. */
  robots: string;
  app_files: AppFiles;
  /** As of the last check. */
  records: DnsRecord[];
  certificate: CertificateSummary | null;
  /** What to do; '' when nothing is left to do. */
  hint: string;
  created_at: string;
  updated_at: string;
  /** ISO 8601; null before the first check. */
  checked_at: string | null;
  /** Checks in a row that found it wrong while it was in use; a domain fails after CHECKS_WRONG_MAX of them. */
  checks_wrong: number;
  /** Day (YYYY-MM-DD) on which the last link was made on it; '' before. */
  last_link_on: string;
  /** While the operator has taken it down. */
  taken_down?: Closure;
  /** Set once links of another product were imported to it, whose codes have any shape. */
  has_old_codes?: boolean;
}

/** Statuses in which taps are answered and messages may name the domain. */
export const isInUse = (status: DomainStatus): boolean => status === 'active' || status === 'failing';
/** Whether new links may be made on it. */
export const takesLinks = ({ status, taken_down }: Pick<Domain, 'status' | 'taken_down'>): boolean =>
  isInUse(status) && taken_down === undefined;
/** Statuses in which the name belongs to the account: its links open on it. */
export const isOwned = (status: DomainStatus): boolean => status !== 'pending_dns';

/** account_id of its owner by name. */
export const hostKey = (domain: string): string => `host:${domain}`;
/** The record, of the owner or of one who claims it. */
export const domainKey = (account_id: string, domain: string): string => `domain:${account_id}:${domain}`;
/** Names of an account, by time of creation. */
export const domainsList = (account_id: string): string => `domains:${account_id}`;
/** All domains, `<account_id> <domain>`, by the Unix time in ms of their next check. */
export const DOMAINS_DUE = 'domains_due';
