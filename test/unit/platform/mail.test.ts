import { afterEach, beforeEach, expect, it } from 'vitest';
import { type MailError, openMailer } from '../../../src/platform/mail.ts';
import { type MailServer, openMailServer } from '../../support/mail-server.ts';
import { testPorts } from '../../support/ports.ts';

let server: MailServer;
let port: number;
beforeEach(async () => {
  [port = 0] = await testPorts(1);
  server = await openMailServer(port);
});
afterEach(() => server.close());

/** What sending a mail rejects with. */
async function failed(): Promise<MailError> {
  const mailer = openMailer({ url: `smtp://127.0.0.1:${port}`, from: 'reports@example.com' });
  const mail = {
    to: 'ann@example.com',
    subject: 's',
    text: 't',
    html: '<p>t</p>',
    message_id: '<1@example.com>',
  };
  try {
    return await mailer.send({ ...mail, headers: {}, attachments: [] }).then(
      () => {
        throw new Error('it was taken');
      },
      (error: MailError) => error,
    );
  } finally {
    mailer.close();
  }
}

it('an address that is refused for good is not tried again', async () => {
  server.refuse('ann@example.com', 550);
  expect(await failed()).toMatchObject({ refused: true });
});

it('an address that is put off is tried again, and not named', async () => {
  server.refuse('ann@example.com', 450);
  expect(await failed()).toMatchObject({
    refused: false,
    message: 'the mail server answered 450 to RCPT TO',
  });
});

it('a sender that is refused says nothing of the address', async () => {
  server.refuseSenders(550);
  expect(await failed()).toMatchObject({
    refused: false,
    message: 'the mail server answered 550 to MAIL FROM',
  });
});

it('a server that is away is not named', async () => {
  await server.close();
  const error = await failed();
  expect(error.refused).toBe(false);
  expect(error.message).not.toContain(String(port));
  server = await openMailServer(port);
});
