// SPDX-License-Identifier: Apache-2.0
// What a person does with accounts: lists, checks on demand, following many. Beside the page's one
// object, which holds the accounts themselves.
import { app } from './app.svelte';
import { withOwnAccount, withoutOwnAccount } from './state';
import type { Account, AccountEdit, AccountList, BatchLine, BatchOptions } from './types';
import { ageOfAccount, wordsForFailure } from './words';

const askEvery = 1500; // ms between two looks for the answer of a check
const patience = 30_000; // ms until it is said that the answer takes its time
const linesAtOnce = 200; // a request holds at most 64 KiB
const watchedAtOnce = 10; // new accounts whose first answer is awaited; the feed tells of the others
const atOnce = 4; // requests at a time

class Following {
  lists = $state.raw<readonly AccountList[]>([]);
  checking = $state.raw<ReadonlySet<string>>(new Set());

  async loadLists(): Promise<void> {
    try {
      this.lists = await app.api.lists();
    } catch {
      // The lists known before stay; the link or the session says what is wrong.
    }
  }

  nameOfList(id: string): string {
    return this.lists.find((list) => list.id === id)?.name ?? '';
  }

  // Asks for a look now, and tells what came of it.
  async check(account: Account): Promise<void> {
    if (this.checking.has(account.id)) {
      return;
    }
    try {
      await app.api.check(account.id);
      app.message = app.t.accounts.checking(account.username);
    } catch (error) {
      app.message = wordsForFailure(app.t, error).text;
      return;
    }
    await this.#awaitAnswer(account, true);
  }

  async #awaitAnswer(before: Account, isTold: boolean): Promise<void> {
    this.checking = new Set(this.checking).add(before.id);
    const end = Date.now() + patience;
    let answered: Account | null = null;
    while (answered === null && Date.now() < end) {
      await new Promise((done) => setTimeout(done, askEvery));
      answered = await this.#newer(before);
    }
    const left = new Set(this.checking);
    left.delete(before.id);
    this.checking = left;
    if (isTold) {
      app.message = answered === null ? app.t.accounts.checkLate(before.username) : app.t.accounts.checked(before.username, wordsOf(answered));
    }
  }

  async #newer(before: Account): Promise<Account | null> {
    try {
      const account = await app.api.account(before.id);
      if (account.checked_at === before.checked_at) {
        return null;
      }
      this.keep(account);
      return account;
    } catch {
      return null; // asked again
    }
  }

  keep(account: Account): void {
    app.state = withOwnAccount(app.state, account);
  }

  async edit(account: Account, change: AccountEdit): Promise<void> {
    this.keep(await app.api.edit(account.id, change));
  }

  async setInList(account: Account, listId: string, isIn: boolean): Promise<void> {
    await app.api.setInList(listId, account.id, isIn);
    const others = account.lists.filter((id) => id !== listId);
    this.keep({ ...account, lists: isIn ? [...others, listId] : others });
  }

  async unfollow(account: Account): Promise<void> {
    await app.api.unfollow(account.id);
    app.state = withoutOwnAccount(app.state, account.id, app.seesAll);
    if (!app.seesAll) {
      app.reload(); // without what this person sees no more
    }
  }

  // A result for each name, in the order of the text. Long texts go in several requests; what was
  // followed before one of them failed stays followed, and is told in onPart.
  async followMany(text: string, options: BatchOptions, onPart: (lines: BatchLine[]) => void): Promise<void> {
    const lines = text.split('\n');
    let isNew = false;
    for (let from = 0; from < lines.length; from += linesAtOnce) {
      const part = lines.slice(from, from + linesAtOnce).join('\n');
      if (part.trim() === '') {
        continue;
      }
      const results = await app.api.followMany(part, options);
      onPart(results.map((result) => ({ ...result, line: result.line + from })));
      const added = results.flatMap((result) => (result.account === null ? [] : [result.account]));
      added.forEach((account) => this.keep(account));
      isNew ||= results.some((result) => result.result === 'added');
      added.filter((account) => account.checked_at === null).slice(0, watchedAtOnce).forEach((account) => void this.#awaitAnswer(account, false));
    }
    void this.loadLists();
    if (isNew) {
      app.reload(); // somebody else may have followed it before: its lives and alerts are known
    }
  }

  // The same for each account, a few at a time; how many were refused.
  async forEach(accounts: readonly Account[], act: (account: Account) => Promise<void>): Promise<number> {
    const waiting = [...accounts];
    let refused = 0;
    const work = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        await act(one).catch(() => { refused += 1; });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    void this.loadLists();
    return refused;
  }
}

function wordsOf(account: Account): string {
  return `${app.t.account.status[account.status]} · ${ageOfAccount(app.t, app.format, account, app.now)}`;
}

export const following = new Following();
