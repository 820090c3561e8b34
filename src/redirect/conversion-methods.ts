/**
 * What the paths of conversions answer to methods that report none: a browser's preflight before it sends JSON from a
 * shop's page, and 405 to what they do not take. Asks nobody.
 */
import type { HttpResponse } from 'uWebSockets.js';
import { ConversionError } from '../conversions/receive/conversion-error.ts';
import { type Closing, endAnswer } from './end-answer.ts';

const METHODS = 'GET, HEAD, POST';
const ALLOWED = `${METHODS}, OPTIONS`;
const PREFLIGHT_FOR_S = 86_400;
const NOT_ALLOWED = new ConversionError('method_not_allowed', `a conversion is reported by ${METHODS}`);

/** Any page may report; without a preflight a browser sends forms only. Within the response's cork. */
export function writePreflight(res: HttpResponse, closing: Closing): void {
  res.writeStatus('204 No Content');
  res.writeHeader('Allow', ALLOWED);
  res.writeHeader('Access-Control-Allow-Origin', '*');
  res.writeHeader('Access-Control-Allow-Methods', METHODS);
  res.writeHeader('Access-Control-Allow-Headers', 'Content-Type');
  res.writeHeader('Access-Control-Max-Age', String(PREFLIGHT_FOR_S));
  res.writeHeader('Cache-Control', 'private, no-store');
  endAnswer(res, undefined, closing, true);
}

/** Within the response's cork. */
export function writeNotAllowed(res: HttpResponse, closing: Closing): void {
  const { code, message } = NOT_ALLOWED;
  res.writeStatus('405 Method Not Allowed');
  res.writeHeader('Allow', ALLOWED);
  res.writeHeader('Content-Type', 'application/json');
  res.writeHeader('Cache-Control', 'private, no-store, max-age=0');
  res.writeHeader('Access-Control-Allow-Origin', '*');
  endAnswer(res, `${JSON.stringify({ error: code, message })}\n`, closing, false);
}
