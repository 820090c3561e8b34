/** The queues of the installation: batches, and scheduled reports that are being sent. */
import { QUEUE } from '../log/queued.ts';

/** Names as workers give them to BullMQ; a test compares them with those of a running system. */
export const QUEUES = [QUEUE, 'reports'] as const;
