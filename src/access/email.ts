/** Email addresses as names of people: compared without regard to case and surrounding spaces. Pure. */
import { z } from 'zod';

/** RFC 5321, section 4.5.3.1.3: a path has 256 characters with its angle brackets. */
export const EMAIL_LENGTH_MAX = 254;

export const normalEmail = (text: string): string => text.trim().toLowerCase();

/** The schema of an address in a request; it answers the normal form. */
export const emailInput = z
  .string()
  .trim()
  .toLowerCase()
  .max(EMAIL_LENGTH_MAX)
  .regex(z.regexes.email, 'is not an email address: write it as ann@example.com');
