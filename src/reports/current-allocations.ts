/**
 * The shares of campaigns that choose by results, at most MAX_AGE_MS old, for whoever creates messages. Asked for the
 * first time, ClickHouse is waited for within ASK_WITHIN_MS; later the last shares stay in use while it is asked again.
 * With ClickHouse down they stay as they were, or are those that were planned. Never rejects.
 */
import { LRUCache } from 'lru-cache';
import type { Campaign } from '../catalog/definitions.ts';
import type { ClickHouseClient } from '../clickhouse/client.ts';
import type { Logger } from '../platform/logger.ts';
import { within } from '../platform/within.ts';
import { type Allocation, allocate } from './experiments/allocation.ts';
import { readCohorts } from './read-cohorts.ts';

/** After the first, shares are asked for again while they stay in use; after the second they are waited for. */
const FRESH_MS = 20_000;
const MAX_AGE_MS = 50_000;
const ASK_WITHIN_MS = 5_000;
const CAMPAIGNS_MAX = 1_000;

export interface CurrentAllocation {
  shares: Allocation;
  /** When the results were read; undefined: as planned, without results. */
  as_of_ms: number | undefined;
}

interface Kept extends CurrentAllocation {
  /** The campaign as it was: a change is a new question. */
  updated_at: string;
  asked_ms: number;
}

export class CurrentAllocations {
  readonly #clickhouse: ClickHouseClient;
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #kept = new LRUCache<string, Kept>({ max: CAMPAIGNS_MAX });
  readonly #asking = new Map<string, Promise<CurrentAllocation>>();

  constructor(clickhouse: ClickHouseClient, logger: Pick<Logger, 'warn'>) {
    this.#clickhouse = clickhouse;
    this.#logger = logger;
  }

  /** Of a campaign with at least one variant. */
  async of(campaign: Campaign): Promise<CurrentAllocation> {
    if (campaign.selection.method === 'planned') return planned(campaign);
    const key = `${campaign.account_id} ${campaign.campaign_id}`;
    const kept = this.#kept.get(key);
    const fits = kept !== undefined && kept.updated_at === campaign.updated_at;
    const age_ms = fits ? Date.now() - kept.asked_ms : Number.POSITIVE_INFINITY;
    if (fits && age_ms < FRESH_MS) return kept;
    let asking = this.#asking.get(key);
    if (asking === undefined) {
      asking = this.#ask(key, campaign, fits ? kept : undefined).finally(() => this.#asking.delete(key));
      this.#asking.set(key, asking);
    }
    return fits && age_ms < MAX_AGE_MS ? kept : asking;
  }

  async #ask(key: string, campaign: Campaign, before: Kept | undefined): Promise<CurrentAllocation> {
    const asked_ms = Date.now();
    const { variants, selection, updated_at } = campaign;
    let current: CurrentAllocation = before ?? planned(campaign);
    try {
      const found = await within(ASK_WITHIN_MS, () =>
        readCohorts(this.#clickhouse, campaign, selection.metric),
      );
      current = { shares: allocate({ variants, ...selection, ...found }), as_of_ms: asked_ms };
    } catch (error) {
      this.#logger.warn(
        { error, campaign_id: campaign.campaign_id },
        'results of a campaign can not be read',
      );
    }
    this.#kept.set(key, { ...current, updated_at, asked_ms });
    return current;
  }
}

function planned({ variants }: Campaign): CurrentAllocation {
  const shares = variants.map(({ variant_id, percent }) => ({ variant_id, probability: percent / 100 }));
  return { shares, as_of_ms: undefined };
}
