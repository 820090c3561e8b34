/**
 * The baseline: uWebSockets.js with one route and a fixed 302. Arguments: port, address to redirect to, and for TLS the files of a
 * certificate and its key.
 */
import { App, SSLApp } from 'uWebSockets.js';

const [port = '', location = '', cert_file_name, key_file_name] = process.argv.slice(2);

const app =
  cert_file_name === undefined || key_file_name === undefined
    ? App()
    : SSLApp({ cert_file_name, key_file_name });

app
  .get('/*', (res) => {
    res.cork(() => {
      res.writeStatus('302 Found').writeHeader('Location', location);
      res.writeHeader('Cache-Control', 'private, no-store').end();
    });
  })
  .listen('127.0.0.1', Number(port), (socket) => {
    if (!socket) throw new Error(`port ${port} can't be opened`);
  });
