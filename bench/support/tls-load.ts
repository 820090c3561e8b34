/**
 * Taps over TLS 1.3, each on a new connection, some at a time, with or without resuming the session before. A process of its
 * own, for a core of its own. Arguments: port, server name, seconds, connections at a time, `resume` or `full`, a file of
 * paths. Prints one line of JSON. Node takes longer for a handshake than the servers do: what this measures is the servers'
 * processor time a tap, not their highest rate.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

const [port = '', servername = '', seconds = '', connections = '', mode = '', paths_file = ''] =
  process.argv.slice(2);
const paths = readFileSync(paths_file, 'utf8').trim().split('\n');
const until = performance.now() + Number(seconds) * 1_000;
const counts = { requests: 0, resumed: 0, errors: 0 };

/** One tap; resolves with the session that the server gave. */
function tap(session: Buffer | undefined): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    let given: Buffer | undefined;
    let answer = '';
    const socket = connect({
      host: '127.0.0.1',
      port: Number(port),
      servername,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      ...(session === undefined ? {} : { session }),
    });
    const path = paths[Math.floor(Math.random() * paths.length)];
    socket.once('secureConnect', () => {
      if (socket.isSessionReused()) counts.resumed++;
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36\r\n\r\n`,
      );
    });
    socket.on('session', (ticket) => {
      given = ticket;
    });
    const done = (): void => {
      socket.destroy();
      resolve(mode === 'resume' ? given : undefined);
    };
    socket.on('data', (part) => {
      answer += part;
      if (!answer.includes('\r\n\r\n')) return;
      counts.requests++;
      if (!answer.startsWith('HTTP/1.1 302')) counts.errors++;
      done();
    });
    socket.on('error', () => {
      counts.errors++;
      done();
    });
  });
}

await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    let session: Buffer | undefined;
    while (performance.now() < until) session = await tap(session);
  }),
);
console.log(JSON.stringify(counts));
