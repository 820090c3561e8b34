/** What breakdowns call their values; fetched with them when first needed. */
import { useEffect, useState } from 'react';

export type LabelOf = typeof import('./breakdown.tsx').labelOf;

/** Undefined until it is there: values stand as the API has them then. */
export function useLabels(needed: boolean): LabelOf | undefined {
  const [labels, setLabels] = useState<{ of: LabelOf }>();
  useEffect(() => {
    if (!needed) return;
    void import('./breakdown.tsx').then(
      ({ labelOf }) => setLabels({ of: labelOf }),
      () => {},
    );
  }, [needed]);
  return labels?.of;
}
