// SPDX-License-Identifier: Apache-2.0
// Where in a transcript the evidence of alerts and assessments stands: it is a literal stretch of a
// window, which may begin in one sentence and end in the next.
import { levelOfAssessment, levelOfSeverity, type Level } from './risk';
import type { Alert, Assessment, Segment, TranscriptItem } from './types';

export interface Finding {
  text: string;
  from: number; // seconds: where to look
  to: number;
  level: Level;
}

export interface Mark {
  level: Level;
  ranges: readonly (readonly [number, number])[]; // in the segment's text
}

export function findingsOf(alerts: readonly Alert[], assessments: readonly Assessment[]): Finding[] {
  const findings: Finding[] = [];
  for (const alert of alerts) {
    findings.push({ text: alert.sentence, from: alert.clip.from, to: alert.clip.to, level: levelOfSeverity(alert.severity) });
  }
  for (const one of assessments) {
    const level = levelOfAssessment(one);
    if (level >= 2 && one.preuve !== '') {
      findings.push({ text: one.preuve, from: one.start, to: one.end, level });
    }
  }
  return findings;
}

const fold = (text: string): string => text.toLowerCase().replaceAll('’', "'");

export function marksOf(items: readonly TranscriptItem[], findings: readonly Finding[]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  const segments = items.filter((item): item is Segment => !('gap' in item));
  for (const finding of findings) {
    const near = segments.filter((segment) => segment.end > finding.from && segment.start < finding.to);
    markOne(marks, near, finding);
  }
  return marks;
}

function markOne(marks: Map<string, Mark>, segments: readonly Segment[], finding: Finding): void {
  const wanted = fold(finding.text.trim());
  const whole = segments.map((segment) => segment.text).join(' ');
  const begin = wanted === '' ? -1 : fold(whole).indexOf(wanted);
  if (begin < 0) {
    return;
  }
  const end = begin + wanted.length;
  let offset = 0;
  for (const segment of segments) {
    const from = Math.max(begin - offset, 0);
    const to = Math.min(end - offset, segment.text.length);
    if (from < to) {
      add(marks, segment.id, finding.level, [from, to]);
    }
    offset += segment.text.length + 1;
  }
}

function add(marks: Map<string, Mark>, id: string, level: Level, range: readonly [number, number]): void {
  const before = marks.get(id);
  marks.set(id, {
    level: Math.max(before?.level ?? 0, level) as Level,
    ranges: joined([...(before?.ranges ?? []), range]),
  });
}

// Ranges by their start, overlapping ones as one.
function joined(ranges: (readonly [number, number])[]): (readonly [number, number])[] {
  const result: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1]) {
      last[1] = Math.max(last[1], to);
    } else {
      result.push([from, to]);
    }
  }
  return result;
}

// The text cut where marks begin and end.
export function pieces(text: string, mark: Mark | undefined): { text: string; isMarked: boolean }[] {
  const result: { text: string; isMarked: boolean }[] = [];
  let position = 0;
  for (const [from, to] of mark?.ranges ?? []) {
    if (from > position) {
      result.push({ text: text.slice(position, from), isMarked: false });
    }
    result.push({ text: text.slice(from, to), isMarked: true });
    position = to;
  }
  if (position < text.length || result.length === 0) {
    result.push({ text: text.slice(position), isMarked: false });
  }
  return result;
}

// The transcript in chunks of a fixed size; a chunk that did not change is the same object as before, so
// that a page of thousands of sentences draws only the last one again.
export interface Chunk {
  key: string;
  items: readonly TranscriptItem[];
  marks: ReadonlyMap<string, Mark>;
}

export function chunked(
  items: readonly TranscriptItem[],
  marks: ReadonlyMap<string, Mark>,
  size: number,
  before: readonly Chunk[],
): Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = 0; start < items.length; start += size) {
    const part = items.slice(start, start + size);
    const own = new Map<string, Mark>();
    for (const item of part) {
      const mark = marks.get(item.id);
      if (mark !== undefined) {
        own.set(item.id, mark);
      }
    }
    const old = before[chunks.length];
    const isSame =
      old?.items.length === part.length && part.every((item, index) => item === old.items[index]) && isEqual(own, old.marks);
    chunks.push(isSame ? old : { key: String(start), items: part, marks: own });
  }
  return chunks;
}

function isEqual(left: ReadonlyMap<string, Mark>, right: ReadonlyMap<string, Mark>): boolean {
  return left.size === right.size && JSON.stringify([...left]) === JSON.stringify([...right]);
}
