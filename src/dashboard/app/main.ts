/** The entry: colours and words first, then the console, whose parts read both when they load. */
import { loadStrings } from './strings/strings.ts';
import { applyTheme } from './theme.ts';
import './style.css';

/** An old page asks for a file that a newer installation no longer has: the page is loaded anew, once in a while. */
const RELOAD_PAUSE_MS = 30_000;
const RELOADED_AT = 'reloaded_at';

window.addEventListener('vite:preloadError', (event) => {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) < RELOAD_PAUSE_MS) return;
  sessionStorage.setItem(RELOADED_AT, String(Date.now()));
  event.preventDefault();
  location.reload();
});

applyTheme();
void start();

/** The code is fetched beside the words (the document preloads it), and runs after them. */
async function start(): Promise<void> {
  await loadStrings();
  const { show } = await import('./app.tsx');
  show(document.getElementById('app'));
}
