/** A server that webhooks are sent to: it verifies each request as the package standardwebhooks does, and notes it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';
import type { WebhookEvent } from '../../src/webhooks/webhook.ts';

export interface Delivered {
  id: string;
  sequence: number;
  events: WebhookEvent[];
  at_ms: number;
  path: string;
}

export interface Receiver {
  url: string;
  /** Whose signatures are verified from now on; without it nothing is. */
  verify(secret: string): void;
  /** Answered with 2xx, in the order in which they came. */
  taken: Delivered[];
  /** All others. */
  refused: Delivered[];
  /** What the next requests are answered with; 204 when none is left. A number of ms is how long that takes. */
  answers: { status: number; headers?: Record<string, string>; after_ms?: number }[];
  /** What is answered when `answers` is empty. */
  otherwise: { status: number; after_ms?: number };
  /** Answers wait for it. */
  held: Promise<void>;
  answered: number;
  /** Why requests did not verify. */
  wrong: string[];
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  let verifier: Verifier | undefined;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => {
      text += part;
    });
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      try {
        verifier?.verify(text, headers);
      } catch (error) {
        receiver.wrong.push(String(error));
      }
      const {
        status,
        headers: own = {},
        after_ms = 0,
      } = {
        headers: undefined,
        ...(receiver.answers.shift() ?? receiver.otherwise),
      };
      const body = text === '' ? {} : JSON.parse(text);
      const delivered: Delivered = {
        id: headers['webhook-id'] ?? '',
        sequence: Number(headers['webhook-sequence']),
        events: body.events ?? [body],
        at_ms: Date.now(),
        path: request.url ?? '',
      };
      (status >= 200 && status <= 299 ? receiver.taken : receiver.refused).push(delivered);
      void receiver.held.then(() =>
        setTimeout(() => {
          receiver.answered++;
          response.writeHead(status, own).end();
        }, after_ms),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    verify: (secret) => {
      verifier = new Verifier(secret);
    },
    ...{ taken: [], refused: [], answers: [], otherwise: { status: 204 }, wrong: [] },
    ...{ held: Promise.resolve(), answered: 0 },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
