// SPDX-License-Identifier: Apache-2.0
// Which REST calls fill the page.
import type { Api } from './api';
import { livesOnAir, type Detail, type Snapshot, type State } from './state';
import type { Account, Assessment, TranscriptItem } from './types';

const endedShown = 20;
const notificationsShown = 200;
const wordsOfTail = 5; // the last may be holes
const atOnce = 4; // requests for the details of lives on air

export async function fetchAccounts(api: Api, all: boolean): Promise<{ accounts: Account[]; mine: string[] }> {
  const own = await api.accounts(false);
  const accounts = all ? await api.accounts(true) : own;
  return { accounts, mine: own.map((account) => account.id) };
}

export async function fetchSnapshot(api: Api, all: boolean): Promise<Snapshot> {
  const [followed, onAir, ended, alerts, notifications] = await Promise.all([
    fetchAccounts(api, all),
    api.livesOnAir(all),
    api.livesEnded(all, endedShown),
    api.openAlerts(all),
    api.notifications(notificationsShown),
  ]);
  return { ...followed, lives: [...ended, ...onAir], alerts, notifications };
}

export type Tail = { id: string; items: TranscriptItem[]; assessments: Assessment[] };

// The last words and the risk of each live on air, told one by one as they come.
export async function fetchTails(api: Api, state: State, tell: (tail: Tail) => void): Promise<void> {
  const waiting = livesOnAir(state).map((live) => live.id);
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const [items, assessments] = await Promise.all([api.lastWords(id, wordsOfTail), api.assessments(id)]);
      tell({ id, items, assessments });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

export async function fetchDetail(api: Api, id: string): Promise<Detail> {
  const [live, transcript, assessments] = await Promise.all([api.live(id), api.transcript(id), api.assessments(id)]);
  return { live, transcript, assessments };
}
