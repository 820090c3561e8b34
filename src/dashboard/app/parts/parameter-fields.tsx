/** What is added to destinations, and what becomes of a tap's own parameters: alike wherever it can be set. */
import type { JSX } from 'react';
import { t } from '../strings/strings.ts';
import { Area, Choice } from './form.tsx';

const QUERIES = ['', 'drop', 'pass', 'fill'] as const;

export const ParameterFields = (): JSX.Element => (
  <>
    <Area
      name="url_params"
      label={t.edit.url_params}
      help={t.edit.url_params_help}
      placeholder="utm_source=sms"
      optional
    />
    <Choice
      name="query"
      label={t.edit.query}
      choices={QUERIES.map((mode) => [mode, t.edit.queries[mode === '' ? 'wider' : mode]] as const)}
      initial=""
    />
  </>
);
