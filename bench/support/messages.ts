/** Creates messages for a bench through the API, like a sender. */
import type { CreatedMessage, Sender } from '../../test/support/sender.ts';
import { progress } from './measure.ts';

const AT_ONCE = 1_000;
const PROGRESS_EVERY = 20_000;

/** Creates messages, each for a new contact: a multiple of AT_ONCE, at least `count`. */
export async function createMessages(
  sender: Sender,
  creative_id: string | undefined,
  count: number,
): Promise<CreatedMessage[]> {
  const messages: CreatedMessage[] = [];
  while (messages.length < count) {
    const created = await sender.send(
      Array.from({ length: AT_ONCE }, (_, i) => ({
        contact_id: `contact-${messages.length + i}`,
        creative_id,
        fields: { first_name: 'Kim' },
      })),
    );
    messages.push(...created);
    if (messages.length % PROGRESS_EVERY === 0) progress(`${messages.length} messages created`);
  }
  return messages;
}
