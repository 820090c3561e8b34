/** What can be done with a link: open it, copy it, show its QR code, disable it, set its end. */
import { type JSX, useState } from 'react';
import { type AnswerOf, ask } from '../api.ts';
import { time, timeZone } from '../format.ts';
import { change } from '../save.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { clockOf, editedInstant } from '../zone-time.ts';
import { EndField } from './end-field.tsx';
import { Form, Initial } from './form.tsx';
import { ShortLink } from './short-link.tsx';
import { Failed } from './states.tsx';
import { focusHeading } from './title.tsx';

type Link = AnswerOf<'/v2/links/{id}'>['link'];
interface Changeable {
  status: 'active' | 'disabled';
  expires_at: string | null;
}

const TONES: Record<Link['status'], string> = {
  active: 'good',
  disabled: 'warn',
  expired: 'warn',
  gone: '',
  taken_down: 'bad',
};

export function LinkActions({ id, may_change }: { id: string; may_change: boolean }): JSX.Element | null {
  const { value } = useAnswer('/v2/links/{id}', { id });
  if (value === undefined) return null;
  const { link } = value;
  return (
    <div>
      <p className="actions">
        <span className={`state ${TONES[link.status]}`}>{t.link.states[link.status]}</span>
        {link.expires_at !== null && t.link.until(time(link.expires_at))}
      </p>
      {link.short_url !== null && <ShortLink short_url={link.short_url} link_id={id} />}
      {may_change && link.status !== 'gone' && <Changes link={link} key={link.expires_at} />}
    </div>
  );
}

const changeableOf = ({ link: { status, expires_at } }: { link: Link }): Changeable => ({
  status: status === 'disabled' ? 'disabled' : 'active',
  expires_at,
});

function Changes({ link }: { link: Link }): JSX.Element {
  const [error, setError] = useState<Error>();
  const { link_id, expires_at } = link;
  const before = changeableOf({ link });
  const put = (wanted: Partial<Changeable>, said: string): Promise<void> =>
    change(`/v2/links/${link_id}`, before, wanted, said, async () =>
      changeableOf(await ask('/v2/links/{id}', { id: link_id })),
    );
  const on = before.status === 'active';
  return (
    <>
      <p>
        <button
          type="button"
          onClick={() => {
            setError(undefined);
            const wanted = on ? 'disabled' : 'active';
            put({ status: wanted }, on ? t.link.disabled : t.link.enabled).catch(setError);
          }}
        >
          {on ? t.link.disable : t.link.enable}
        </button>
      </p>
      {error !== undefined && <Failed error={error} />}
      <details>
        <summary>{t.link.set_end}</summary>
        <Initial.Provider value={{ expires_at: expires_at === null ? '' : clockOf(expires_at, timeZone()) }}>
          <Form
            button={t.edit.save}
            quiet
            submit={async ({ expires_at: text = '' }) => {
              await put({ expires_at: editedInstant(text, expires_at, timeZone()) }, t.edit.saved);
              // Another end draws these fields anew.
              focusHeading();
              return 'keep';
            }}
          >
            <EndField />
          </Form>
        </Initial.Provider>
      </details>
    </>
  );
}
