/** A person who has no mouse: goes to everything with Tab, and presses and types there. */
import type { Locator, Page } from 'playwright-core';

/** Tab is pressed so often without looking; then each time is looked at, since a field may have several stops. */
const BLIND_LESS = 2;
const LOOKED_AT_MAX = 150;
/** A list forgets after a second what was typed. */
const TYPED_AHEAD_MS = 1_100;
const CHOICES_MAX = 3;

export interface Keyboard {
  /** Goes to it with Tab, or Shift and Tab, whichever is nearer; throws where it can't be reached so. */
  reach(target: Locator, name: string): Promise<void>;
  /** Goes to the first of that name, and presses the key. */
  press(role: 'button' | 'link' | 'checkbox', name: string | RegExp, key?: string): Promise<void>;
  /** Goes to the field, and types in place of what it holds. */
  type(label: string, text: string): Promise<void>;
  /** Goes to the list, and types the beginning of what it is to say. */
  choose(label: string, beginning: string): Promise<void>;
}

export function keyboardOf(page: Page): Keyboard {
  const has_focus = (target: Locator): Promise<boolean> =>
    target.evaluate((element) => element === document.activeElement);

  async function reach(target: Locator, name: string): Promise<void> {
    await target.waitFor();
    if (await has_focus(target)) return;
    const away = await target.evaluate(stopsTo);
    const key = away < 0 ? 'Shift+Tab' : 'Tab';
    for (let i = BLIND_LESS; i < Math.abs(away); i++) await page.keyboard.press(key);
    for (let i = 0; i < LOOKED_AT_MAX; i++) {
      await page.keyboard.press(key);
      if (await has_focus(target)) return;
    }
    throw new Error(`${name} is not reached with ${key}`);
  }

  return {
    reach,
    async press(role, name, key = 'Enter') {
      await reach(page.getByRole(role, { name, exact: typeof name === 'string' }).first(), String(name));
      await page.keyboard.press(key);
    },
    async type(label, text) {
      await reach(page.getByLabel(label, { exact: true }).first(), label);
      await page.keyboard.press('Control+a');
      await page.keyboard.type(text);
    },
    async choose(label, beginning) {
      const list = page.getByLabel(label, { exact: true }).first();
      await reach(list, label);
      for (let tries = 0; tries < CHOICES_MAX; tries++) {
        await page.keyboard.type(beginning);
        const chosen = await list.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text);
        if (chosen?.toLowerCase().startsWith(beginning.toLowerCase())) return;
        // The browser takes what was typed into the list before for the beginning of this.
        await page.waitForTimeout(TYPED_AHEAD_MS);
      }
      throw new Error(`${label} has no choice that begins with ${beginning}`);
    },
  };
}

/** Runs in the page: how many stops of Tab it is from what has the focus, about; below 0 backwards. */
function stopsTo(target: Element): number {
  const all = [
    ...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary'),
  ];
  const stops = all.filter(
    (element) =>
      element.tabIndex >= 0 &&
      !(element as HTMLButtonElement).disabled &&
      element.closest('[inert]') === null &&
      element.checkVisibility(),
  );
  const from = document.activeElement ?? document.body;
  const FOLLOWS = Node.DOCUMENT_POSITION_FOLLOWING;
  const is_behind = (a: Element, b: Element): boolean => (a.compareDocumentPosition(b) & FOLLOWS) !== 0;
  const between = (a: Element, b: Element): number =>
    stops.filter((stop) => is_behind(a, stop) && (stop === b || is_behind(stop, b))).length;
  return from === document.body || is_behind(from, target)
    ? between(from, target)
    : -between(target, from) - 1;
}
