/** The queues of the installation: batches, and the work that one worker of all does now and then. */
import { QUEUE } from '../log/queued.ts';

/** Names as workers give them to BullMQ; a test compares them with those of a running system. */
export const QUEUES = [QUEUE, 'domains', 'erasures', 'missed_credits', 'reports', 'schedules'] as const;
