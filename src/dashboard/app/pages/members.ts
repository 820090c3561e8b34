/** Members of the account: who is there, and for its owners inviting, roles, resets and removals. */
import { h, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type AnswerOf, send } from '../api.ts';
import { time } from '../format.ts';
import { Field, Form, RoleField } from '../parts/form.ts';
import { Answered, Failed } from '../parts/states.ts';
import { type Column, Table } from '../parts/table.ts';
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
  return h(
    'div',
    {},
    h('h1', {}, 'Members'),
    link !== undefined && h(LinkNotice, link),
    error !== undefined && h(Failed, { error }),
    h(Answered<Members>, {
      answer,
      show: ({ members }) =>
        h(Table<Member>, {
          caption: 'Members',
          stacked: true,
          columns: columnsOf(change, setLink),
          rows: members,
        }),
    }),
    h('h2', {}, 'Invite'),
    h(
      Form,
      {
        button: 'Make a link',
        submit: async ({ email = '', role }) => {
          setLink({ email, ...(await send<Link>('POST', '/v2/members', { email, role })) });
          answer.again();
        },
      },
      h(Field, {
        name: 'email',
        label: 'Email address',
        type: 'email',
        help: 'You get a link to pass on; nothing is mailed.',
      }),
      h(RoleField, {}),
    ),
  );
}

/** Shown once: neither this page nor the API can show the link again. */
function LinkNotice({ email, invitation_url, expires_at }: Link & { email: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = (): void =>
    void navigator.clipboard.writeText(invitation_url).then(
      () => setCopied(true),
      () => {},
    );
  return h(
    'div',
    { class: 'notice', role: 'status' },
    h(
      'p',
      {},
      h('strong', {}, `A link for ${email}`),
      `, until ${time(expires_at, 'short')}. It is shown this once.`,
    ),
    h('p', { class: 'secret' }, invitation_url),
    h('button', { type: 'button', onClick: copy }, copied ? 'Copied' : 'Copy'),
  );
}

type Change = (work: () => Promise<void>) => Promise<void>;

function columnsOf(change: Change, show: (link: Link & { email: string }) => void): Column<Member>[] {
  return [
    { name: '', title: 'Email address', show: ({ email }) => email },
    { name: '', title: 'Role', show: (member) => h(RoleChoice, { member, change }) },
    {
      name: '',
      title: 'State',
      show: ({ state, invitation_expires_at }) =>
        state === 'invited' ? `invited, until ${time(invitation_expires_at, 'short')}` : state,
    },
    { name: '', title: 'Second factor', show: ({ totp }) => (totp ? 'on' : 'off') },
    { name: '', title: 'Last sign-in', show: ({ last_signed_in_at }) => time(last_signed_in_at, 'short') },
    { name: '', title: 'Actions', show: (member) => h(Actions, { member, change, show }) },
  ];
}

function RoleChoice({ member, change }: { member: Member; change: Change }): JSX.Element {
  const { member_id, email, role } = member;
  const roles = ['owner', 'member', 'viewer'] as const;
  return h(
    'select',
    {
      'aria-label': `Role of ${email}`,
      value: role,
      onChange: (event: Event) => {
        const chosen = (event.target as HTMLSelectElement).value;
        void change(() => send('PATCH', `/v2/members/${member_id}`, { role: chosen }));
      },
    },
    roles.map((one) => h('option', { key: one, value: one }, one)),
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
  const reset_text = `Take password and second factor of ${email} away, and make a link to set a new password?`;
  return h(
    'div',
    { class: 'actions' },
    h(
      'button',
      {
        type: 'button',
        'aria-label': state === 'invited' ? `New link for ${email}` : `Reset ${email}`,
        onClick: () => {
          if (state === 'invited' || confirm(reset_text)) void change(renew);
        },
      },
      state === 'invited' ? 'New link' : 'Reset',
    ),
    h(
      'button',
      {
        type: 'button',
        'aria-label': `Remove ${email}`,
        onClick: () => {
          if (confirm(`Remove ${email} from this account?`))
            void change(() => send('DELETE', `/v2/members/${member_id}`));
        },
      },
      'Remove',
    ),
  );
}
