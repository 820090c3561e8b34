/**
 * What happened to one message as a line in time: sent, delivered, tapped, earned, booked anew. The time between two moments
 * is named, and the longer it was the longer is the line, by its logarithm: seconds and weeks are on one page.
 */
import type { JSX } from 'react';
import { type AnswerOf, ApiFailure, addressOf } from '../api.ts';
import { money, span, time } from '../format.ts';
import { t } from '../strings/strings.ts';
import { useAddress } from '../use-answer.ts';
import { FirstOf } from './first-of.tsx';
import { Answered } from './states.tsx';

type MessageStory = AnswerOf<'/v2/messages/{id}'>;
type History = AnswerOf<'/v2/conversions/{id}'>['history'];
type Kind = keyof typeof t.story.line_of;

export interface Moment {
  at: string;
  kind: Kind;
  note: string;
  /** The id whose story it is; '' where it has none. */
  id: string;
}

/** More would be a list, and that stands below. */
const MOMENTS_MAX = 100;
const GAP_REM_MIN = 0.5;
const GAP_REM_PER_DIGIT = 0.55;

const isKind = (text: string): text is Kind => Object.hasOwn(t.story.line_of, text);

type Tapped = MessageStory['clicks'][number];

export function momentOfClick({ clicked_at, click_id, verdict, is_first, bot_reasons }: Tapped): Moment {
  const by_person = is_first ? 'first' : 'human';
  return {
    ...{
      at: clicked_at,
      id: click_id,
      note: bot_reasons.map((reason) => t.bots.reasons[reason]?.[0] ?? reason).join(', '),
    },
    kind: verdict === 'bot' ? 'bot' : by_person,
  };
}

/** All of a message. */
export function momentsOf({ message, events, clicks, refused, conversions }: MessageStory): Moment[] {
  const moments: Moment[] = [
    ...events.map(({ state, at, code }) => ({
      ...{ at, kind: isKind(state) ? state : ('sent' as const), note: code, id: '' },
    })),
    ...clicks.map(momentOfClick),
    ...refused.map(({ tapped_at, reason, link_id }) => ({
      ...{ at: tapped_at, kind: 'refused' as const, note: reason, id: link_id },
    })),
    ...conversions.map(({ converted_at, conversion_id, event, amount, currency }) => ({
      ...{ at: converted_at, kind: 'conversion' as const, id: conversion_id },
      note: `${event} ${money(amount, currency)}`,
    })),
  ];
  if (message.sent_at !== null) moments.push({ at: message.sent_at, kind: 'made', note: '', id: '' });
  return moments;
}

const ofHistory = (history: History): Moment[] =>
  history.map(({ booked_at, sign, status, reason, revenue, currency }) => ({
    ...{ at: booked_at, kind: sign === 1 ? ('booked' as const) : ('reversed' as const), id: '' },
    note: [status, reason, money(revenue, currency)].filter((part) => part !== '' && part !== '–').join(', '),
  }));

export function StoryLine({
  moments,
  here = '',
}: {
  moments: readonly Moment[];
  here?: string;
}): JSX.Element {
  const sorted = moments.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const shown = sorted.slice(0, MOMENTS_MAX);
  return (
    <section aria-label={t.story.line}>
      <h2>{t.story.line}</h2>
      <FirstOf
        rows={shown}
        item="li"
        show={(first) => (
          <ol className="story-line">
            {first.map((moment, i) => {
              const before = first[i - 1];
              return (
                <li
                  // biome-ignore lint/suspicious/noArrayIndexKey: a moment has no state
                  key={i}
                  className={moment.kind}
                  aria-current={here !== '' && moment.id === here ? 'true' : undefined}
                >
                  {before !== undefined && <Gap ms={Date.parse(moment.at) - Date.parse(before.at)} />}
                  <span className="moment">
                    {moment.id === '' || moment.id === here ? (
                      <strong>{t.story.line_of[moment.kind]}</strong>
                    ) : (
                      <a href={addressOf('/trace', { id: moment.id })}>{t.story.line_of[moment.kind]}</a>
                    )}{' '}
                    <time dateTime={moment.at}>{time(moment.at)}</time>
                    {moment.note !== '' && <span className="muted">{` ${moment.note}`}</span>}
                  </span>
                </li>
              );
            })}
          </ol>
        )}
      />
      {sorted.length > MOMENTS_MAX && <p className="muted">{t.story.more(sorted.length - MOMENTS_MAX)}</p>}
    </section>
  );
}

function Gap({ ms }: { ms: number }): JSX.Element {
  const digits = Math.log10(Math.max(1, ms / 1_000));
  return (
    <span
      className="gap"
      style={{ paddingBlock: `${GAP_REM_MIN / 2 + (digits * GAP_REM_PER_DIGIT) / 2}rem` }}
    >
      {ms < 100 ? t.story.at_once : t.story.later(span(ms))}
    </span>
  );
}

/** The line of the message that a click or a conversion belongs to. */
export function LineOfMessage({
  message_id,
  here,
  own = [],
  history = [],
}: {
  message_id: string;
  here: string;
  /** What is shown where nothing is known of the message. */
  own?: readonly Moment[];
  history?: History;
}): JSX.Element {
  const answer = useAddress<MessageStory>(
    message_id === '' ? '' : addressOf('/v2/messages/{id}', { id: message_id }),
  );
  const unknown = answer.error instanceof ApiFailure && answer.error.status === 404;
  if (message_id === '' || unknown)
    return <StoryLine moments={[...own, ...ofHistory(history)]} here={here} />;
  return (
    <Answered
      answer={answer}
      show={(story) => <StoryLine moments={[...momentsOf(story), ...ofHistory(history)]} here={here} />}
    />
  );
}
