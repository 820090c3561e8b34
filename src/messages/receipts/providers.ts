/** The providers whose delivery receipts are understood, each with its adapter. Pure. */
import { cm } from './cm.ts';
import { infobip } from './infobip.ts';
import type { Adapter } from './receipt.ts';
import { sinch } from './sinch.ts';
import { twilio } from './twilio.ts';
import { vonage } from './vonage.ts';

export const ADAPTERS = { twilio, infobip, cm, vonage, sinch } as const satisfies Record<string, Adapter>;

export type Provider = keyof typeof ADAPTERS;
export const PROVIDERS = Object.keys(ADAPTERS) as Provider[];

export const adapterOf = (provider: Provider): Adapter => ADAPTERS[provider];
