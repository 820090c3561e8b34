/** The logo of the account's brand, from a picture of any size: it is a part of small pages, so it is made small here. */
import { Field as BaseField } from '@base-ui/react/field';
import { type JSX, useId, useState } from 'react';
import { t } from '../strings/strings.ts';

/** The API's own bound. */
const LENGTH_MAX = 3_000;
/** The longer side, in pixels: the first that fits. */
const SIZES = [160, 128, 96, 64, 48, 32] as const;

export interface LogoFieldProps {
  /** A data URL; '' for none. */
  logo: string;
  put: (logo: string) => void;
}

export function LogoField({ logo, put }: LogoFieldProps): JSX.Element {
  const id = useId();
  const [error, setError] = useState('');
  const take = (file: File | undefined): void => {
    if (file === undefined) return;
    setError('');
    smallLogo(file).then(put, () => setError(t.account.no_logo));
  };
  return (
    <BaseField.Root name="brand.logo" className="field">
      <label htmlFor={id}>{t.account.logo}</label>
      <input type="hidden" name="brand.logo" value={logo} />
      {logo !== '' && (
        <p className="actions">
          <img className="logo" src={logo} alt={t.account.logo_now} />
          <button type="button" onClick={() => put('')}>
            {t.account.remove_logo}
          </button>
        </p>
      )}
      <input
        id={id}
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp,image/svg+xml"
        aria-describedby={`${id}-help`}
        onChange={({ currentTarget }) => take(currentTarget.files?.[0] ?? undefined)}
      />
      <p className="note" id={`${id}-help`}>
        {t.account.logo_help}
      </p>
      {error !== '' && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
      <BaseField.Error className="error" role="alert" />
    </BaseField.Root>
  );
}

/** As it is where it is small enough, else drawn smaller. Rejects where it is no picture, or none that gets small. */
async function smallLogo(file: File): Promise<string> {
  const own = await dataUrl(file);
  if (own.length <= LENGTH_MAX) return own;
  const picture = await createImageBitmap(file);
  const canvas = document.createElement('canvas');
  for (const size of SIZES) {
    const scale = Math.min(1, size / Math.max(picture.width, picture.height));
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const drawn = canvas.toDataURL('image/webp', 0.85);
    if (drawn.length <= LENGTH_MAX) return drawn;
  }
  throw new Error('too large');
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(file);
  });
}
