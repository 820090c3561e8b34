/** Light, dark, or as the system says; kept in this browser. The style sheet does the rest by `data-theme`. */
const KEPT_AS = 'theme';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Sent to the window when the theme changes, for what is drawn instead of styled. */
export const THEME_EVENT = 'themechange';

export const themeOf = (): Theme =>
  THEMES.find((theme) => theme === localStorage.getItem(KEPT_AS)) ?? 'system';

export function applyTheme(theme = themeOf()): void {
  document.documentElement.dataset['theme'] = theme;
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEPT_AS, theme);
  applyTheme(theme);
  window.dispatchEvent(new Event(THEME_EVENT));
}
