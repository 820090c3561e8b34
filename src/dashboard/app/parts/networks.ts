/** The addresses to paste into each network, to copy, and a test of each. */
import { h, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type AnswerOf, addressOf, send } from '../api.ts';
import { useAnswer } from '../use-answer.ts';
import { Answered, Failed } from './states.ts';

type Postbacks = AnswerOf<'/v2/offers/{id}/postbacks'>;
type Postback = Postbacks['postbacks'][number];

/** What a test answers. */
interface Tested {
  url: string;
  passed: boolean;
  steps: { step: string; result: 'passed' | 'failed' | 'not_checked'; explanation: string }[];
}

export interface NetworksProps {
  offer_id: string;
  /** Whether who looks may see the secret, and send a test. */
  may_change: boolean;
  tested: () => void;
}

export function Networks({ offer_id, may_change, tested }: NetworksProps): JSX.Element {
  const answer = useAnswer(may_change ? '/v2/offers/{id}/postbacks' : undefined, { id: offer_id });
  return h(
    'section',
    { 'aria-labelledby': 'networks' },
    h('h2', { id: 'networks' }, 'Set up a network'),
    h(
      'p',
      { class: 'muted' },
      may_change
        ? 'Each address has the secret of this offer. A test sends the address with sample values, as the network would, and books nothing.'
        : 'Members of the account see here the address for each network, which has the secret of this offer, and can test it.',
    ),
    may_change &&
      h(Answered<Postbacks>, {
        answer,
        show: ({ postbacks }) =>
          h(
            'div',
            { class: 'networks' },
            postbacks.map((postback) => h(Network, { key: postback.network, offer_id, postback, tested })),
          ),
      }),
  );
}

type NetworkProps = Omit<NetworksProps, 'may_change'> & { postback: Postback };

function Network({ offer_id, postback, tested }: NetworkProps): JSX.Element {
  const { network, title, url, destination_parameter, note } = postback;
  const [result, setResult] = useState<Tested | Error>();
  const [busy, setBusy] = useState(false);
  const test = async (): Promise<void> => {
    setBusy(true);
    const path = addressOf('/v2/offers/{id}/postbacks/{network}/test', { id: offer_id, network });
    setResult(await send<Tested>('POST', path).catch((error: Error) => error));
    setBusy(false);
    tested();
  };
  return h(
    'details',
    { class: 'network' },
    h('summary', {}, title),
    h('p', { class: 'secret' }, url),
    h(
      'div',
      { class: 'actions' },
      h(Copy, { text: url, title }),
      h(
        'button',
        { type: 'button', disabled: busy, onClick: () => void test() },
        busy ? 'Sending …' : 'Send a test',
        h('span', { class: 'hidden' }, ` of ${title}`),
      ),
    ),
    h('div', { role: 'status' }, result !== undefined && !(result instanceof Error) && h(Steps, { result })),
    result instanceof Error && h(Failed, { error: result }),
    h('p', {}, note),
    h('p', {}, 'The offer’s destination carries ', h('code', {}, destination_parameter), '.'),
  );
}

function Copy({ text, title }: { text: string; title: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => {},
    );
  return h(
    'button',
    { type: 'button', onClick: copy },
    copied ? 'Copied' : 'Copy',
    h('span', { class: 'hidden' }, ` the address for ${title}`),
  );
}

const MARKS = { passed: '✓', failed: '✗', not_checked: '–' } as const;
const WORDS = { passed: 'passed', failed: 'failed', not_checked: 'not checked' } as const;
const STEPS: Record<string, string> = {
  address: 'Address',
  secret: 'Secret',
  signature: 'Signature',
  caller: 'Caller',
  values: 'Values',
  click: 'Click',
  booking: 'Booking',
};

function Steps({ result: { url, passed, steps } }: { result: Tested }): JSX.Element {
  return h(
    'div',
    { class: `notice ${passed ? '' : 'bad'}` },
    h('p', {}, h('strong', {}, passed ? 'The test passed.' : 'The test failed.')),
    h(
      'ul',
      { class: 'steps' },
      steps.map(({ step, result, explanation }) =>
        h(
          'li',
          { key: step },
          h('span', { 'aria-hidden': 'true' }, MARKS[result]),
          h(
            'span',
            {},
            h('strong', {}, STEPS[step] ?? step),
            h('span', { class: 'hidden' }, ` ${WORDS[result]}`),
            `: ${explanation}`,
          ),
        ),
      ),
    ),
    h('p', { class: 'note secret' }, `Sent: ${url}`),
  );
}
