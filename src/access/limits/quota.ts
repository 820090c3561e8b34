/**
 * How an answer states its limits: the fields `RateLimit-Policy` and `RateLimit` as in
 * draft-ietf-httpapi-ratelimit-headers-10, with `Retry-After` (RFC 9110) where a request is refused. Pure.
 */

/** What one policy allows a caller, and what is left of it. */
export interface Quota {
  /** Name of the policy; letters, digits and underscores. */
  policy: string;
  max: number;
  left: number;
  /** Whether this request is beyond it. */
  exceeded: boolean;
  /** Of requests in a window: its length, and when it ends. Missing: requests that are answered at the same time. */
  window_s?: number;
  reset_s?: number;
}

const unit = ({ window_s }: Quota): string =>
  window_s === undefined ? 'qu="concurrent-requests"' : `w=${window_s}`;
const reset = ({ reset_s }: Quota): string => (reset_s === undefined ? '' : `;t=${reset_s}`);

export function quotaFields(quotas: readonly Quota[]): Record<string, string> {
  return {
    'ratelimit-policy': quotas.map((quota) => `"${quota.policy}";q=${quota.max};${unit(quota)}`).join(', '),
    ratelimit: quotas.map((quota) => `"${quota.policy}";r=${quota.left}${reset(quota)}`).join(', '),
  };
}
