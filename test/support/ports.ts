/**
 * Ports for a system under test: below the range that the kernel hands out by itself, so that neither its
 * private Redis nor a client's connection takes one before it is opened, or while what has it is killed and started again; none twice. A node of a Redis
 * Cluster also listens 10,000 above its port, where no other port is either.
 */
import { randomInt } from 'node:crypto';
import { checkPort } from '../../src/supervisor/ports.ts';

const PORT_MIN = 12_000;
const PORT_MAX = 22_000;

export async function testPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(PORT_MIN, PORT_MAX);
    const free = await checkPort('', '127.0.0.1', port).then(
      () => true,
      () => false,
    );
    if (free) ports.add(port);
  }
  return [...ports];
}
