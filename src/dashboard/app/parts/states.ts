/** Placeholders for a response: loading, failed with what to do, or empty with the reason. */
import { type ComponentChildren, h, type JSX } from 'preact';
import type { Answer } from '../use-answer.ts';

export function Loading(): JSX.Element {
  return h('p', { class: 'loading', role: 'status' }, 'Loading …');
}

export function Failed({ error, again }: { error: Error; again?: () => void }): JSX.Element {
  return h(
    'div',
    { class: 'notice bad', role: 'alert' },
    h('p', {}, error.message),
    again && h('button', { type: 'button', onClick: again }, 'Try again'),
  );
}

export function Empty({ children }: { children?: ComponentChildren }): JSX.Element {
  return h('div', { class: 'notice' }, children);
}

/** Shows an answer with `show` once it has loaded; the previous answer stays visible while the next one loads. */
export function Answered<T>({
  answer,
  show,
}: {
  answer: Answer<T>;
  show: (value: T) => ComponentChildren;
}): JSX.Element {
  if (answer.error !== undefined) return h(Failed, { error: answer.error, again: answer.again });
  if (answer.value === undefined) return h(Loading, {});
  return h('div', { class: answer.loading ? 'stale' : '', 'aria-busy': answer.loading }, show(answer.value));
}
