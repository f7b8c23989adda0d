// SPDX-License-Identifier: Apache-2.0
// Levels of risk, and what a strip of them shows.
import type { Assessment, Severity, TranscriptItem } from './types';

export type Level = 0 | 1 | 2 | 3 | 4; // none, low, moderate, high, critical

export function levelOfSeverity(severity: Severity): Level {
  return ({ faible: 1, modere: 2, eleve: 3, critique: 4 } as const)[severity] ?? 0;
}

// The words of the contract's severities, for any passage.
export function levelOfAssessment(assessment: Assessment): Level {
  if (assessment.discours_haineux) {
    return assessment.viralite === 'forte' ? 4 : 3;
  }
  if (assessment.indetermine || assessment.injection === true) {
    return 2;
  }
  return assessment.viralite === 'faible' ? 0 : 1;
}

// A live whose assessments are not here says only its highest score: 0.2, + 0.3 or + 0.5, + 0.4.
export function levelOfScore(score: number): Level {
  const tenths = Math.round(score * 10);
  if (tenths >= 10) {
    return 4;
  }
  if (tenths === 6 || tenths >= 8) {
    return 3;
  }
  return tenths >= 5 ? 1 : 0;
}

const recent = 600; // seconds of speech, as in live_view

// Nothing judged yet is not "none": the formula gives 0.2 at least.
export function currentLevel(assessments: readonly Assessment[], score: number): Level | null {
  if (assessments.length === 0) {
    return score > 0 ? levelOfScore(score) : null;
  }
  const end = Math.max(...assessments.map((assessment) => assessment.end));
  const levels = assessments.filter((one) => one.end > end - recent).map(levelOfAssessment);
  return Math.max(0, ...levels) as Level;
}

export interface Bar {
  from: number;
  to: number;
  level: Level;
  isHeard: boolean; // something was judged here
  isGap: boolean;
}

export interface Strip {
  bars: Bar[];
  highest: Level;
  highestAt: number | null;
}

// count bars over [from, to): each as high as the worst passage that touches it.
export function stripOf(
  assessments: readonly Assessment[],
  items: readonly TranscriptItem[],
  from: number,
  to: number,
  count: number,
): Strip {
  const width = Math.max(to - from, 1) / count;
  const bars = Array.from({ length: count }, (_, index): Bar => {
    const start = from + index * width;
    return { from: start, to: start + width, level: 0, isHeard: false, isGap: false };
  });
  let highest: Level = 0;
  let highestAt: number | null = null;
  const touch = (start: number, end: number, change: (bar: Bar) => void): void => {
    const first = Math.max(0, Math.floor((start - from) / width));
    const last = Math.min(count - 1, Math.ceil((end - from) / width) - 1);
    for (let index = first; index <= last; index += 1) {
      change(bars[index] as Bar);
    }
  };
  for (const assessment of assessments) {
    if (assessment.end <= from || assessment.start >= to) {
      continue;
    }
    const level = levelOfAssessment(assessment);
    if (level > highest) {
      highest = level;
      highestAt = assessment.start;
    }
    touch(assessment.start, assessment.end, (bar) => {
      bar.isHeard = true;
      bar.level = Math.max(bar.level, level) as Level;
    });
  }
  for (const item of items) {
    if ('gap' in item && item.end > from && item.start < to) {
      touch(item.start, item.end, (bar) => {
        bar.isGap = true;
      });
    }
  }
  return { bars, highest, highestAt };
}
