/** The reports of a view that are sent by mail and into chats: when, to whom, what became of the last; made, paused, removed. */
import { type JSX, useState } from 'react';
import { send } from '../api.ts';
import type { Values } from '../drafts.ts';
import { count, time, timeZone } from '../format.ts';
import { change, make } from '../save.ts';
import type { Schedule, View } from '../saved-views.ts';
import { LANGUAGES, languageOf, t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';
import { ColumnChoice, columnsOf } from './column-choice.tsx';
import { ConditionFields, conditionOf } from './condition-fields.tsx';
import { conditionText } from './condition-text.ts';
import { Confirm } from './confirm.tsx';
import { Area, Choice, Field, Form } from './form.tsx';
import { notify } from './notify.ts';
import { Answered, Empty } from './states.tsx';
import { type Column, Table } from './table.tsx';
import { focusHeading } from './title.tsx';

/** Often enough to see what became of one that was sent. */
const LOOK_EVERY_MS = 5_000;
const MONTH_DAYS = Array.from({ length: 28 }, (_, i) => String(i + 1));
const HOURS = Array.from({ length: 24 }, (_, i) => String(i));

export function Schedules({ view, may_change }: { view: View; may_change: boolean }): JSX.Element {
  const answer = useAnswer('/v2/schedules', {}, { every_ms: LOOK_EVERY_MS });
  return (
    <section>
      <h2>{t.views.schedules}</h2>
      <Answered
        answer={answer}
        show={({ schedules }) => {
          const own = schedules.filter(({ view_id }) => view_id === view.view_id);
          return own.length === 0 ? (
            <Empty>{t.views.schedule_none}</Empty>
          ) : (
            <Table
              caption={t.views.schedules}
              stacked
              columns={columnsFor(may_change)}
              rows={own}
              id={({ schedule_id }) => schedule_id}
            />
          );
        }}
      />
      {may_change && <ScheduleForm view_id={view.view_id} />}
    </section>
  );
}

function ScheduleForm({ view_id }: { view_id: string }): JSX.Element {
  const [typed, setTyped] = useState<Values>({});
  const every = typed['every'] ?? 'week';
  return (
    <>
      <h3>{t.views.new_schedule}</h3>
      <Form
        button={t.views.make_schedule}
        typed={setTyped}
        submit={async (values) => {
          await make('/v2/schedules', { view_id, ...fieldsOf(values) }, t.views.made_schedule);
          setTyped({});
        }}
      >
        <Choice
          name="every"
          label={t.views.every}
          choices={(['hour', 'day', 'week', 'month'] as const).map((one) => [one, t.views.everys[one]])}
          initial="week"
        />
        {every === 'week' && (
          <Choice
            name="weekday"
            label={t.views.weekday}
            choices={t.views.weekdays.map((name, i) => [String(i + 1), name])}
            initial="1"
          />
        )}
        {every === 'month' && (
          <Choice
            name="month_day"
            label={t.views.month_day}
            choices={MONTH_DAYS.map((one) => [one, one])}
            initial="1"
          />
        )}
        {every !== 'hour' && (
          <Choice
            name="hour"
            label={t.views.hour}
            choices={HOURS.map((one) => [one, t.views.hour_of(one.padStart(2, '0'), timeZone())])}
            initial="8"
          />
        )}
        <ConditionFields values={typed} />
        <Area name="recipients" label={t.views.recipients} help={t.views.recipients_help} optional />
        <Field name="chat_url" label={t.views.chat} type="url" help={t.views.chat_help} optional />
        <Choice
          name="language"
          label={t.views.language}
          choices={Object.entries(LANGUAGES)}
          initial={languageOf()}
        />
        <label className="check">
          <input type="checkbox" className="tick" name="attach_csv" />
          <span>{t.views.csv}</span>
        </label>
        <ColumnChoice />
      </Form>
    </>
  );
}

function fieldsOf(values: Values): object {
  const { every, hour, weekday, month_day, recipients = '', chat_url = '' } = values;
  const only_if = conditionOf(values);
  const columns = columnsOf(values);
  return {
    every,
    ...(hour !== undefined && { hour: Number(hour) }),
    ...(weekday !== undefined && { weekday: Number(weekday) }),
    ...(month_day !== undefined && { month_day: Number(month_day) }),
    // What it waits for is read with the rest.
    columns: only_if === null ? columns : [...new Set([...columns, only_if.measure])],
    only_if,
    recipients: recipients.split(/[\s,;]+/).filter((one) => one !== ''),
    chat_url: chat_url.trim() === '' ? null : chat_url.trim(),
    attach_csv: values['attach_csv'] !== undefined,
    language: values['language'],
  };
}

/** `every week, Monday, 08:00`, or `every hour, if Unique clicks below 100`. */
function whenOf({ every, weekday, month_day, hour, only_if }: Schedule): string {
  const on = every === 'week' ? [t.views.weekdays[weekday - 1]] : every === 'month' ? [`${month_day}.`] : [];
  const at = every === 'hour' ? [] : [`${String(hour).padStart(2, '0')}:00`];
  const only = only_if === null ? [] : [t.conditions.only(conditionText(only_if))];
  return [t.views.everys[every], ...on, ...at, ...only].join(', ');
}

function columnsFor(may_change: boolean): Column<Schedule>[] {
  const columns: Column<Schedule>[] = [
    { name: '', title: t.views.when, show: whenOf },
    {
      name: '',
      title: t.views.to,
      show: ({ recipients, chat }) => (
        <ul className="plain">
          {recipients.map(({ email, state }) => (
            <li key={email}>
              {email}
              {t.views.states[state] && <span className="note">{` ${t.views.states[state]}`}</span>}
            </li>
          ))}
          {chat !== null && <li>{t.views.chat_is(chat)}</li>}
        </ul>
      ),
    },
    {
      name: '',
      title: t.views.next,
      show: ({ next_at }) => (next_at === null ? t.views.paused : time(next_at, 'short')),
    },
    { name: '', title: t.views.last, show: lastOf },
  ];
  return may_change ? [...columns, { name: '', title: t.members.actions, show: actionsOf }] : columns;
}

function lastOf({ last_run }: Schedule): JSX.Element {
  if (last_run === null) return <>{t.views.never}</>;
  const { at, state, sent, error } = last_run;
  return (
    <div>
      {`${time(at, 'short')}: ${t.views.runs[state]?.(count(sent)) ?? state}`}
      {error !== '' && <p className="error">{error}</p>}
    </div>
  );
}

function actionsOf(schedule: Schedule): JSX.Element {
  const { schedule_id, status } = schedule;
  const address = `/v2/schedules/${schedule_id}`;
  const when = whenOf(schedule);
  const refused = ({ message }: Error): void => notify({ text: message });
  const is_active = status === 'active';
  return (
    <div className="actions">
      <button
        type="button"
        aria-label={t.views.send_now_of(when)}
        onClick={() =>
          void send('POST', `${address}/send`).then(() => notify({ text: t.views.sending }), refused)
        }
      >
        {t.views.send_now}
      </button>
      <button
        type="button"
        aria-label={is_active ? t.views.pause_of(when) : t.views.resume_of(when)}
        onClick={() =>
          void change<Pick<Schedule, 'status'>>(
            address,
            { status },
            { status: is_active ? 'paused' : 'active' },
            t.edit.saved,
          ).catch(refused)
        }
      >
        {is_active ? t.views.pause : t.views.resume}
      </button>
      <Confirm
        button={t.shared.remove}
        label={t.views.remove_schedule_of(when)}
        question={t.views.remove_schedule_ask(when)}
        confirmed={() =>
          void send('DELETE', address).then(() => {
            void queries.invalidateQueries();
            focusHeading();
            notify({ text: t.views.removed_schedule });
          }, refused)
        }
      />
    </div>
  );
}
