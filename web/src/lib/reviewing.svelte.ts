// SPDX-License-Identifier: Apache-2.0
// What a person does with alerts: takes one in hand, decides, takes it back. Beside the page's one
// object, which holds the alerts; what was begun is kept until it is saved.
import { RefusedError } from './api';
import { app } from './app.svelte';
import {
  decisionOf, emptyDraft, holderOf, needsRenewal, readDrafts, undoOf, withDraft, type Draft, type Undo,
} from './queue';
import { withAlert } from './state';
import type { Alert } from './types';
import { wordsForFailure } from './words';

class Reviewing {
  drafts = $state.raw<ReadonlyMap<string, Draft>>(new Map());
  undo = $state.raw<Undo | null>(null);
  isBusy = $state(false); // a decision is on its way
  failure = $state.raw<{ alertId: string; text: string } | null>(null);
  held = $state.raw<ReadonlySet<string>>(new Set()); // claimed in this tab, and not given back
  #person = '';
  #touchedAt = 0;
  #isRenewing = false;
  #isClaiming = false;
  #turn: Promise<unknown> = Promise.resolve(); // one after the other: claimed first, decided then

  // What this person had begun in this tab; nobody else's.
  begin(personId: string): void {
    if (this.#person === personId) {
      return;
    }
    this.#person = personId;
    try {
      this.drafts = readDrafts(sessionStorage.getItem(this.#key()));
    } catch {
      this.drafts = new Map(); // a browser that keeps nothing
    }
  }

  #key = (): string => `vigie.drafts.${this.#person}`;

  // Through a reload and a new session.
  #keepDrafts(): void {
    try {
      sessionStorage.setItem(this.#key(), JSON.stringify([...this.drafts]));
    } catch {
      // They hold until the page is closed.
    }
  }

  draft(id: string): Draft {
    return this.drafts.get(id) ?? emptyDraft;
  }

  // Who begins to decide takes it in hand.
  change(alert: Alert, draft: Draft): void {
    this.drafts = withDraft(this.drafts, alert.id, draft);
    this.#keepDrafts();
    if (app.decides && !app.isLost && alert.state !== 'decided' && holderOf(alert, app.now) === null && !this.#isClaiming) {
      void this.claim(alert);
    }
  }

  forget(id: string): void {
    this.drafts = withDraft(this.drafts, id, emptyDraft);
    this.#keepDrafts();
  }

  isMine(alert: Alert): boolean {
    return holderOf(alert, app.now)?.name === app.person?.username;
  }

  // It was in hand here, and is no more, though nobody gave it back.
  isLost(alert: Alert): boolean {
    return this.held.has(alert.id) && alert.state !== 'decided' && !this.isMine(alert);
  }

  #hold(id: string, isHeld: boolean): void {
    const held = new Set(this.held);
    held[isHeld ? 'add' : 'delete'](id);
    this.held = held;
  }

  async claim(alert: Alert): Promise<boolean> {
    this.#isClaiming = true;
    const claimed = await this.#ask(alert.id, () => app.api.claim(alert.id));
    this.#isClaiming = false;
    if (claimed !== null) {
      this.#hold(alert.id, true);
      this.touch();
    }
    return claimed !== null;
  }

  async release(alert: Alert): Promise<void> {
    this.#hold(alert.id, false);
    const released = await this.#ask(alert.id, () => app.api.release(alert.id));
    if (released !== null) {
      app.message = app.t.review.released;
    }
  }

  // Nothing happens without a whole decision.
  async decide(alert: Alert): Promise<boolean> {
    const draft = this.draft(alert.id);
    const decision = decisionOf(draft);
    if (decision === null || this.isBusy) {
      return false;
    }
    this.isBusy = true;
    const decided = await this.#ask(alert.id, () => app.api.decide(alert.id, decision));
    this.isBusy = false;
    if (decided === null) {
      return false;
    }
    this.forget(alert.id);
    this.#hold(alert.id, false);
    this.undo = undoOf(decided, draft, Date.now());
    return true;
  }

  // The decision taken back; what it said is there again to be changed.
  async takeBack(): Promise<string | null> {
    const { undo } = this;
    if (undo === null || this.isBusy) {
      return null;
    }
    this.undo = null;
    const back = await this.#ask(undo.alertId, () => app.api.undo(undo.alertId, undo.decisionId));
    if (back === null) {
      app.message = app.t.review.undoRefused;
      return null;
    }
    this.#hold(undo.alertId, true);
    this.touch();
    this.change(back, undo.draft);
    app.message = app.t.review.undone;
    return undo.alertId;
  }

  dismissUndo(): void {
    this.undo = null;
  }

  touch(): void {
    this.#touchedAt = app.now;
  }

  // Each second, of the alert that is read.
  async keep(alert: Alert): Promise<void> {
    if (this.#isRenewing || app.isLost || !needsRenewal(alert, app.person?.username ?? '', this.#touchedAt, app.now)) {
      return;
    }
    this.#isRenewing = true;
    try {
      this.#put(await app.api.claim(alert.id), app.state.lastEvent);
    } catch {
      // Asked again; a claim that is lost is told by the feed.
    } finally {
      this.#isRenewing = false;
    }
  }

  #put(alert: Alert, asOf: number): void {
    app.state = withAlert(app.state, alert, asOf);
  }

  // What is refused because others were quicker is told by the alert as it is now.
  #ask(id: string, call: () => Promise<Alert>): Promise<Alert | null> {
    const turn = this.#turn.then(() => this.#asked(id, call));
    this.#turn = turn;
    return turn;
  }

  async #asked(id: string, call: () => Promise<Alert>): Promise<Alert | null> {
    const asOf = app.state.lastEvent;
    this.failure = null;
    try {
      const alert = await call();
      this.#put(alert, asOf);
      return alert;
    } catch (error) {
      const isConflict = error instanceof RefusedError && error.status === 409;
      this.failure = { alertId: id, text: isConflict ? app.t.review.conflict : wordsForFailure(app.t, error).text };
      if (isConflict || (error instanceof RefusedError && error.status === 404)) {
        await this.look(id);
      }
      return null;
    }
  }

  async look(id: string): Promise<boolean> {
    const asOf = app.state.lastEvent;
    try {
      this.#put(await app.api.alert(id), asOf);
      return true;
    } catch {
      return false; // the alert known before stays, with what failed
    }
  }
}

export const reviewing = new Reviewing();
