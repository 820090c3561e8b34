/**
 * What the audit log calls each change: `<what>.<what happened to it>`. A route names its action in its config
 * (src/api/http/audit.ts); an action that is not in this table does not compile. Pure.
 */
import type { SubjectKind } from './subjects.ts';

/** With what each means, for the documentation and the page of the audit log. */
export const ACTIONS = {
  'account.created': 'An account was created',
  'account.changed': 'Settings of an account were changed',
  'account.suspended': 'An account was suspended: its links, sends and keys stop',
  'account.resumed': 'A suspended account is active or archived again',
  'account.removed': 'An account was put up for being removed with everything that it has',
  'account.conversion_secret_rotated': 'The conversion secret of an account was replaced',
  'session.started': 'Somebody signed in, or chose another account',
  'member.invited': 'Somebody was invited into an account, or got a new link',
  'member.joined': 'An invitation was accepted, or a password set after a reset',
  'member.changed': 'The role of a member was changed',
  'member.reset': 'The password and the second factor of a member were taken away',
  'member.removed': 'A member was removed, or an invitation taken back',
  'member.password_changed': 'A member changed the password',
  'member.second_factor_on': 'A member turned the second factor on',
  'member.second_factor_off': 'A member turned the second factor off',
  'member.recovery_codes_renewed': 'A member made new recovery codes',
  'key.created': 'An API key was created',
  'key.changed': 'The name, scopes or end of an API key were changed',
  'key.revoked': 'An API key was revoked',
  'admin_key.created': 'An admin key was created',
  'admin_key.revoked': 'An admin key was revoked',
  'receipts.secret_set': 'The secret by which a provider signs its receipts was set',
  'receipts.secret_removed': 'Signatures of a provider’s receipts are no longer checked',
  'optout.removed': 'A contact was taken off the opt-out list; not which',
  'offer.created': 'An offer was created',
  'offer.changed': 'An offer was changed',
  'offer.postback_secret_rotated': 'The postback secret of an offer was replaced',
  'offer.rebooking_requested': 'A past range of conversions of an offer was put up for being booked anew',
  'offer.rebooking_undo_requested': 'A range that was booked anew was put up for being booked back',
  'offer.report_replayed': 'A kept report of an offer was sent through reception again',
  'creative.created': 'A creative was created',
  'creative.changed': 'A creative was changed',
  'campaign.created': 'A campaign was created',
  'campaign.changed': 'A campaign was changed',
  'audience.created': 'An audience was created',
  'audience.changed': 'An audience was changed',
  'domain.created': 'A tracking domain was added',
  'domain.changed': 'A tracking domain was changed',
  'domain.removed': 'A tracking domain was given up',
  'link.changed': 'A link was disabled, or its end or parameters were changed',
  'erasure.requested': 'Contacts were put up for erasure; how many, not which',
  'rejudgement.requested': 'A range of clicks was put up for judging again',
  'conversions.uploaded': 'A file of conversions was uploaded',
  'conversions.upload_undone': 'What an upload booked was put up for being taken back',
  'conversions.dispute_changed': 'The state or the note of a difference to an export was changed',
  'conversions.reconciled': "A network's export was compared with the conversions",
  'dead_letter.replayed': 'A dead letter was put back on its log',
  'dead_letter.all_replayed': 'The dead letters of one reason were put back on their log',
  'dead_letter.discarded': 'A dead letter was discarded',
  'takedown.created': 'The operator took a link, an offer or a domain down',
  'takedown.lifted': 'The operator opened again what was taken down',
  'installation.key_rotated': 'A new installation key was made',
  'installation.job_started': 'A job of a queue was started before its time, or again',
  'installation.restored': 'A backup was restored, or Redis from ClickHouse',
} as const satisfies Record<`${SubjectKind}.${string}`, string>;

export type AuditAction = keyof typeof ACTIONS;

/** What an action was done to: `offer` of `offer.created`. */
export const subjectKindOf = (action: AuditAction): SubjectKind =>
  action.slice(0, action.indexOf('.')) as SubjectKind;
