/** Finds the story of a pasted id: tries each kind that it may be, the likeliest first. */
import { type JSX, useEffect, useState } from 'react';
import { ApiFailure, ask } from '../api.ts';
import { go, usePlace } from '../location.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { askOnce } from '../use-answer.ts';
import { addressOfStory, type StoryKind, StoryOf } from './story.tsx';

export function TracePage(): JSX.Element {
  const { query } = usePlace();
  const id = (query['id'] ?? '').trim();
  return (
    <div>
      <Title text={t.pages.trace} />
      <search>
        <form
          className="trace"
          onSubmit={(event) => {
            event.preventDefault();
            const text = String(new FormData(event.currentTarget).get('id') ?? '').trim();
            go(`/trace?id=${encodeURIComponent(text)}`);
          }}
        >
          <label htmlFor="id">{t.trace.what}</label>
          <input id="id" name="id" type="search" defaultValue={id} key={id} required />
          <button type="submit" className="main">
            {t.pages.trace}
          </button>
        </form>
      </search>
      {id === '' ? <Empty>{t.trace.empty}</Empty> : <Found id={id} key={id} />}
    </div>
  );
}

/** The kinds that an id may have, the likeliest first. */
function guesses(text: string): [StoryKind, string][] {
  const id = /^https?:\/\/[^/]+\/([^/?#]+)/.exec(text)?.[1] ?? text;
  const kinds: StoryKind[] = [];
  if (/^[A-Za-z0-9]{7}$/.test(id)) kinds.push('link');
  if (/^[A-Za-z0-9]{29}$/.test(id)) kinds.push('click');
  if (id.startsWith('cnv_')) kinds.push('conversion');
  kinds.push('message', 'contact');
  return kinds.map((kind) => [kind, id]);
}

interface Thing {
  kind: StoryKind;
  id: string;
}

/** The item of the caller's account with the id `text`; if there is none, the conversion with that transaction. */
async function find(text: string): Promise<Thing | 'nothing'> {
  for (const [kind, id] of guesses(text)) {
    try {
      // The story below shows the same answer.
      await askOnce(addressOfStory(kind, id));
      return { kind, id };
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.status !== 404) throw error;
    }
  }
  const { rows } = await ask('/v2/conversions', { txn_id: text, from: '2000-01-01' });
  const [first] = rows;
  return first === undefined ? 'nothing' : { kind: 'conversion', id: first.conversion_id };
}

function Found({ id }: { id: string }): JSX.Element {
  const [found, setFound] = useState<Thing | 'asking' | 'nothing' | Error>('asking');
  useEffect(() => {
    let gone = false;
    find(id).then(
      (result) => !gone && setFound(result),
      (error: Error) => !gone && setFound(error),
    );
    return () => {
      gone = true;
    };
  }, [id]);
  if (found === 'asking') return <Loading />;
  if (found === 'nothing') return <Empty>{t.trace.nothing(id)}</Empty>;
  if (found instanceof Error) return <Failed error={found} />;
  return <StoryOf {...found} />;
}
