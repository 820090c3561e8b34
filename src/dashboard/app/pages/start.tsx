/**
 * The first steps of an account: an offer, a creative, a campaign, a test message, the reader's own tap as it arrives, and
 * the postback. What is done already is read from the account, so that leaving and coming back loses nothing.
 */
import { type JSX, type ReactNode, useState } from 'react';
import type { Account, Campaign, Click, Creative, Offer } from '../../../client/openapi.ts';
import { send } from '../api.ts';
import { fieldsOf } from '../body.ts';
import { time } from '../format.ts';
import { CampaignForm, CreativeForm, OfferForm } from '../parts/catalog-forms.tsx';
import { Copy } from '../parts/copy.tsx';
import { Answered, Failed } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

const ASK_EVERY_MS = 2_000;
/** Who the test message is to; a test counts nowhere. */
const TEST_CONTACT = 'test';

const NEWEST = { status: 'active', per_page: 1 } as const;

export function StartPage({ account }: { account: Account }): JSX.Element {
  const offers = useAnswer('/v2/offers', NEWEST);
  const creatives = useAnswer('/v2/creatives', NEWEST);
  const campaigns = useAnswer('/v2/campaigns', NEWEST);
  return (
    <div>
      <Title text={t.start.title} />
      <p>{t.start.about}</p>
      <Answered
        answer={offers}
        show={({ offers: [offer] }) => (
          <Answered
            answer={creatives}
            show={({ creatives: [creative] }) => (
              <Answered
                answer={campaigns}
                show={({ campaigns: [campaign] }) => (
                  <ol className="start">
                    <Step title={t.start.offer} done={offer?.name}>
                      <OfferForm account={account} done={offers.again} />
                    </Step>
                    <Step title={t.start.creative} done={creative?.name} waits={offer === undefined}>
                      <CreativeForm account={account} done={creatives.again} />
                    </Step>
                    <Step title={t.start.campaign} done={campaign?.name} waits={creative === undefined}>
                      <CampaignForm account={account} done={campaigns.again} />
                    </Step>
                    <Trial offer={offer} creative={creative} campaign={campaign} />
                  </ol>
                )}
              />
            )}
          />
        )}
      />
    </div>
  );
}

interface StepProps {
  title: string;
  /** What was made, if it was. */
  done?: string | undefined;
  /** Whether a step before it is to be done first. */
  waits?: boolean;
  children: ReactNode;
}

function Step({ title, done, waits = false, children }: StepProps): JSX.Element {
  return (
    <li className={done === undefined ? (waits ? 'waits' : 'now') : 'done'}>
      <h2>
        {title}
        {done !== undefined && <span className="state good">{t.start.done}</span>}
      </h2>
      {done !== undefined && <p className="muted">{done}</p>}
      {done === undefined && (waits ? <p className="muted">{t.start.waits}</p> : children)}
    </li>
  );
}

interface TestMessage {
  message_id: string;
  text: string;
  links: { link_id: string; short_url: string; offer_id: string }[];
}

interface TrialProps {
  offer: Offer | undefined;
  creative: Creative | undefined;
  campaign: Campaign | undefined;
}

/** The last three steps: they are of one message. */
function Trial({ offer, creative, campaign }: TrialProps): JSX.Element {
  const [message, setMessage] = useState<TestMessage>();
  const [error, setError] = useState<Error>();
  const make = async (of: Creative, to: Campaign): Promise<void> => {
    setError(undefined);
    try {
      setMessage(await sendTest(of, to));
    } catch (failed) {
      setError(failed as Error);
    }
  };
  const link = message?.links[0];
  return (
    <>
      <Step title={t.start.message} waits={creative === undefined || campaign === undefined}>
        <p>{t.start.message_about}</p>
        {creative !== undefined && campaign !== undefined && (
          <p>
            <button type="button" className="main" onClick={() => void make(creative, campaign)}>
              {t.start.make_message}
            </button>
          </p>
        )}
        {error !== undefined && <Failed error={error} />}
        {message !== undefined && (
          <div className="notice" role="status">
            <p className="bubble">{message.text}</p>
            {link !== undefined && (
              <p className="actions">
                <a className="button" href={link.short_url} target="_blank" rel="noreferrer">
                  {link.short_url}
                </a>
                <Copy text={link.short_url} />
              </p>
            )}
          </div>
        )}
      </Step>
      <Step title={t.start.tap} waits={link === undefined}>
        {link !== undefined && <Taps link_id={link.link_id} />}
      </Step>
      <Step title={t.start.postback} waits={offer === undefined}>
        <p>{t.start.postback_about}</p>
        {offer !== undefined && (
          <p>
            <a className="button" href={`/offers/${encodeURIComponent(offer.offer_id)}/postbacks`}>
              {t.pages.postbacks}
            </a>
          </p>
        )}
      </Step>
    </>
  );
}

/** A test message of a creative; its fields have their own names as values. Throws ApiFailure. */
async function sendTest(
  { creative_id, body }: Creative,
  { campaign_id, variants }: Campaign,
): Promise<TestMessage> {
  const variant = variants.find((one) => one.creative_id === creative_id);
  const { messages } = await send<{ messages: [TestMessage] }>('POST', '/v2/messages', {
    messages: [
      {
        contact_id: TEST_CONTACT,
        creative_id,
        ...(variant && { campaign_id, variant_id: variant.variant_id }),
        fields: Object.fromEntries(fieldsOf(body).map((name) => [name, name])),
        test: true,
      },
    ],
  });
  return messages[0];
}

function Taps({ link_id }: { link_id: string }): JSX.Element {
  const { value, error } = useAnswer('/v2/links/{id}', { id: link_id }, { every_ms: ASK_EVERY_MS });
  if (error !== undefined) return <Failed error={error} />;
  const clicks = value?.clicks ?? [];
  return (
    <div role="status">
      {clicks.length === 0 ? (
        <p className="muted">{t.start.no_tap}</p>
      ) : (
        <ul>
          {clicks.map((click) => (
            <Tap key={click.click_id} click={click} />
          ))}
        </ul>
      )}
    </div>
  );
}

const Tap = ({ click: { click_id, clicked_at, verdict, bot_reasons } }: { click: Click }): JSX.Element => (
  <li>
    <Words
      text={t.start.tapped(
        time(clicked_at),
        verdict === 'bot' ? t.live.bot : t.live.human,
        bot_reasons.join(', '),
      )}
      trace={<a href={`/trace?id=${encodeURIComponent(click_id)}`}>{t.start.why}</a>}
    />
  </li>
);
