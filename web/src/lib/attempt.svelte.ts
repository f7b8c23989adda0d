// SPDX-License-Identifier: Apache-2.0
// One thing that a form asks of the server at a time: whether it is under way, what came of it, and which
// field was refused.
import { app } from './app.svelte';
import { RefusedError } from './api';
import { wordsForFailure } from './words';

export class Attempt {
  isBusy = $state(false);
  problem = $state('');
  notice = $state('');
  fields = $state.raw<Readonly<Record<string, string>>>({}); // what is wrong, by field

  // act gives the words of success; words turns a refusal into ours, or leaves it with null.
  async run(act: () => Promise<string | void>, words: (error: RefusedError) => string | null = () => null): Promise<boolean> {
    this.isBusy = true;
    this.clear();
    try {
      this.notice = (await act()) ?? '';
      return true;
    } catch (error) {
      this.#refused(error, words);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  clear(): void {
    this.problem = this.notice = '';
    this.fields = {};
  }

  refuse(field: string, problem: string): void {
    this.clear();
    this.fields = { [field]: problem };
  }

  #refused(error: unknown, words: (error: RefusedError) => string | null): void {
    const ours = error instanceof RefusedError ? words(error) : null;
    const isInvalid = error instanceof RefusedError && (error.status === 422 || error.status === 409);
    if (ours === null && isInvalid && error.fields.length > 0) {
      this.fields = Object.fromEntries(error.fields.map(({ field, detail }) => [field, detail]));
    } else {
      this.problem = ours ?? (isInvalid && error.detail !== '' ? error.detail : wordsForFailure(app.t, error).text);
    }
  }
}
