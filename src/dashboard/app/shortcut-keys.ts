/** Whether single keys do something; kept in this browser. */
const KEPT_AS = 'shortcuts';
const OFF = 'off';

export const areOn = (): boolean => localStorage.getItem(KEPT_AS) !== OFF;

export function turn(on: boolean): void {
  if (on) localStorage.removeItem(KEPT_AS);
  else localStorage.setItem(KEPT_AS, OFF);
}
