/** Where an offer leads by who taps and when, how much of it there may be, and which click earns its conversions. */
import type { JSX } from 'react';
import type { Values } from '../drafts.ts';
import { timeZone } from '../format.ts';
import {
  CAP_COUNTS,
  CAP_PERIODS,
  CAPS_MAX,
  type CapDraft,
  CHOICES_MAX,
  type ChoiceDraft,
  DEVICES,
  listOf,
  MODELS,
  newCap,
  newChoice,
  newRule,
  newTarget,
  RULES_MAX,
  type RuleDraft,
  TARGETS_MAX,
  type TargetDraft,
} from '../offer-rules.ts';
import { t } from '../strings/strings.ts';
import { Picker } from './picker.tsx';
import { Lines, Listed, Select, Text, Tick } from './plain-fields.tsx';

export interface OfferRulesProps {
  values: Values;
  put: (values: Values) => void;
}

const WORDS = { remove: t.shared.remove, up: t.offer_rules.up };

const named = <T extends string>(names: readonly T[], titles: Record<T, string>): [T, string][] =>
  names.map((name) => [name, titles[name]]);

export function OfferRules({ values, put }: OfferRulesProps): JSX.Element {
  const set = (name: string, list: readonly object[]): void =>
    put({ ...values, [name]: JSON.stringify(list) });
  return (
    <>
      <Listed
        label={t.offer_rules.rules}
        one={t.offer_rules.rule}
        items={listOf<RuleDraft>(values['rules'])}
        max={RULES_MAX}
        add={t.offer_rules.add_rule}
        fresh={() => newRule(timeZone())}
        ordered
        put={(rules) => set('rules', rules)}
        words={WORDS}
        show={(rule, change) => <RuleFields rule={rule} change={change} />}
      />
      <Listed
        label={t.leads.caps}
        one={t.offer_rules.cap}
        items={listOf<CapDraft>(values['caps'])}
        max={CAPS_MAX}
        add={t.offer_rules.add_cap}
        fresh={() => newCap(timeZone())}
        put={(caps) => set('caps', caps)}
        words={WORDS}
        show={(cap, change) => <CapFields cap={cap} change={change} />}
      />
      <Listed
        label={t.attribution.title}
        one={t.offer_rules.choice}
        items={listOf<ChoiceDraft>(values['attribution'])}
        max={CHOICES_MAX}
        add={t.offer_rules.add_choice}
        fresh={newChoice}
        put={(choices) => set('attribution', choices)}
        words={WORDS}
        show={(choice, change) => <ChoiceFields choice={choice} change={change} />}
      />
      <p className="note">{t.offer_rules.attribution_help(timeZone())}</p>
    </>
  );
}

function RuleFields({
  rule,
  change,
}: {
  rule: RuleDraft;
  change: (changes: Partial<RuleDraft>) => void;
}): JSX.Element {
  return (
    <>
      <div className="row">
        <Text label={t.make.name} value={rule.name} typed={(name) => change({ name })} />
        <Text
          label={t.offer_rules.countries}
          placeholder="AT, DE"
          value={rule.country}
          typed={(country) => change({ country })}
        />
        <Text
          label={t.offer_rules.languages}
          placeholder="de, en-GB"
          value={rule.language}
          typed={(language) => change({ language })}
        />
      </div>
      <fieldset className="row">
        <legend>{t.offer_rules.devices}</legend>
        {DEVICES.map((device) => (
          <Tick
            key={device}
            label={t.offer_rules.device[device]}
            checked={rule.device.includes(device)}
            put={(checked) =>
              change({
                device: checked ? [...rule.device, device] : rule.device.filter((one) => one !== device),
              })
            }
          />
        ))}
      </fieldset>
      <Times rule={rule} change={change} />
      <Lines
        label={t.offer_rules.query}
        placeholder="utm_source=sms"
        value={rule.query}
        typed={(query) => change({ query })}
      />
      <Listed
        label={t.leads.leads_to}
        one={t.offer_rules.target}
        items={rule.to}
        max={TARGETS_MAX}
        add={t.offer_rules.add_target}
        fresh={newTarget}
        put={(to) => change({ to })}
        words={WORDS}
        show={(target, set) => <TargetFields target={target} change={set} />}
      />
    </>
  );
}

const Times = ({
  rule,
  change,
}: {
  rule: RuleDraft;
  change: (changes: Partial<RuleDraft>) => void;
}): JSX.Element => (
  <div className="row">
    <Text
      label={t.offer_rules.hours_from}
      numeric
      placeholder="18"
      value={rule.hours_from}
      typed={(hours_from) => change({ hours_from })}
    />
    <Text
      label={t.offer_rules.hours_to(rule.hours_tz)}
      numeric
      placeholder="23"
      value={rule.hours_to}
      typed={(hours_to) => change({ hours_to })}
    />
    <Text
      label={t.offer_rules.days_from}
      type="date"
      value={rule.days_from}
      typed={(days_from) => change({ days_from })}
    />
    <Text
      label={t.offer_rules.days_to(rule.days_tz)}
      type="date"
      value={rule.days_to}
      typed={(days_to) => change({ days_to })}
    />
  </div>
);

const TargetFields = ({
  target,
  change,
}: {
  target: TargetDraft;
  change: (changes: Partial<TargetDraft>) => void;
}): JSX.Element => (
  <div className="row">
    <Picker
      kind="offers"
      label={t.kinds.offers}
      value={target.offer_id}
      none={t.link.own_address}
      chosen={(offer_id) => change({ offer_id })}
    />
    {target.offer_id === '' && (
      <Text
        label={t.link.address}
        placeholder="https://shop.example/at?cid={{click_id}}"
        value={target.url}
        typed={(url) => change({ url })}
      />
    )}
    <Text label={t.offer_rules.weight} numeric value={target.weight} typed={(weight) => change({ weight })} />
  </div>
);

const CapFields = ({
  cap,
  change,
}: {
  cap: CapDraft;
  change: (changes: Partial<CapDraft>) => void;
}): JSX.Element => (
  <div className="row">
    <Select
      label={t.leads.cap}
      value={cap.count}
      choices={named(CAP_COUNTS, t.offer_rules.counts)}
      chosen={(count) => change({ count })}
    />
    <Select
      label={t.leads.period}
      value={cap.per}
      choices={named(CAP_PERIODS, t.offer_rules.periods)}
      chosen={(per) => change({ per })}
    />
    <Text
      label={t.offer_rules.limit}
      numeric
      placeholder={cap.count === 'payout' ? '500.00' : '1000'}
      value={cap.limit}
      typed={(limit) => change({ limit })}
    />
    <Text label={t.account.time_zone} value={cap.tz} typed={(tz) => change({ tz })} />
  </div>
);

const ChoiceFields = ({
  choice,
  change,
}: {
  choice: ChoiceDraft;
  change: (changes: Partial<ChoiceDraft>) => void;
}): JSX.Element => (
  <div className="row">
    <Text
      label={t.attribution.from}
      type="datetime-local"
      value={choice.from}
      typed={(from) => change({ from })}
    />
    <Select
      label={t.attribution.credited_by}
      value={choice.model}
      choices={named(MODELS, t.attribution)}
      chosen={(model) => change({ model })}
    />
    <Text
      label={t.offer_rules.window_days}
      numeric
      placeholder={t.offer_rules.as_offer}
      value={choice.window_days}
      typed={(window_days) => change({ window_days })}
    />
    {choice.model === 'view_through' && (
      <Text
        label={t.offer_rules.view_hours}
        numeric
        placeholder="24"
        value={choice.view_window_hours}
        typed={(view_window_hours) => change({ view_window_hours })}
      />
    )}
  </div>
);
