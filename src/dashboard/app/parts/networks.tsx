/** The addresses to paste into each network, to copy, and a test of each. */
import { type JSX, useState } from 'react';
import { type AnswerOf, addressOf, send } from '../api.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { Copy } from './copy.tsx';
import { Answered, Failed } from './states.tsx';
import { Words } from './words.tsx';

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
  return (
    <section aria-labelledby="networks">
      <h2 id="networks">{t.networks.title}</h2>
      <p className="muted">{may_change ? t.networks.may : t.networks.may_not}</p>
      {may_change && (
        <Answered
          answer={answer}
          show={({ postbacks }) => (
            <div className="networks">
              {postbacks.map((postback) => (
                <Network key={postback.network} offer_id={offer_id} postback={postback} tested={tested} />
              ))}
            </div>
          )}
        />
      )}
    </section>
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
  return (
    <details className="network">
      <summary>{title}</summary>
      <p className="secret">{url}</p>
      <div className="actions">
        <Copy text={url} what={t.networks.copy_for(title)} />
        <button type="button" disabled={busy} onClick={() => void test()}>
          {busy ? t.networks.sending : t.networks.test}
          <span className="hidden">{t.networks.test_of(title)}</span>
        </button>
      </div>
      <div role="status">
        {result !== undefined && !(result instanceof Error) && <Steps result={result} />}
      </div>
      {result instanceof Error && <Failed error={result} />}
      <p>{note}</p>
      <p>
        <Words text={t.networks.carries} parameter={<code>{destination_parameter}</code>} />
      </p>
    </details>
  );
}

const MARKS = { passed: '✓', failed: '✗', not_checked: '–' } as const;

const WORDS = {
  passed: t.networks.passed,
  failed: t.networks.failed,
  not_checked: t.networks.not_checked,
} as const;

const STEPS: Record<string, string> = {
  address: t.networks.address,
  secret: t.networks.secret,
  signature: t.networks.signature,
  caller: t.networks.caller,
  values: t.networks.values,
  click: t.networks.click,
  booking: t.networks.booking,
};

function Steps({ result: { url, passed, steps } }: { result: Tested }): JSX.Element {
  return (
    <div className={`notice ${passed ? '' : 'bad'}`}>
      <p>
        <strong>{passed ? t.networks.test_passed : t.networks.test_failed}</strong>
      </p>
      <ul className="steps">
        {steps.map(({ step, result, explanation }) => (
          <li key={step}>
            <span aria-hidden="true">{MARKS[result]}</span>
            <span>
              <strong>{STEPS[step] ?? step}</strong>
              <span className="hidden">{` ${WORDS[result]}`}</span>
              {`: ${explanation}`}
            </span>
          </li>
        ))}
      </ul>
      <p className="note secret">{t.networks.sent(url)}</p>
    </div>
  );
}
