/** A mail server on a port: keeps what it is sent, and refuses what a test says. */
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  /** What was sent to an address, oldest first. */
  to(address: string): Email[];
  /** SMTP's reply to whoever writes to this address from now on; undefined: taken. */
  refuse(address: string, code: number | undefined): void;
  /** The same to everybody who sends. */
  refuseSenders(code: number | undefined): void;
  close(): Promise<void>;
}

export async function openMailServer(port: number): Promise<MailServer> {
  const mails: { to: string; mail: Email }[] = [];
  const refused = new Map<string, number>();
  let senders: number | undefined;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onMailFrom(_address, _session, done) {
      done(
        senders === undefined ? undefined : Object.assign(new Error('not you'), { responseCode: senders }),
      );
    },
    onRcptTo({ address }, _session, done) {
      const code = refused.get(address);
      done(code === undefined ? undefined : Object.assign(new Error('not this one'), { responseCode: code }));
    },
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', async () => {
        const mail = await PostalMime.parse(Buffer.concat(parts), { attachmentEncoding: 'utf8' });
        for (const { address } of envelope.rcptTo) mails.push({ to: address, mail });
        done();
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    to: (address) => mails.filter(({ to }) => to === address).map(({ mail }) => mail),
    refuse(address, code) {
      if (code === undefined) refused.delete(address);
      else refused.set(address, code);
    },
    refuseSenders(code) {
      senders = code;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
