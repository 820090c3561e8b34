/**
 * Sends mails over SMTP (nodemailer), one connection at a time. Every step has a time limit. A server that is away, asks
 * to try again, or refuses whoever sends (its user, its address) rejects with MailError; one that refuses the address or
 * the mail for good with `refused` set.
 */
import { createTransport } from 'nodemailer';
import { hostName, isLoopback } from './host.ts';

const CONNECT_MS_MAX = 10_000;
const ANSWER_MS_MAX = 20_000;
/** Replies of SMTP (RFC 5321, section 4.2.1) from here on are for good. */
const FOR_GOOD = 500;
/** What a reply has to answer to be about this address, or this mail; to others it is about the sender. */
const OF_THIS_MAIL = ['RCPT TO', 'DATA'];

export interface Mail {
  /** One address. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The same for the same mail: a server that is sent it twice may know it again. */
  message_id: string;
  /** One line each. */
  headers: Record<string, string>;
  attachments: { filename: string; content: string; content_type: string }[];
}

/** Where it is not `refused`, its message has neither the server's address nor a reader's. */
export class MailError extends Error {
  /** Whether trying again would not help. */
  readonly refused: boolean;
  constructor(message: string, refused: boolean) {
    super(message);
    this.refused = refused;
  }
}

interface SmtpError extends Error {
  /** Of the connection, such as ECONNREFUSED. */
  code?: string;
  /** The reply. */
  responseCode?: number;
  /** What was replied to. */
  command?: string;
}

function mailError({ message, code = 'no answer', responseCode, command = 'CONN' }: SmtpError): MailError {
  if (responseCode === undefined) return new MailError(`the mail server can not be reached: ${code}`, false);
  if (responseCode >= FOR_GOOD && OF_THIS_MAIL.includes(command)) return new MailError(message, true);
  return new MailError(`the mail server answered ${responseCode} to ${command}`, false);
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
  close(): void;
}

export interface MailServer {
  /** smtp:// or smtps://. */
  url: string;
  from: string;
}

export function openMailer({ url, from }: MailServer): Mailer {
  const { protocol, host, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    // A password never goes over a line that anybody reads.
    requireTLS: username !== '' && !secure && !isLoopback(hostName(host)),
    ...(username !== '' && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    connectionTimeout: CONNECT_MS_MAX,
    greetingTimeout: CONNECT_MS_MAX,
    socketTimeout: ANSWER_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ message_id, attachments, ...mail }) {
      try {
        await transport.sendMail({
          from,
          ...mail,
          messageId: message_id,
          attachments: attachments.map(({ filename, content, content_type }) => ({
            filename,
            content,
            contentType: content_type,
          })),
        });
      } catch (error) {
        throw mailError(error as SmtpError);
      }
    },
    close: () => transport.close(),
  };
}
