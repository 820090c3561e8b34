/** Puts a test of a postback into steps that a person reads: what was checked, what came of it, and what to do. Pure. */
import type { Account, Offer } from '../../catalog/definitions.ts';
import { explain, explainProblem } from '../explain.ts';
import type { ConversionErrorCode } from '../receive/conversion-error.ts';
import type { Sent, Tested } from './send-test.ts';

export interface TestStep {
  step: 'address' | 'secret' | 'signature' | 'caller' | 'values' | 'click' | 'booking';
  result: 'passed' | 'failed' | 'not_checked';
  explanation: string;
}

/** The step that each refusal is of. */
const FAILS: Partial<Record<ConversionErrorCode, TestStep['step']>> = {
  wrong_secret: 'secret',
  secret_required: 'secret',
  unknown_offer: 'secret',
  wrong_signature: 'signature',
  signature_required: 'signature',
  address_not_allowed: 'caller',
  account_suspended: 'caller',
  unknown_link: 'caller',
  too_many_unknown: 'caller',
};

const ORDER: readonly TestStep['step'][] = ['address', 'secret', 'signature', 'caller', 'values', 'click'];

export function testSteps(sent: Sent, host: string, account: Account, offer: Offer): TestStep[] {
  if (sent.kind === 'unreached') {
    return [
      failed(
        'address',
        `${host} could not be reached from here: ${sent.why}. Check that the name points to this installation, that its port is open to the Internet and from this server, and that its certificate is valid.`,
      ),
    ];
  }
  if (sent.kind === 'foreign') {
    return [
      failed(
        'address',
        `Something else than this installation answers at ${host}. Check where the name points, and what the proxy passes on: /conv/offer must come here unchanged.`,
      ),
    ];
  }
  const address = passed('address', `${host} answered after ${sent.after_ms} ms.`);
  if (sent.kind === 'refused') return [address, ...refusedSteps(sent)];
  return [address, ...checkedSteps(account, offer), ...testedSteps(sent.tested)];
}

function refusedSteps({ error, message }: Extract<Sent, { kind: 'refused' }>): TestStep[] {
  const at = FAILS[error] ?? 'values';
  const rest = ORDER.slice(ORDER.indexOf(at) + 1).map(
    (step): TestStep => ({ step, result: 'not_checked', explanation: 'Not reached.' }),
  );
  return [failed(at, `Refused (${error}): ${message}.`), ...rest];
}

function checkedSteps(account: Account, offer: Offer): TestStep[] {
  const signed = account.conversion_signature_required || offer.postback_signature_required === true;
  const listed = account.conversion_addresses.length;
  return [
    passed('secret', 'postback_secret is the secret of this offer.'),
    signed
      ? passed(
          'signature',
          'This offer takes signed reports only; the test was signed. A network that can’t sign is refused.',
        )
      : { step: 'signature', result: 'not_checked', explanation: 'This offer asks for no signature.' },
    listed === 0
      ? passed('caller', 'The account takes reports from every address.')
      : {
          step: 'caller',
          result: 'not_checked',
          explanation: `The account lists ${listed === 1 ? 'one address' : `${listed} addresses`} in conversion_addresses. The test came from this installation itself, so this was not checked: compare the list with the network’s addresses.`,
        },
  ];
}

function testedSteps({ event, amount, currency, txn_id, unattributed, problem }: Tested): TestStep[] {
  const money = amount === '' ? 'no amount' : `${amount} ${currency}`;
  const values = `Read as: ${event}, ${money}, ${txn_id === '' ? 'no transaction id' : `transaction ${txn_id}`}.`;
  const broken = problem !== '' || unattributed.startsWith('unreadable');
  const click =
    unattributed === 'unknown_link'
      ? passed(
          'click',
          'The click id has the form and the signature of this installation. It is a sample, of no link: a real one is credited.',
        )
      : unattributed === ''
        ? passed('click', 'The click is known.')
        : failed('click', explain('unattributed', unattributed, 'none'));
  return [
    broken ? failed('values', `${values}${explainProblem(problem)}`) : passed('values', values),
    click,
    passed('booking', 'Nothing was booked: this was a test.'),
  ];
}

const passed = (step: TestStep['step'], explanation: string): TestStep => ({
  step,
  result: 'passed',
  explanation,
});
const failed = (step: TestStep['step'], explanation: string): TestStep => ({
  step,
  result: 'failed',
  explanation,
});
