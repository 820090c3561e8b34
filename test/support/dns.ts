/**
 * An authoritative DNS server of a test's own, on a UDP port of loopback: A, AAAA, CNAME, TXT (RFC 1035). What it answers can
 * change while it runs; it can be slow, and it can lie. Names that it does not know do not exist (NXDOMAIN).
 */
import { createSocket, type RemoteInfo } from 'node:dgram';
import { isIPv6 } from 'node:net';

const TYPES = { A: 1, CNAME: 5, TXT: 16, AAAA: 28 } as const;
export type RecordType = keyof typeof TYPES;

const HEADER_BYTES = 12;
const IN = 1;
/** Response, authoritative. */
const FLAGS = 0x8400;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const TEXT_BYTES_MAX = 255;

export interface TestDns {
  port: number;
  /** `<address>:<port>`. */
  address: string;
  /** The records of a name and a type; without any the name has none of that type. */
  set(name: string, type: RecordType, values: string[]): void;
  /** Milliseconds that every answer waits; Infinity: none is given. */
  delay(ms: number): void;
  /** What is asked for these (`name type`, or `name`) is answered instead of the truth; undefined: the truth again. */
  lie(answers: Record<string, string[]> | undefined): void;
  /** Whether every answer is a failure (SERVFAIL). */
  fail(broken: boolean): void;
  /** `name type` of each question, in order. */
  asked: string[];
  close(): Promise<void>;
}

interface Question {
  name: string;
  type: number;
  /** Where the question ends in the message. */
  end: number;
}

function readQuestion(message: Buffer): Question {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end: at + 5 };
}

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1')),
    Buffer.alloc(1),
  ]);

/** The eight groups of an IPv6 address, `::` written out. */
function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array<string>(tail === undefined ? 0 : 8 - before.length - after.length).fill('0');
  const values = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}

function dataOf(type: RecordType, value: string): Buffer {
  if (type === 'A') return Buffer.from(value.split('.').map(Number));
  if (type === 'AAAA') return isIPv6(value) ? ipv6Bytes(value) : Buffer.alloc(16);
  if (type === 'CNAME') return nameBytes(value);
  const bytes = Buffer.from(value);
  const parts: Buffer[] = [];
  for (let from = 0; from === 0 || from < bytes.length; from += TEXT_BYTES_MAX) {
    const part = bytes.subarray(from, from + TEXT_BYTES_MAX);
    parts.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat(parts);
}

function record(name: string, type: RecordType, value: string): Buffer {
  const data = dataOf(type, value);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(TYPES[type], 0);
  fixed.writeUInt16BE(IN, 2);
  // TTL 0: nobody may keep it.
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameBytes(name), fixed, data]);
}

/** On `given_port` of an address of loopback, or on a free one. */
export async function startDns(given_port = 0, address = '127.0.0.1'): Promise<TestDns> {
  const records = new Map<string, string[]>();
  const asked: string[] = [];
  let delay_ms = 0;
  let broken = false;
  let lies: Record<string, string[]> | undefined;
  const typeName = (type: number): RecordType | undefined =>
    (Object.keys(TYPES) as RecordType[]).find((name) => TYPES[name] === type);
  const find = (name: string, type: RecordType): string[] =>
    lies?.[`${name} ${type}`] ?? lies?.[name] ?? records.get(`${name} ${type}`) ?? [];
  const isKnown = (name: string): boolean =>
    (Object.keys(TYPES) as RecordType[]).some((type) => find(name, type).length > 0);

  /** Answers follow aliases as far as this server knows them. */
  function answers(name: string, type: RecordType): Buffer[] {
    const [alias] = type === 'CNAME' ? [] : find(name, 'CNAME');
    if (alias !== undefined) return [record(name, 'CNAME', alias), ...answers(alias, type)];
    return find(name, type).map((value) => record(name, type, value));
  }

  const socket = createSocket('udp4');
  socket.on('message', (message: Buffer, from: RemoteInfo) => {
    const { name, type, end } = readQuestion(message);
    const known_type = typeName(type);
    asked.push(`${name} ${known_type ?? type}`);
    const found = broken || known_type === undefined ? [] : answers(name, known_type);
    const unknown = isKnown(name) ? 0 : NXDOMAIN;
    const head = Buffer.from(message.subarray(0, HEADER_BYTES));
    head.writeUInt16BE(FLAGS | (head.readUInt16BE(2) & 0x0100) | (broken ? SERVFAIL : unknown), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(found.length, 6);
    head.writeUInt32BE(0, 8);
    const answer = Buffer.concat([head, message.subarray(HEADER_BYTES, end), ...found]);
    if (delay_ms === Number.POSITIVE_INFINITY) return;
    setTimeout(() => socket.send(answer, from.port, from.address, () => {}), delay_ms);
  });
  await new Promise<void>((resolve) => socket.bind(given_port, address, resolve));
  const { port } = socket.address();
  return {
    port,
    address: `${address}:${port}`,
    set: (name, type, values) => void records.set(`${name.toLowerCase()} ${type}`, values),
    delay(ms) {
      delay_ms = ms;
    },
    lie(given) {
      lies = given;
    },
    fail(given) {
      broken = given;
    },
    asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
