/** Finds a free port, and checks whether a given port is free. */
import { createServer } from 'node:net';
import { StartError } from './data-folder.ts';

function listen(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    // Exclusive, so that it also fails if another instance shares the port by SO_REUSEPORT, which would silently take a
    // part of our traffic.
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/** A free port on loopback. */
export function freePort(): Promise<number> {
  return listen('127.0.0.1', 0);
}

/** Throws StartError, which names the setting, if the port cannot be opened. */
export async function checkPort(setting: string, host: string, port: number): Promise<void> {
  try {
    await listen(host, port);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') {
      throw new StartError(
        `Port ${port} on ${host} is in use by another program: stop it, or set ${setting} to a free port.`,
      );
    }
    if (code === 'EACCES') {
      throw new StartError(
        `Port ${port} needs more rights than this user has: set ${setting} to a port above 1023.`,
      );
    }
    throw new StartError(
      `Port ${port} on ${host} can't be opened (${code}): set ${setting} to another port.`,
    );
  }
}
