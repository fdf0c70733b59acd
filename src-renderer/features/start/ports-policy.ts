/** Preopen ports: single ones and ranges, and what is wrong with them (parity page, P-LAUNCH-60). Pure. */
import type { PortChoice } from '../../../src-preload/contract/launch-spec.ts';

export type PortProblem =
  | 'not-a-port'
  | 'out-of-range'
  | 'backwards'
  | 'reserved'
  | 'taken-by-image'
  | 'duplicate'
  | 'too-many';

const lowest = 1024;
const highest = 65_535;
/** Ports of the platform inside a container (API reference, 4.3: four are refused, two more are best left alone). */
const reserved: ReadonlySet<number> = new Set([2000, 2001, 2002, 2003, 2200, 7681]);

export interface PortVerdict {
  /** In order, without those that have a problem. */
  readonly ports: number[];
  /** One entry a row; null: fine or empty. */
  readonly problems: (PortProblem | null)[];
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** `8080`, or a range `8000:8009` (a hyphen does, too); null when it is neither. */
export function readPorts(text: string): Range | null {
  const match = /^(\d{1,5})(?:\s*[:-]\s*(\d{1,5}))?$/.exec(text.trim());
  if (match === null) return null;
  const from = Number(match[1]);
  return { from, to: match[2] === undefined ? from : Number(match[2]) };
}

/**
 * @param most how many the site allows in all; 0 switches the feature off
 * @param ofImage ports that the image's own services use
 */
export function judgePorts(rows: readonly PortChoice[], most: number, ofImage: readonly number[]): PortVerdict {
  const taken = new Set<number>();
  const imagePorts = new Set(ofImage);
  const problems = rows.map(({ ports, name }): PortProblem | null => {
    if (ports.trim() === '') return name.trim() === '' ? null : 'not-a-port';
    const range = readPorts(ports);
    if (range === null) return 'not-a-port';
    if (range.from > range.to) return 'backwards';
    if (range.from < lowest || range.to > highest) return 'out-of-range';
    // Before it is walked: a range of the whole space is too many anyway.
    if (range.to - range.from >= most) return 'too-many';
    const all = Array.from({ length: range.to - range.from + 1 }, (_, index) => range.from + index);
    if (all.some((port) => reserved.has(port))) return 'reserved';
    if (all.some((port) => imagePorts.has(port))) return 'taken-by-image';
    if (all.some((port) => taken.has(port))) return 'duplicate';
    if (taken.size + all.length > most) return 'too-many';
    for (const port of all) taken.add(port);
    return null;
  });
  return { ports: [...taken].sort((a, b) => a - b), problems };
}

/** Rows of a pasted list, separated by commas, spaces or lines: `8080, 8501 9000:9003`. */
export function readPortList(text: string): PortChoice[] {
  return text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map((ports) => ({ ports, name: '' }));
}
