/**
 * Connections of the public listener: how many are open, and how many closed without a request that we have seen. Those
 * are requests that uWebSockets.js refuses by itself (HTTP/1.0, an absolute-form target, headers beyond the bound in
 * supervisor/role-process.ts), and connections that asked nothing: checks of a balancer, sockets opened in advance.
 */
import type { HttpResponse, TemplatedApp } from 'uWebSockets.js';
import type { RedirectCounts } from './redirect-metrics.ts';

export interface Connections {
  readonly open: number;
}

/** Before the routes are added. */
export function countConnections(app: TemplatedApp, counts: RedirectCounts['connections']): Connections {
  let open = 0;
  // A request's own handler takes its place, and an answer removes it: it is called where neither happened.
  const closedUnasked = (): void => {
    counts.without_request++;
  };
  const changed = (res: HttpResponse, change: number): void => {
    open += change;
    if (change < 0) return;
    counts.opened++;
    res.onAborted(closedUnasked);
  };
  app.filter(changed);
  return {
    get open() {
      return open;
    },
  };
}
