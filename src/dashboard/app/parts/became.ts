/** What became of a conversion, in words, with the reason where it is credited to nothing. */
import { t } from '../strings/strings.ts';

export function becameOf({ status, reason }: { status: string; reason: string }): string {
  const said = t.postbacks.became[status] ?? status;
  return reason === '' ? said : `${said}: ${t.money.reasons[reason]?.[0] ?? reason.replaceAll('_', ' ')}`;
}
