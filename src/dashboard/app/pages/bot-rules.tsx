/** The account's own rules of bot detection, for its owners. */
import type { JSX } from 'react';
import { rulesOf, rulesValues } from '../catalog-values.ts';
import { EditForm } from '../parts/edit-form.tsx';
import { Area } from '../parts/form.tsx';
import { Answered } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { changeAccount } from '../save.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

export function BotRulesPage(): JSX.Element {
  const answer = useAnswer('/v2/account', {}, { fresh: true });
  return (
    <div>
      <Title text={t.pages.bot_rules} />
      <p>{t.rules.about}</p>
      <Answered
        answer={answer}
        show={({ account_id, bot_rules }) => (
          <EditForm
            name={`${account_id}/bots`}
            stored={rulesValues(bot_rules)}
            button={t.edit.save}
            save={(values, before) =>
              changeAccount(
                before,
                values,
                (now) => rulesValues(now.bot_rules),
                (now) => ({ bot_rules: rulesOf(now) }),
              )
            }
          >
            {() => (
              <>
                <h2 className="first">{t.rules.bot}</h2>
                <Rules of="bot" />
                <h2>{t.rules.hosting}</h2>
                <Networks of="hosting" />
                <h2>{t.rules.person}</h2>
                <Rules of="person" />
              </>
            )}
          </EditForm>
        )}
      />
    </div>
  );
}

const Rules = ({ of }: { of: 'bot' | 'person' }): JSX.Element => (
  <>
    <Area
      name={`bot_rules.${of}.user_agents`}
      label={t.rules.user_agents}
      help={t.rules.user_agents_help}
      optional
    />
    <Area
      name={`bot_rules.${of}.addresses`}
      label={t.rules.addresses}
      help={t.edit.one_a_line}
      placeholder="192.0.2.0/24"
      optional
    />
    <Networks of={of} />
  </>
);

const Networks = ({ of }: { of: 'bot' | 'hosting' | 'person' }): JSX.Element => (
  <Area
    name={`bot_rules.${of}.asns`}
    label={t.rules.networks}
    help={t.rules.networks_help}
    placeholder="64500"
    optional
  />
);
