// SPDX-License-Identifier: Apache-2.0
// Where one account, or those of a list, alert otherwise than the rest: the calls, and numbers as people
// write them.
import type { Api } from './api';

export interface AlertRule {
  risk_threshold: number | null; // null: the general one
  hate_alerts: boolean | null; // null, of a list only: as it is in general
  cooldown_s: number | null;
}

export const ruleOfAccount = (id: string): string => `/accounts/${encodeURIComponent(id)}/alert-rule`;
export const ruleOfList = (id: string): string => `/lists/${encodeURIComponent(id)}/alert-rule`;
export const getRule = (api: Api, path: string): Promise<AlertRule> => api.read(path);
export const setRule = (api: Api, path: string, rule: AlertRule): Promise<AlertRule> => api.write('PUT', path, rule);

// "0,8" and "0.8" alike; nothing written is null, what is no number in the bounds is undefined.
export function numberIn(text: string, least: number, most: number): number | null | undefined {
  const written = text.trim().replace(',', '.');
  if (written === '') {
    return null;
  }
  const value = /^\d+(\.\d+)?$/.test(written) ? Number(written) : NaN;
  return value >= least && value <= most ? value : undefined;
}
