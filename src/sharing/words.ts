/**
 * What scheduled reports say to people outside the console, in their languages: titles of columns, sentences, and how
 * numbers are written. A language is one value here; the console's own words are in dashboard/app/strings. Pure.
 */
import type { Measure } from '../reports/measures.ts';
import type { Language } from './languages.ts';
import type { Condition, Every } from './schedule.ts';

export interface Words {
  /** How numbers are written. */
  locale: string;
  columns: Readonly<Record<Measure, string>>;
  dates: (first: string, last: string) => string;
  before: Readonly<Record<Every, string>>;
  often: Readonly<Record<Every, string>>;
  conditions: Readonly<Record<Condition['is'], (title: string, limit: string) => string>>;
  /** Why a report with a condition is sent. */
  because: (condition: string) => string;
  /** How often one is sent that has a condition. */
  whenever: (often: string, condition: string) => string;
  points: (difference: string) => string;
  of_messages: (zone: string) => string;
  of_events: (zone: string) => string;
  against: (before: string) => string;
  may_come: string;
  rows_of: (shown: number, all: number) => string;
  why: (often: string, account: string) => string;
  see: string;
  end: string;
  asks: (account: string, often: string, title: string) => string;
  wants: (title: string) => string;
  confirm: string;
  otherwise: string;
}

const en: Words = {
  locale: 'en-US',
  columns: {
    sent: 'Sent',
    clicks_total: 'All clicks',
    clicks_human: 'Clicks of people',
    clicks_bot: 'Clicks of bots',
    clicks_unique: 'Unique clicks',
    click_rate: 'Click rate',
    currency: 'Currency',
    conversions: 'Conversions',
    revenue: 'Revenue',
    payout: 'Payout',
    epc: 'Revenue per click',
    cvr: 'Conversions per click',
    message_cvr: 'Conversions per message',
    rpm: 'Revenue per 1,000 messages',
    sales: 'Sales',
    refunds: 'Refunds',
    delivered: 'Delivered',
    failed: 'Failed',
    opt_outs: 'Opt-outs',
    delivery_rate: 'Delivery rate',
    click_rate_delivered: 'Click rate of delivered',
    view_conversions: 'View-through conversions',
    view_revenue: 'View-through revenue',
  },
  dates: (first, last) => `${first} to ${last}`,
  before: {
    hour: 'the hour before',
    day: 'the day before',
    week: 'the week before',
    month: 'the month before',
  },
  often: { hour: 'every hour', day: 'every day', week: 'every week', month: 'every month' },
  conditions: {
    below: (title, limit) => `${title} below ${limit}`,
    above: (title, limit) => `${title} above ${limit}`,
    fallen: (title, limit) => `${title} fallen by ${limit} or more`,
    risen: (title, limit) => `${title} risen by ${limit} or more`,
  },
  because: (condition) =>
    `You get this because of: ${condition}. It is sent again when this has ended and comes back.`,
  whenever: (often, condition) => `when it comes true (${condition}; looked at ${often})`,
  points: (difference) => `${difference} points`,
  of_messages: (zone) =>
    `Of messages sent in this time, and all that came of them until now; times are those of ${zone}.`,
  of_events: (zone) => `What happened in this time; times are those of ${zone}.`,
  against: (before) => `Changes are against ${before}.`,
  may_come: 'Clicks and conversions may still come.',
  rows_of: (shown, all) => `These are ${shown} of ${all} rows.`,
  why: (often, account) => `You get this ${often} from ${account}, who use Trackly Links.`,
  see: 'See it in the console',
  end: 'End these mails',
  asks: (account, often, title) => `${account} would like to send you a report ${often}: “${title}”.`,
  wants: (title) => `Do you want the report “${title}”?`,
  confirm: 'Confirm that you want it',
  otherwise: 'If you do not want it, do nothing: nothing more is sent to you.',
};

const de: Words = {
  locale: 'de-DE',
  columns: {
    sent: 'Gesendet',
    clicks_total: 'Alle Klicks',
    clicks_human: 'Klicks von Menschen',
    clicks_bot: 'Klicks von Bots',
    clicks_unique: 'Eindeutige Klicks',
    click_rate: 'Klickrate',
    currency: 'Währung',
    conversions: 'Conversions',
    revenue: 'Umsatz',
    payout: 'Auszahlung',
    epc: 'Umsatz je Klick',
    cvr: 'Conversions je Klick',
    message_cvr: 'Conversions je Nachricht',
    rpm: 'Umsatz je 1.000 Nachrichten',
    sales: 'Verkäufe',
    refunds: 'Erstattungen',
    delivered: 'Zugestellt',
    failed: 'Fehlgeschlagen',
    opt_outs: 'Abmeldungen',
    delivery_rate: 'Zustellrate',
    click_rate_delivered: 'Klickrate der zugestellten',
    view_conversions: 'View-through-Conversions',
    view_revenue: 'View-through-Umsatz',
  },
  dates: (first, last) => `${first} bis ${last}`,
  before: {
    hour: 'der Stunde davor',
    day: 'dem Tag davor',
    week: 'der Woche davor',
    month: 'dem Monat davor',
  },
  often: { hour: 'jede Stunde', day: 'jeden Tag', week: 'jede Woche', month: 'jeden Monat' },
  conditions: {
    below: (title, limit) => `${title} unter ${limit}`,
    above: (title, limit) => `${title} über ${limit}`,
    fallen: (title, limit) => `${title} um ${limit} oder mehr gefallen`,
    risen: (title, limit) => `${title} um ${limit} oder mehr gestiegen`,
  },
  because: (condition) =>
    `Anlass: ${condition}. Es wird erneut gesendet, wenn das vorbei war und wiederkommt.`,
  whenever: (often, condition) => `sobald es eintritt (${condition}; geprüft ${often})`,
  points: (difference) => `${difference} Punkte`,
  of_messages: (zone) =>
    `Von Nachrichten, die in dieser Zeit gesendet wurden, und allem, was bis jetzt daraus wurde; Zeiten sind die von ${zone}.`,
  of_events: (zone) => `Was in dieser Zeit geschah; Zeiten sind die von ${zone}.`,
  against: (before) => `Änderungen sind im Vergleich zu ${before}.`,
  may_come: 'Klicks und Conversions können noch kommen.',
  rows_of: (shown, all) => `Das sind ${shown} von ${all} Zeilen.`,
  why: (often, account) => `Sie erhalten dies ${often} von ${account}; gesendet mit Trackly Links.`,
  see: 'In der Konsole ansehen',
  end: 'Diese Mails beenden',
  asks: (account, often, title) => `${account} möchte Ihnen ${often} einen Bericht senden: „${title}“.`,
  wants: (title) => `Möchten Sie den Bericht „${title}“?`,
  confirm: 'Bestätigen, dass Sie ihn möchten',
  otherwise: 'Wenn Sie ihn nicht möchten, tun Sie nichts: Es wird Ihnen nichts weiter gesendet.',
};

export const WORDS: Readonly<Record<Language, Words>> = { en, de };
