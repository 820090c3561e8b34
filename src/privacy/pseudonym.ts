/**
 * What stands in place of an erased contact's id: a random text, drawn once for each contact and erasure. Nothing leads
 * from it to the contact. The prefix is reserved: the API refuses such ids for contacts, so a row whose contact begins
 * with it is one of an erased contact. Pure.
 */
import { drawsOf } from '../platform/random.ts';

export const PSEUDONYM_PREFIX = 'erased_';
/** 119 bits. */
const RANDOM_LENGTH = 20;

const draw = drawsOf(RANDOM_LENGTH);

export const newPseudonym = (): string => PSEUDONYM_PREFIX + draw();

export const isPseudonym = (contact_id: string): boolean => contact_id.startsWith(PSEUDONYM_PREFIX);
