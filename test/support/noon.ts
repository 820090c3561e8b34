/** A time zone in which it is about noon, so that no day ends or has just begun while a test runs. */
const hour = new Date().getUTCHours();
export const NOON = hour === 12 ? 'Etc/GMT' : `Etc/GMT${hour > 12 ? '+' : '-'}${Math.abs(hour - 12)}`;
