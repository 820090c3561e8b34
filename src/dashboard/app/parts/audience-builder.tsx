/** The rules of an audience, to be put together: groups within groups, conditions with what narrows them down. */
import { type JSX, useEffect, useRef } from 'react';
import {
  CHOSEN,
  changedAt,
  countParts,
  counts,
  DEPTH_MAX,
  EVENTS,
  earns,
  type Filter,
  GROUPS,
  type Group,
  isGroup,
  newRule,
  newRules,
  PARTS_MAX,
  type Part,
  type Place,
  problemOf,
  type Rule,
  TYPED,
  WINDOWS,
} from '../audience-rules.ts';
import { timeZone } from '../format.ts';
import type { DefinedKind } from '../pages/kinds.ts';
import { t } from '../strings/strings.ts';
import { Picker } from './picker.tsx';
import { Select, Text } from './plain-fields.tsx';

export interface BuilderProps {
  rules: Group;
  put: (rules: Group) => void;
}

/** What all parts of the rules need. */
interface Building extends BuilderProps {
  /** Takes the focus once it is drawn. */
  focus: (id: string) => void;
  full: boolean;
}

const KINDS: Record<(typeof CHOSEN)[number], DefinedKind> = {
  campaign_id: 'campaigns',
  offer_id: 'offers',
  creative_id: 'creatives',
};

const idOfPart = (place: Place): string => `part-${place.join('-')}`;
/** As people count, from the outside: 2.1. */
const numberOf = (place: Place): string => place.map((at) => at + 1).join('.');

export function AudienceBuilder({ rules, put }: BuilderProps): JSX.Element {
  const waiting = useRef('');
  useEffect(() => {
    if (waiting.current === '') return;
    document.getElementById(waiting.current)?.focus();
    waiting.current = '';
  });
  const focus = (id: string): void => {
    waiting.current = id;
  };
  const building = { rules, put, focus, full: countParts(rules) >= PARTS_MAX };
  return <GroupFields group={rules} place={[]} building={building} />;
}

interface PartProps {
  place: Place;
  building: Building;
}

function GroupFields({ group, place, building }: PartProps & { group: Group }): JSX.Element {
  const { rules, put, focus, full } = building;
  const id = idOfPart(place);
  const add = (part: Part): void => {
    focus(idOfPart([...place, group.parts.length]));
    put(changedAt(rules, place, () => ({ ...group, parts: [...group.parts, part] })));
  };
  const problem = problemOf(group);
  return (
    <fieldset className="group">
      <legend className="hidden">
        {place.length === 0 ? t.audiences.rules : t.audiences.group(numberOf(place))}
      </legend>
      <div className="row">
        <Select
          id={id}
          label={t.audiences.group_kind}
          value={group.group}
          choices={GROUPS.map((kind) => [kind, t.audiences.groups[kind]] as const)}
          chosen={(kind) => put(changedAt(rules, place, () => ({ ...group, group: kind })))}
        />
        {place.length > 0 && <Remove place={place} building={building} />}
      </div>
      {group.parts.map((part, i) => {
        const at = [...place, i];
        const within = { place: at, building };
        const key = numberOf(at);
        return isGroup(part) ? (
          <GroupFields key={key} group={part} {...within} />
        ) : (
          <RuleFields key={key} rule={part} {...within} />
        );
      })}
      {problem !== undefined && <p className="error">{t.audiences.problems[problem]}</p>}
      <div className="actions">
        <button type="button" id={`${id}-add`} disabled={full} onClick={() => add(newRule(timeZone()))}>
          {t.audiences.add_condition}
        </button>
        {place.length + 2 < DEPTH_MAX && (
          <button
            type="button"
            disabled={full}
            onClick={() => add({ ...newRules(timeZone()), group: 'any' })}
          >
            {t.audiences.add_group}
          </button>
        )}
        {full && place.length === 0 && <span className="note">{t.audiences.full(PARTS_MAX)}</span>}
      </div>
    </fieldset>
  );
}

function Remove({ place, building: { rules, put, focus } }: PartProps): JSX.Element {
  return (
    <button
      type="button"
      aria-label={t.audiences.remove(numberOf(place))}
      onClick={() => {
        focus(`${idOfPart(place.slice(0, -1))}-add`);
        put(changedAt(rules, place, () => undefined));
      }}
    >
      {t.shared.remove}
    </button>
  );
}

function RuleFields({ rule, place, building }: PartProps & { rule: Rule }): JSX.Element {
  const set = (changes: Partial<Rule>): void =>
    building.put(changedAt(building.rules, place, () => ({ ...rule, ...changes })));
  const problem = problemOf(rule);
  const error_id = `${idOfPart(place)}-error`;
  return (
    <fieldset className="rule" aria-describedby={problem === undefined ? undefined : error_id}>
      <legend className="hidden">{t.audiences.condition(numberOf(place))}</legend>
      <div className="row">
        <Select
          id={idOfPart(place)}
          label={t.audiences.contact}
          value={rule.event}
          choices={EVENTS.map((event) => [event, t.audiences.events[event]] as const)}
          chosen={(event) => set({ event })}
        />
        {counts(rule) && <Times rule={rule} set={set} />}
        <When rule={rule} set={set} />
        <Remove place={place} building={building} />
      </div>
      {problem !== undefined && (
        <p className="error" id={error_id}>
          {t.audiences.problems[problem]}
        </p>
      )}
      {counts(rule) && <Narrowing rule={rule} set={set} />}
    </fieldset>
  );
}

interface FieldsProps {
  rule: Rule;
  set: (changes: Partial<Rule>) => void;
}

const Times = ({ rule, set }: FieldsProps): JSX.Element => (
  <>
    <Text
      label={t.audiences.at_least}
      numeric
      placeholder={rule.at_most.trim() === '' ? '1' : '0'}
      value={rule.at_least}
      typed={(at_least) => set({ at_least })}
    />
    <Text
      label={t.audiences.at_most}
      numeric
      placeholder="∞"
      value={rule.at_most}
      typed={(at_most) => set({ at_most })}
    />
  </>
);

const When = ({ rule, set }: FieldsProps): JSX.Element => (
  <>
    <Select
      label={t.audiences.when}
      value={rule.window}
      choices={WINDOWS.map((window) => [window, t.audiences.windows[window]] as const)}
      chosen={(window) => set({ window, tz: rule.tz || timeZone() })}
    />
    {rule.window === 'last' && (
      <Text
        label={t.audiences.days}
        numeric
        value={rule.last_days}
        typed={(last_days) => set({ last_days })}
      />
    )}
    {rule.window === 'between' && (
      <>
        <Text
          label={t.audiences.from}
          type={dayOf(rule.from)}
          value={rule.from}
          typed={(from) => set({ from })}
        />
        <Text
          label={t.audiences.to(rule.tz)}
          type={dayOf(rule.to)}
          value={rule.to}
          typed={(to) => set({ to })}
        />
      </>
    )}
  </>
);

/** The API takes times as well: those are typed. */
const dayOf = (text: string): 'date' | 'text' => (/^(\d{4}-\d{2}-\d{2})?$/.test(text) ? 'date' : 'text');

function Narrowing({ rule, set }: FieldsProps): JSX.Element {
  const narrowed = Object.values(rule.of).filter((value) => value !== '').length;
  const earning = earns(rule);
  const open = useRef(narrowed > 0 || rule.earned_least !== '' || rule.earned_most !== '');
  const narrow = (name: Filter, value: string): void => set({ of: { ...rule.of, [name]: value } });
  return (
    <details open={open.current}>
      <summary>
        {narrowed === 0 ? t.audiences.narrow : t.audiences.narrowed(narrowed)}
        {earning && ` · ${t.shared.revenue}`}
      </summary>
      <div className="row">
        {CHOSEN.map((name) => (
          <Picker
            key={name}
            kind={KINDS[name]}
            label={t.kinds[KINDS[name]]}
            value={rule.of[name]}
            none={t.audiences.any}
            chosen={(id) => narrow(name, id)}
          />
        ))}
        {TYPED.map((name) => (
          <Text
            key={name}
            label={t.audiences.typed[name]}
            value={rule.of[name]}
            typed={(value) => narrow(name, value)}
            {...(name === 'link_key' && { placeholder: 'link1' })}
          />
        ))}
        {earning && <Money rule={rule} set={set} />}
      </div>
    </details>
  );
}

const Money = ({ rule, set }: FieldsProps): JSX.Element => (
  <>
    <Text
      label={t.audiences.earned_least}
      numeric
      placeholder="10.00"
      value={rule.earned_least}
      typed={(earned_least) => set({ earned_least })}
    />
    <Text
      label={t.audiences.earned_most}
      numeric
      value={rule.earned_most}
      typed={(earned_most) => set({ earned_most })}
    />
    <Text
      label={t.make.currency}
      placeholder="USD"
      value={rule.currency}
      typed={(currency) => set({ currency })}
    />
  </>
);
