/** The Redis commands that restore a record of the catalog: the record itself, and its list entries. Pure. */

import { type ApiKey, adminKeyKey, apiKeyKey, keysOfAccount } from '../access/api-key.ts';
import { type AccountMembers, membershipCommands, membersKey } from '../access/member.ts';
import { type Annotation, annotationKey } from '../annotations/annotation.ts';
import { listAnnotation } from '../annotations/annotation-store.ts';
import { type Domain, domainKey } from '../domains/domain.ts';
import { listCommands } from '../domains/domain-store.ts';
import { decodeOptOut, isOptOutKey, memberOfKey, optOutList } from '../optouts/opt-out.ts';
import type { Command } from '../platform/redis.ts';
import { type Schedule, scheduleKey } from '../sharing/schedule.ts';
import { listSchedule } from '../sharing/schedule-store.ts';
import { type View, viewKey } from '../sharing/view.ts';
import { listView } from '../sharing/view-store.ts';
import { TAKEDOWNS_LIST, type Takedown, takedownKey } from '../takedowns/takedown.ts';
import { type Export, exportKey } from '../transfer/exports/export.ts';
import { listExport } from '../transfer/exports/export-store.ts';
import { type Import, importKey, listImport } from '../transfer/imports/import.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { listWebhook, placeOfKey } from '../webhooks/webhook-store.ts';
import { ACCOUNTS_LIST, listKey } from './catalog-store.ts';
import { type Account, accountKey, ENTITY_KINDS, entityKey, externalIdKey } from './definitions.ts';

/** Existing records are not overwritten; safe to repeat. */
export function commandsOfRecord(key: string, value: string): Command[] {
  const commands: Command[] = [['SET', key, value, 'NX']];
  if (key.startsWith(accountKey(''))) {
    const { account_id, created_at } = JSON.parse(value) as Account;
    commands.push(['ZADD', ACCOUNTS_LIST, Date.parse(created_at), account_id]);
  } else if ([apiKeyKey(''), adminKeyKey('')].some((prefix) => key.startsWith(prefix))) {
    const { account_id } = JSON.parse(value) as ApiKey;
    commands.push(['SADD', keysOfAccount(account_id), key.slice(key.indexOf(':') + 1)]);
  }
  if (key.startsWith(domainKey('', '').slice(0, -1))) {
    const { account_id, domain, created_at } = JSON.parse(value) as Domain;
    commands.push(...listCommands(account_id, domain, Date.parse(created_at)));
  }
  if (key.startsWith(membersKey('')))
    commands.push(...membershipCommands(JSON.parse(value) as AccountMembers));
  if (isOptOutKey(key)) {
    const { account_id, opted_out, at_ms } = decodeOptOut(value);
    if (opted_out) commands.push(['ZADD', optOutList(account_id), at_ms, memberOfKey(key)]);
  }
  if (key.startsWith(takedownKey(''))) {
    const { takedown_id, created_at } = JSON.parse(value) as Takedown;
    commands.push(['ZADD', TAKEDOWNS_LIST, Date.parse(created_at), takedown_id]);
  }
  commands.push(...listsOfReports(key, value));
  if (placeOfKey(key) !== undefined) commands.push(...listWebhook(JSON.parse(value) as Webhook));
  const kind = ENTITY_KINDS.find((one) => key.startsWith(`${one}:`));
  if (kind !== undefined) {
    const entity = JSON.parse(value) as Record<string, string>;
    const { account_id = '', created_at = '', external_id = '', [`${kind}_id`]: id = '' } = entity;
    if (key === entityKey(kind, account_id, id)) {
      commands.push(['ZADD', listKey(kind, account_id), Date.parse(created_at), id]);
      if (external_id !== '') commands.push(['SET', externalIdKey(kind, account_id, external_id), id, 'NX']);
    }
  }
  return commands;
}

const EXPORT_KEYS = exportKey({ account_id: '', export_id: '' }).slice(0, -1);

/** Of annotations, of saved views, of those that are sent, of exports and of imports. */
function listsOfReports(key: string, value: string): Command[] {
  if (key.startsWith(annotationKey('', '').slice(0, -1)))
    return listAnnotation(JSON.parse(value) as Annotation);
  if (key.startsWith(viewKey('', '').slice(0, -1))) return listView(JSON.parse(value) as View);
  if (key.startsWith(scheduleKey('', '').slice(0, -1))) return listSchedule(JSON.parse(value) as Schedule);
  if (key.startsWith(EXPORT_KEYS)) return listExport(JSON.parse(value) as Export);
  if (key.startsWith(importKey('', '').slice(0, -1))) return listImport(JSON.parse(value) as Import);
  return [];
}
