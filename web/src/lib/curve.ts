// SPDX-License-Identifier: Apache-2.0
// Viewers over time as a drawing, and as rows of a table.
import type { ViewerSample } from './types';

export interface Curve {
  line: string; // of an SVG path
  area: string;
  highest: number;
  highestAt: number; // ms
  from: number; // ms
  to: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

// Nothing to draw below two samples.
export function curveOf(samples: readonly ViewerSample[], width: number, height: number): Curve | null {
  const points = samples.map((sample) => ({ at: Date.parse(sample.at), viewers: sample.viewers }));
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) {
    return null;
  }
  const peak = points.reduce((best, point) => (point.viewers > best.viewers ? point : best), first);
  const x = (at: number): number => round(((at - first.at) / (last.at - first.at)) * width);
  const y = (viewers: number): number => round(height - (viewers / Math.max(1, peak.viewers)) * (height - 2) - 1);
  const line = points.map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.at)} ${y(point.viewers)}`).join('');
  return {
    line, area: `${line}L${width} ${height}L0 ${height}Z`, highest: peak.viewers, highestAt: peak.at, from: first.at, to: last.at,
  };
}

// At most so many rows, evenly chosen, the last always among them.
export function thinned<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) {
    return [...items];
  }
  return Array.from({ length: most }, (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))] as T);
}
