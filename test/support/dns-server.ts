/**
 * A small authoritative DNS server over UDP (RFC 1035): A, AAAA, CNAME and TXT records that a test changes while it
 * runs; every other name does not exist. It can be slow, and it can answer with a failure.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';

const TYPES = { A: 1, CNAME: 5, TXT: 16, AAAA: 28 } as const;
export type RecordType = keyof typeof TYPES;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const TTL_S = 0;
const HEADER_BYTES = 12;

export class DnsServer {
  /** Answers wait for so long. */
  delay_ms = 0;
  /** Answers are SERVFAIL. */
  broken = false;
  readonly #records = new Map<string, Map<RecordType, string[]>>();
  readonly #socket: Socket = createSocket('udp4');

  /** `127.0.0.1:port`; without a port, one that is free. */
  async listen(port = 0): Promise<string> {
    this.#socket.on('message', (query, { port: from, address }) => {
      const answer = this.#answer(query);
      setTimeout(() => this.#socket.send(answer, from, address), this.delay_ms);
    });
    await new Promise<void>((done, failed) => {
      this.#socket.once('error', failed).bind(port, '127.0.0.1', done);
    });
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  /** The values of one type of a name; none removes it. */
  set(name: string, type: RecordType, ...values: string[]): void {
    const types = this.#records.get(name.toLowerCase()) ?? new Map<RecordType, string[]>();
    if (values.length > 0) types.set(type, values);
    else types.delete(type);
    this.#records.set(name.toLowerCase(), types);
  }

  close(): void {
    this.#socket.close();
  }

  #answer(query: Buffer): Buffer {
    const { name, end } = readName(query);
    const asked = query.readUInt16BE(end);
    const question = query.subarray(HEADER_BYTES, end + 4);
    const known = this.#records.get(name);
    const cname = known?.get('CNAME')?.[0];
    const answers: Buffer[] = [];
    if (cname !== undefined) answers.push(recordOf(name, 'CNAME', cname));
    for (const type of Object.keys(TYPES) as RecordType[]) {
      if (TYPES[type] !== asked || type === 'CNAME') continue;
      const owner = cname ?? name;
      for (const value of this.#records.get(owner.toLowerCase())?.get(type) ?? []) {
        answers.push(recordOf(owner, type, value));
      }
    }
    const code = this.broken ? SERVFAIL : known === undefined ? NXDOMAIN : 0;
    const header = Buffer.alloc(HEADER_BYTES);
    query.copy(header, 0, 0, 2);
    // An authoritative answer to a recursive question.
    header.writeUInt16BE(0x8580 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(this.broken ? 0 : answers.length, 6);
    return Buffer.concat([header, question, ...(this.broken ? [] : answers)]);
  }
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label, 'latin1')]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function recordOf(name: string, type: RecordType, value: string): Buffer {
  const data = dataOf(type, value);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(TYPES[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(TTL_S, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameBytes(name), fixed, data]);
}

function dataOf(type: RecordType, value: string): Buffer {
  if (type === 'CNAME') return nameBytes(value);
  if (type === 'TXT') return Buffer.from([value.length, ...Buffer.from(value, 'latin1')]);
  if (isIP(value) === 4) return Buffer.from(value.split('.').map(Number));
  const [left = '', right] = value.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const head = groups(left);
  const tail = groups(right ?? '');
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
