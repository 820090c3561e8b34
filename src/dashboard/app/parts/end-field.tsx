/** From when a link leads nowhere, as a clock in the account's zone shows it. */
import type { JSX } from 'react';
import { timeZone } from '../format.ts';
import { t } from '../strings/strings.ts';
import { Field } from './form.tsx';

export const EndField = (): JSX.Element => (
  <Field
    name="expires_at"
    type="datetime-local"
    label={t.link.expires_at}
    help={t.link.expires_help(timeZone())}
    optional
  />
);
