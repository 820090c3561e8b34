/** The host that a request asks for. Pure. */
import type { HttpRequest } from 'uWebSockets.js';
import { hostName } from '../platform/host.ts';

/** A name of 253 characters, its trailing dot and a port. */
const HOST_LENGTH_MAX = 260;

/** The name, see hostName; '' where the header names none. */
export const askedHost = (req: HttpRequest): string =>
  hostName(req.getHeader('host').slice(0, HOST_LENGTH_MAX));
