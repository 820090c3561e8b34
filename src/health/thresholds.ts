/** From when on something is a finding of the health checks and a cause of an alarm; deploy/alerts.yml has the same numbers. */

/** Of maxmemory. */
export const REDIS_FULL = 0.85;
/** Free share of a disk. */
export const DISK_FULL = 0.1;
export const CLOCK_OFF_S = 2;
export const BEHIND_MS_MAX = 20_000;
/** An event for webhooks is in a message within a second or two. */
export const WEBHOOKS_BEHIND_S = 60;
export const HOUR_MS = 3_600_000;
/** A day, and the time that a backup may take. */
export const BACKUP_AGE_MS = 26 * HOUR_MS;
export const CERTIFICATE_LEFT_MS = 14 * 24 * HOUR_MS;
/** The fullest partition against their mean, where it is worth a look. */
export const SKEWED_BY = 3;
export const SKEWED_BYTES_MIN = 32 * 1_024 * 1_024;
