// SPDX-License-Identifier: Apache-2.0
// Where one account alerts otherwise than the rest: the calls, and numbers as people write them.
import type { Api } from './api';

export interface AlertRule {
  risk_threshold: number | null; // null: the general one
  hate_alerts: boolean;
  cooldown_s: number | null;
}

const path = (accountId: string): string => `/accounts/${encodeURIComponent(accountId)}/alert-rule`;
export const getRule = (api: Api, accountId: string): Promise<AlertRule> => api.read(path(accountId));
export const setRule = (api: Api, accountId: string, rule: AlertRule): Promise<AlertRule> => api.write('PUT', path(accountId), rule);

// "0,8" and "0.8" alike; nothing written is null, what is no number in the bounds is undefined.
export function numberIn(text: string, least: number, most: number): number | null | undefined {
  const written = text.trim().replace(',', '.');
  if (written === '') {
    return null;
  }
  const value = /^\d+(\.\d+)?$/.test(written) ? Number(written) : NaN;
  return value >= least && value <= most ? value : undefined;
}
