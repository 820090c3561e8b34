/**
 * A form over something stored, or something new: what is typed survives a reload (drafts.ts), leaving with it asks first,
 * and Ctrl-S or ⌘S saves. While nothing is unsaved the form follows what is stored, as Undo and others change it. Once
 * something is, it is of what was stored before that, so that what others change meanwhile is not sent back as it was.
 */
import {
  type JSX,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { changedFields, keepDraft, readDraft, type Values } from '../drafts.ts';
import { guardLeaving } from '../location.ts';
import { t } from '../strings/strings.ts';
import { Form, Initial, valuesOf } from './form.tsx';

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
  const [generation, setGeneration] = useState(0);
  const [values, setValues] = useState<Values>(() => ({ ...stored, ...found }));
  /** The same without waiting for the next drawing. */
  const held = useRef(values);
  const within = useRef<HTMLDivElement>(null);
  const unsaved = useUnsaved(found !== undefined, within);
  const [drawn, drawAnew] = useDrawn(within);
  /** `now` is what the fields hold that are there; a field that is not comes back with what it held. */
  const keep = (now: Values, all: Values, base: Values): void => {
    unsaved.current = differs(base, now);
    keepDraft(sessionStorage, name, unsaved.current ? (changedFields(base, all) as Values) : {});
    held.current = all;
    setValues(all);
  };
  const put = (now: Values, base = before): void => {
    keep(now, now, base);
    setGeneration(generation + 1);
  };
  const discard = (): void => {
    setFound(undefined);
    drawAnew();
    put(before);
  };
  const seen = useRef(stored);
  useEffect(() => {
    if (unsaved.current || JSON.stringify(seen.current) === JSON.stringify(stored)) return;
    seen.current = stored;
    setBefore(stored);
    if (!differs(stored, values)) return;
    drawAnew();
    put(stored, stored);
  });
  return (
    <Initial.Provider value={values}>
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
          key={drawn}
          button={button}
          typed={(now) => keep(now, { ...held.current, ...now }, before)}
          blocked={blocked?.(values) === true}
          submit={async (now) => {
            const result = await save(now, before);
            // Something may have been typed meanwhile.
            const form = within.current?.querySelector('form');
            const later = form ? valuesOf(form) : now;
            keep(later, { ...held.current, ...later }, now);
            setFound(undefined);
            setBefore(now);
            seen.current = stored;
            saved?.(result);
            return 'keep';
          }}
        >
          {children({ values, put, generation })}
        </Form>
        {beside?.(values)}
      </div>
    </Initial.Provider>
  );
}

const differs = (before: Values, now: Values): boolean => Object.keys(changedFields(before, now)).length > 0;

/** How often a form was drawn anew, and draws it anew; the focus stays at its field, or at the button. */
function useDrawn(within: RefObject<HTMLElement | null>): [drawn: number, drawAnew: () => void] {
  const [drawn, setDrawn] = useState(0);
  const focused = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (drawn === 0 || focused.current === undefined) return;
    const name = focused.current;
    const own = name === '' ? '[type=submit]' : `[name="${CSS.escape(name)}"]`;
    within.current?.querySelector<HTMLElement>(own)?.focus({ preventScroll: true });
  }, [drawn, within]);
  const drawAnew = (): void => {
    const active = document.activeElement;
    focused.current = within.current?.contains(active) ? (active?.getAttribute('name') ?? '') : undefined;
    setDrawn(drawn + 1);
  };
  return [drawn, drawAnew];
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
