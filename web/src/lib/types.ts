// SPDX-License-Identifier: Apache-2.0
// The shapes of the contract, as src/domain/json.cpp writes them.

export type AccountStatus = 'live' | 'active' | 'offline' | 'unknown';
export type LiveState = 'live' | 'paused' | 'ended';
export type CaptureState = 'none' | 'running' | 'stalled' | 'stopped' | 'restricted' | 'done' | 'failed';
export type Severity = 'critique' | 'eleve' | 'modere' | 'faible';
export type AlertKind = 'haine' | 'incertain' | 'injection' | 'viralite';
export type AlertState = 'open' | 'claimed' | 'decided';
export type Verdict = 'confirmed' | 'platform_rule' | 'lawful' | 'false_alarm' | 'out_of_scope' | 'second_opinion';
export type Cause = 'transcription' | 'analysis' | 'quotation' | 'irony' | 'other';
export type Role = 'user' | 'moderator' | 'admin' | 'auditor';

export interface Person {
  id: string;
  username: string;
  email: string | null;
  role: Role;
  language: 'fr' | 'en';
}

export interface Session {
  user: Person;
  csrf_token: string;
}

export interface Account {
  id: string;
  platform: string;
  username: string;
  display_name: string;
  url: string;
  status: AccountStatus;
  status_at: string | null;
  status_reason: string;
  followers: number | null;
  interval_s: number;
  last_live_at: string | null;
  language?: string | null; // spoken there; null: the operator's choice
  // The viewer's own; events of an account do not know them.
  note: string;
  tags: string[];
  priority: number;
  followed: boolean;
  checked_at: string | null; // the last answer of the platform, whatever it proved
  lists: string[];
}

export interface AccountEdit {
  note?: string;
  tags?: string[];
  priority?: number;
  language?: string;
}

export interface AccountList {
  id: string;
  name: string;
  accounts: number;
}

// What became of one name of a pasted list.
export interface BatchLine {
  line: number;
  typed: string;
  result: 'added' | 'already' | 'invalid' | 'duplicate';
  detail: string;
  account: Account | null;
}

export interface BatchOptions {
  list?: string;
  tags?: string[];
  priority?: number;
}

export interface ViewerSample {
  at: string;
  viewers: number;
}

// How far the words are behind the sound.
export interface Words {
  state: 'on_time' | 'late' | 'put_off' | 'catching_up' | 'done' | 'none';
  delay_s: number | null;
}

export interface Live {
  id: string;
  account_id: string;
  platform: string;
  username: string;
  state: LiveState;
  title: string;
  started_at: string;
  detected_at: string;
  ended_at: string | null;
  duration_s: number | null;
  viewers: number | null;
  peak_viewers: number | null;
  capture: { state: CaptureState; reason: string | null; lag_s: number | null; gaps: number };
  risk: number;
  words?: Words;
  detected_by?: string | null;
  detection_delay_s?: number | null;
}

export interface Segment {
  id: string;
  live_id: string;
  start: number;
  end: number;
  text: string;
  language: string;
  confidence: number;
  uncertain: boolean;
  speech: true;
}

export interface Gap {
  id: string;
  live_id: string;
  start: number;
  end: number;
  gap: string;
}

export type TranscriptItem = Segment | Gap;

export interface Assessment {
  id: string;
  live_id: string;
  start: number;
  end: number;
  categorie: 'Neutre' | 'Polémique' | 'Potentiellement viral' | 'Discours haineux';
  viralite: 'faible' | 'moyenne' | 'forte';
  discours_haineux: boolean;
  cible: string;
  justification: string;
  risque_score: number;
  score: number;
  indetermine: boolean;
  preuve: string;
  analyser: string;
  model: string | null;
  repli: boolean;
  injection?: boolean;
  error?: string | null;
  disagreement?: boolean; // the model and the embedded analyser
  embedded_score?: number;
}

export interface Decision {
  id: string;
  verdict: Verdict;
  cause: Cause | null;
  note: string;
  decided_by: string | null; // a name
  decided_at: string;
}

// What a person keeps beyond the usual time.
export interface Hold {
  id: string;
  live_id: string;
  reason: string;
  placed_at: string;
  until: string;
  released_at: string | null;
}

export interface Alert {
  id: string;
  live_id: string;
  account_id: string;
  username: string;
  kind: AlertKind;
  severity: Severity;
  state: AlertState;
  opened_at: string;
  updated_at: string;
  count: number;
  sentence: string;
  context: string;
  at: number;
  clip: { from: number; to: number };
  score: number;
  assessment_id: string;
  claimed_by: string | null; // a name
  claimed_until: string | null;
  decision: Decision | null; // the newest that stands; second_opinion leaves the alert open
}

export interface Notification {
  id: string;
  kind: 'live.started' | 'alert';
  live_id: string;
  alert_id: string | null;
  username: string;
  severity: Severity | null;
  created_at: string;
  read_at: string | null;
  read: boolean;
  interrupts?: boolean; // in events only: no silence, no quiet hours keep it from interrupting this person
}

// What is being said, before it is settled: never stored, replaced by what comes next.
export interface Interim {
  live_id: string;
  start: number;
  end: number;
  text: string;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface FieldProblem {
  field: string;
  detail: string;
}

export interface Problem {
  type?: string;
  second_factor?: boolean; // with the type of proofNeeded (api.ts): its code is asked for too
  title: string;
  status: number;
  detail: string;
  request_id: string;
  errors?: FieldProblem[];
}

// What GET /status says of each part of Vigie.
export interface Part {
  name: string;
  state: 'ok' | 'degraded' | 'off';
  words: string;
}

// How a host that is asked treats us. With since: it refuses us.
export interface Host {
  host: string;
  allowed_per_s: number;
  used_per_s: number;
  queue: number;
  wait_p50_s?: number;
  wait_p95_s?: number;
  paused_until: string | null;
  reason: string;
  since: string | null;
}

export interface Capacity {
  lives: number;
  cpu_per_audio_s: number;
  workers: number;
  model: string;
}

export interface Status {
  version: string;
  time: string;
  parts: Part[];
  hosts?: Host[];
  capacity?: Capacity | null;
  detection_delay_p50_s?: number | null;
  detection_delay_p95_s: number | null;
}

// One message of the socket; interim words are not in the log and have no id. Data is the object itself, plus live_id and account_id where it has none.
export type VigieEvent =
  | { id: number; type: 'account.status'; at: string; data: Account }
  | { id: number; type: 'live.started' | 'live.updated' | 'live.ended'; at: string; data: Live }
  | { id: null; type: 'segment.interim'; at: string; data: Interim }
  | { id: number; type: 'segment.final'; at: string; data: TranscriptItem }
  | { id: number; type: 'assessment'; at: string; data: Assessment }
  | { id: number; type: 'alert.opened' | 'alert.updated'; at: string; data: Alert }
  | { id: number; type: 'notification'; at: string; data: Notification }
  | { id: number; type: 'resync'; at: string; data: Record<string, never> };
