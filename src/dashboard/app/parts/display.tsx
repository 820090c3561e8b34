/** Colours and language, in a popover of the browser: it closes on Escape and on a click elsewhere by itself. */
import { type JSX, useState } from 'react';
import { chooseLanguage, LANGUAGES, languageOf, t } from '../strings/strings.ts';
import { chooseTheme, THEMES, type Theme, themeOf } from '../theme.ts';
import { DisplayIcon } from './icons.tsx';

export function Display(): JSX.Element {
  const [theme, setTheme] = useState(themeOf());
  const choose = (chosen: Theme): void => {
    chooseTheme(chosen);
    setTheme(chosen);
  };
  return (
    <div className="display">
      <button type="button" className="quiet icon" popoverTarget="display" aria-label={t.frame.display}>
        <DisplayIcon />
      </button>
      <div popover="auto" id="display" className="popover">
        <label>
          {t.frame.theme}
          <select value={theme} onChange={(event) => choose(event.target.value as Theme)}>
            {THEMES.map((one) => (
              <option key={one} value={one}>
                {t.frame[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t.frame.language}
          <select value={languageOf()} onChange={(event) => chooseLanguage(event.target.value)}>
            {Object.entries(LANGUAGES).map(([language, name]) => (
              <option key={language} value={language} lang={language}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
    </div>
  );
}
