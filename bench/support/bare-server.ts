/** The baseline: uWebSockets.js with one route and a fixed 302. Arguments: port, address to redirect to. */
import { App } from 'uWebSockets.js';

const [port = '', location = ''] = process.argv.slice(2);

App()
  .get('/*', (res) => {
    res.cork(() => {
      res.writeStatus('302 Found').writeHeader('Location', location);
      res.writeHeader('Cache-Control', 'private, no-store').end();
    });
  })
  .listen('127.0.0.1', Number(port), (socket) => {
    if (!socket) throw new Error(`port ${port} can't be opened`);
  });
