/** Members of the account: who is there, and for its owners inviting, roles, resets and removals. */
import { type JSX, useState } from 'react';
import { type AnswerOf, send } from '../api.ts';
import { time } from '../format.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Copy } from '../parts/copy.tsx';
import { Field, Form, RoleField } from '../parts/form.tsx';
import { Answered, Failed } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Members = AnswerOf<'/v2/members'>;
type Member = Members['members'][number];

/** More than an account can have. */
const PER_PAGE = 1_000;

interface Link {
  invitation_url: string;
  expires_at: string;
}

export function MembersPage(): JSX.Element {
  const answer = useAnswer('/v2/members', { per_page: PER_PAGE });
  const [link, setLink] = useState<Link & { email: string }>();
  const [error, setError] = useState<Error>();
  const change = async (work: () => Promise<void>): Promise<void> => {
    setError(undefined);
    await work().catch(setError);
    answer.again();
  };
  return (
    <div>
      <Title text={t.pages.members} />
      {link !== undefined && <LinkNotice {...link} />}
      {error !== undefined && <Failed error={error} />}
      <Answered
        answer={answer}
        show={({ members }) => (
          <Table
            caption={t.pages.members}
            stacked
            columns={columnsOf(change, setLink)}
            rows={members}
            id={({ member_id }) => member_id}
          />
        )}
      />
      <h2>{t.members.invite}</h2>
      <Form
        button={t.members.make_link}
        submit={async ({ email = '', role }) => {
          setLink({ email, ...(await send<Link>('POST', '/v2/members', { email, role })) });
          answer.again();
        }}
      >
        <Field name="email" label={t.shared.email} type="email" help={t.members.invite_help} />
        <RoleField />
      </Form>
    </div>
  );
}

/** Shown once: neither this page nor the API can show the link again. */
function LinkNotice({ email, invitation_url, expires_at }: Link & { email: string }): JSX.Element {
  return (
    <div className="notice" role="status">
      <p>
        <Words
          text={t.members.link_until(time(expires_at, 'short'))}
          link={<strong>{t.members.link_for(email)}</strong>}
        />
      </p>
      <p className="secret">{invitation_url}</p>
      <Copy text={invitation_url} />
    </div>
  );
}

type Change = (work: () => Promise<void>) => Promise<void>;

function columnsOf(change: Change, show: (link: Link & { email: string }) => void): Column<Member>[] {
  return [
    { name: '', title: t.shared.email, show: ({ email }) => email },
    { name: '', title: t.roles.role, show: (member) => <RoleChoice member={member} change={change} /> },
    {
      name: '',
      title: t.members.state,
      show: ({ state, invitation_expires_at }) =>
        state === 'invited'
          ? t.members.invited_until(time(invitation_expires_at, 'short'))
          : t.edit.states.active,
    },
    { name: '', title: t.members.factor, show: ({ totp }) => (totp ? t.members.on : t.members.off) },
    {
      name: '',
      title: t.members.last_sign_in,
      show: ({ last_signed_in_at }) => time(last_signed_in_at, 'short'),
    },
    {
      name: '',
      title: t.members.actions,
      show: (member) => <Actions member={member} change={change} show={show} />,
    },
  ];
}

function RoleChoice({ member, change }: { member: Member; change: Change }): JSX.Element {
  const { member_id, email, role } = member;
  const roles = ['owner', 'member', 'viewer'] as const;
  return (
    <select
      aria-label={t.members.role_of(email)}
      value={role}
      onChange={(event) => {
        const chosen = event.target.value;
        void change(() => send('PATCH', `/v2/members/${member_id}`, { role: chosen }));
      }}
    >
      {roles.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}

function Actions({
  member: { member_id, email, state, role },
  change,
  show,
}: {
  member: Member;
  change: Change;
  show: (link: Link & { email: string }) => void;
}): JSX.Element {
  const renew = async (): Promise<void> => {
    const link =
      state === 'invited'
        ? await send<Link>('POST', '/v2/members', { email, role })
        : await send<Link>('POST', `/v2/members/${member_id}/reset`);
    show({ email, ...link });
  };
  return (
    <div className="actions">
      {state === 'invited' ? (
        <button type="button" aria-label={t.members.new_link_for(email)} onClick={() => void change(renew)}>
          {t.members.new_link}
        </button>
      ) : (
        <Confirm
          button={t.members.reset}
          label={t.members.reset_of(email)}
          question={t.members.reset_ask(email)}
          confirmed={() => void change(renew)}
        />
      )}
      <Confirm
        button={t.shared.remove}
        label={t.members.remove_of(email)}
        question={t.members.remove_ask(email)}
        confirmed={() => void change(() => send('DELETE', `/v2/members/${member_id}`))}
      />
    </div>
  );
}
