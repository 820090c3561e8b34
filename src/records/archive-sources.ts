/**
 * The sources of records that Redis does not have: links and messages because of their age, all others when Redis has
 * lost its data.
 */
import { linkKey } from '../links/link.ts';
import { LINK_AGAIN_S } from '../links/link-store.ts';
import { messageSource } from '../messages/message-archive.ts';
import type { ArchiveSource } from './archive.ts';
import { recordSource } from './record-table.ts';

export const ARCHIVE_SOURCES: readonly ArchiveSource[] = [
  recordSource(linkKey(''), true, LINK_AGAIN_S),
  messageSource,
  recordSource('', false, 0),
];
