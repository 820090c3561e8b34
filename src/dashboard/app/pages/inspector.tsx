/** The postback inspector over all offers: choose one, see what its networks sent, mend the cause, replay. */
import type { JSX } from 'react';
import type { Known } from '../api.ts';
import { go, usePlace, withQuery } from '../location.ts';
import { Inspector, UNKNOWN } from '../parts/inspector.tsx';
import { MoneyTabs } from '../parts/money-tabs.tsx';
import { Picker } from '../parts/picker.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';

export function InspectorPage({ who }: { who: Known }): JSX.Element {
  const place = usePlace();
  const offer_id = place.query['offer'] ?? '';
  return (
    <div>
      <Title text={t.money.inspector} />
      <MoneyTabs />
      <p className="muted">{t.money.inspector_about}</p>
      <div className="tools">
        <Picker
          kind="offers"
          label={t.kinds.offers}
          value={offer_id}
          none={t.postbacks.of_unknown}
          chosen={(offer) => go(withQuery(place, { offer }))}
        />
      </div>
      <Inspector id={offer_id || UNKNOWN} who={who} key={offer_id} />
    </div>
  );
}
