/**
 * The health of the installation, as the watch of this process has last found it: nothing is asked for a request, so it
 * can be read while Redis or ClickHouse is away. An account sees whether its clicks are counted, and how far reports lag;
 * the operator sees every check with what to do, the click ledger, dead letters and processes.
 */
import { z } from 'zod';
import { helpOf } from '../../guides/guides.ts';
import { countingOf, healthOf } from '../../health/checks.ts';
import { STATES } from '../../health/finding.ts';
import type { Found } from '../../health/found.ts';
import type { LagPoint } from '../../health/lag-history.ts';
import type { Api, ApiContext } from '../http/context.ts';

const check = z.object({
  name: z.string(),
  state: z.enum(STATES),
  found: z.string().describe('What was found, in a sentence'),
  do: z.string().describe('What to do; empty where there is nothing to do'),
  help: z.string().describe('Where the runbook says more'),
});

const health = z.object({
  state: z
    .enum(STATES)
    .describe(
      'With the admin key the worst of the checks. failing: somebody is refused something now; degraded: everything works, but not for long or not as it should. For an account: whether clicks are counted. failing: not for now, and calls may be refused; degraded: late',
    ),
  checks: z.array(check).optional().describe('For the admin key only'),
  behind_ms: z.number().describe('Age of the oldest click that is not in the reports yet; 0 if none waits'),
  logs: z.array(
    z.object({ log: z.string(), entries: z.number().describe('Entries that wait for a worker') }),
  ),
  admin: z
    .object({
      dead_letters: z.number(),
      ledger: z
        .object({
          minutes: z.number(),
          balanced: z.number().describe('Rows (minute and process) in which all stages agree'),
          open: z.number().describe('Rows whose clicks are still being processed'),
          drift_rows: z.number().describe('Must be 0'),
          spooled: z.number().describe('Answered clicks that wait in spools now, of any time'),
          answered: z.number(),
          inserted: z.number(),
        })
        .nullable()
        .describe('Null until it was read once'),
      processes: z.array(
        z.object({
          name: z.string().describe('Its role and number, its machine, and a mark of its start'),
          seen_ms_ago: z.number(),
        }),
      ),
      lag: z
        .array(
          z.object({
            at: z.string(),
            behind_ms: z.number().nullable(),
            entries: z.number().nullable().describe('Entries that waited in all logs'),
          }),
        )
        .describe(
          'How far reports lagged in the last hour, every ten seconds, as the answering process saw it; null while Redis was away',
        ),
    })
    .nullable()
    .describe('For the admin key only'),
});

export function healthRoutes(app: Api, { installation }: Pick<ApiContext, 'installation'>): void {
  app.get(
    '/v2/health',
    {
      config: { scope: 'read', either: true, without_redis: true },
      schema: { tags: ['operations'], summary: 'Health of the installation', response: { 200: health } },
    },
    async (request) => {
      const { found } = installation;
      const seen = forAccounts(found);
      if (!request.is_admin) return { state: countingOf(found), ...seen, admin: null };
      const { state, checks } = healthOf(found, Date.now());
      return {
        state,
        checks: checks.map(({ heading, ...one }) => ({ ...one, help: helpOf(heading) })),
        ...seen,
        admin: { ...forOperator(found), lag: installation.lag.map(lagPoint) },
      };
    },
  );
}

const lagPoint = ({ at_ms, ...point }: LagPoint) => ({ at: new Date(at_ms).toISOString(), ...point });

function forAccounts({ parts: { waiting } }: Found) {
  const logs = waiting?.logs.map(({ log, entries }) => ({ log, entries })) ?? [];
  return { behind_ms: waiting?.behind_ms ?? 0, logs };
}

function forOperator({ parts: { waiting, ledger, processes = [] } }: Found) {
  return {
    dead_letters: waiting?.dead_letters ?? 0,
    ledger: ledger ?? null,
    processes: processes.map(({ name, seen_ms_ago }) => ({ name, seen_ms_ago })),
  };
}
