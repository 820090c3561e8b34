/** Finds the story of a pasted id: tries each kind that it may be, the likeliest first. */
import { h, type JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiFailure, ask } from '../api.ts';
import { go, usePlace } from '../location.ts';
import { Empty, Failed, Loading } from '../parts/states.ts';
import { type StoryKind, StoryOf } from './story.ts';

export function TracePage(): JSX.Element {
  const { query } = usePlace();
  const id = (query['id'] ?? '').trim();
  return h(
    'div',
    {},
    h('h1', {}, 'Trace'),
    h(
      'form',
      {
        role: 'search',
        class: 'trace',
        onSubmit: (event: Event) => {
          event.preventDefault();
          const text = String(new FormData(event.target as HTMLFormElement).get('id') ?? '').trim();
          go(`/trace?id=${encodeURIComponent(text)}`);
        },
      },
      h('label', { for: 'id' }, 'A link, or the id of a link, message, click, conversion or transaction'),
      h('input', { id: 'id', name: 'id', type: 'search', defaultValue: id, key: id, required: true }),
      h('button', { type: 'submit', class: 'main' }, 'Trace'),
    ),
    id === ''
      ? h(Empty, {}, 'Its story shows here: where it came from, how it was judged, what it earned.')
      : h(Found, { id, key: id }),
  );
}

/** The kinds that an id may have, the likeliest first. */
function guesses(text: string): [StoryKind, string][] {
  const id = /^https?:\/\/[^/]+\/([^/?#]+)/.exec(text)?.[1] ?? text;
  const kinds: StoryKind[] = [];
  if (/^[A-Za-z0-9]{7}$/.test(id)) kinds.push('link');
  if (/^[A-Za-z0-9]{29}$/.test(id)) kinds.push('click');
  if (id.startsWith('cnv_')) kinds.push('conversion');
  kinds.push('message');
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
      await ask(`/v2/${kind}s/{id}`, { id });
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
  if (found === 'asking') return h(Loading, {});
  if (found === 'nothing')
    return h(Empty, {}, `Nothing in this account is called “${id}”. A new click appears within 2 seconds.`);
  if (found instanceof Error) return h(Failed, { error: found });
  return h(StoryOf, found);
}
