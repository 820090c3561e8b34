/**
 * An annotation: a sentence at a time, such as "new sender number", that the console's charts over time show as a mark:
 * of the whole account, or of one campaign. Pure.
 */

export const ANNOTATIONS_MAX = 500;
export const ANNOTATION_LENGTH_MAX = 200;

export interface Annotation {
  annotation_id: string;
  account_id: string;
  /** ISO 8601 UTC. */
  at: string;
  text: string;
  /** Whose charts alone show it; null: all charts of the account. */
  campaign_id: string | null;
  /** Name of the key or member. */
  created_by: string;
  created_at: string;
  updated_at: string;
}

export const annotationKey = (account_id: string, annotation_id: string): string =>
  `annotation:${account_id}:${annotation_id}`;
export const annotationsList = (account_id: string): string => `annotations:${account_id}`;
