/**
 * A form over something stored, or something new: what is typed survives a reload (drafts.ts), leaving with it asks first,
 * and Ctrl-S or ⌘S saves. The form is of what was stored when it was opened, so that what others change meanwhile is not
 * sent back as it was.
 */
import { type JSX, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { changedFields, keepDraft, readDraft, type Values } from '../drafts.ts';
import { guardLeaving } from '../location.ts';
import { t } from '../strings/strings.ts';
import { Form, Initial } from './form.tsx';

export interface EditFormProps<T> {
  /** Of its draft: unique among all forms of all accounts. */
  name: string;
  stored: Values;
  button: string;
  /** Whether this can't be saved; the form says why. */
  blocked?: (values: Values) => boolean;
  /** Throws with a sentence for the reader. */
  save: (values: Values, stored: Values) => Promise<T>;
  /** Nothing is unsaved any more. */
  saved?: (result: T) => void;
  /** The fields for what is in the form now. */
  children: (form: FormNow) => ReactNode;
  beside?: (values: Values) => ReactNode;
}

export interface FormNow {
  values: Values;
  /** Puts others in their place, and counts `generation` up: the key of fields that are to be drawn anew. */
  put: (values: Values) => void;
  generation: number;
}

export function EditForm<T>(props: EditFormProps<T>): JSX.Element {
  const { name, stored, button, blocked, save, saved, children, beside } = props;
  const [before, setBefore] = useState(stored);
  const [found, setFound] = useState(() => readDraft(sessionStorage, name));
  const [first, setFirst] = useState(() => ({ values: { ...stored, ...found }, generation: 0 }));
  const [discarded, setDiscarded] = useState(0);
  const [values, setValues] = useState(first.values);
  const within = useRef<HTMLDivElement>(null);
  const unsaved = useUnsaved(found !== undefined, within);
  const keep = (now: Values): void => {
    const changed = changedFields(before, now) as Values;
    keepDraft(sessionStorage, name, changed);
    unsaved.current = Object.keys(changed).length > 0;
    setValues(now);
  };
  const put = (now: Values): void => {
    keep(now);
    setFirst(({ generation }) => ({ values: now, generation: generation + 1 }));
  };
  const discard = (): void => {
    setFound(undefined);
    setDiscarded(discarded + 1);
    put(before);
  };
  return (
    <Initial.Provider value={first.values}>
      {found !== undefined && (
        <p className="notice actions" role="status">
          {t.edit.found}
          <button type="button" onClick={discard}>
            {t.edit.discard}
          </button>
        </p>
      )}
      <div ref={within} className={beside === undefined ? undefined : 'beside'}>
        <Form
          key={discarded}
          button={button}
          typed={keep}
          blocked={blocked?.(values) === true}
          submit={async (now) => {
            const result = await save(now, before);
            keepDraft(sessionStorage, name, {});
            unsaved.current = false;
            setFound(undefined);
            setBefore(now);
            saved?.(result);
            return 'keep';
          }}
        >
          {children({ values, put, generation: first.generation })}
        </Form>
        {beside?.(values)}
      </div>
    </Initial.Provider>
  );
}

/** Asks before what is unsaved is left; the same answer holds a reload and the way out of the console. */
function useUnsaved(at_first: boolean, within: RefObject<HTMLElement | null>): { current: boolean } {
  const unsaved = useRef(at_first);
  useEffect(() => {
    const unloading = (event: BeforeUnloadEvent): void => {
      if (unsaved.current) event.preventDefault();
    };
    const pressed = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      const meant = document.activeElement?.closest('form.form') ?? document.querySelector('main form.form');
      const own = within.current?.querySelector('form');
      if (own === undefined || own === null || own !== meant) return;
      event.preventDefault();
      own.requestSubmit();
    };
    const end = guardLeaving(() => !unsaved.current || window.confirm(t.edit.leave));
    window.addEventListener('beforeunload', unloading);
    window.addEventListener('keydown', pressed);
    return () => {
      end();
      window.removeEventListener('beforeunload', unloading);
      window.removeEventListener('keydown', pressed);
    };
  }, [within]);
  return unsaved;
}
