/**
 * What a manager can do, by feature, from its own version answer (API reference, section 3). The only place where
 * versions are compared: everything else asks `can('feature')`.
 */
import { BerthError } from '../base/berth-error.ts';

/** What `GET /` answers. */
export interface Hello {
  /** Newest API version that the site announces, e.g. `v8.20240915`. */
  readonly announced: string;
  /** PEP 440 text, e.g. `24.09.5` or `26.8.0rc1`. */
  readonly manager: string;
}

/** API versions Berth speaks, newest first. */
const spoken = ['v9.20250722', 'v8.20240915', 'v8.20240315', 'v7.20230615', 'v6.20230315', 'v6.20220615'] as const;

const apiVersionPattern = /^v(\d+)\.(\d{8})$/;

function apiOrder(version: string): readonly [number, number] | null {
  const match = apiVersionPattern.exec(version);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

/** The newest version both sides speak. Throws BerthError `version-unsupported`. */
export function pickApiVersion(hello: Hello): string {
  const announced = apiOrder(hello.announced);
  const found =
    announced === null
      ? undefined
      : spoken.find((version) => {
          const [major, date] = apiOrder(version) ?? [0, 0];
          return major < announced[0] || (major === announced[0] && date <= announced[1]);
        });
  if (found === undefined) {
    throw new BerthError('version-unsupported', {
      place: 'manager',
      params: { announced: hello.announced, manager: hello.manager },
    });
  }
  return found;
}

type Release = readonly [number, number, number];

function releaseOf(manager: string): Release {
  const match = /^\D*(\d+)\.(\d+)(?:\.(\d+))?/.exec(manager);
  return match === null ? [0, 0, 0] : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

function compare(a: Release, b: Release): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** First releases that have the feature: the first one opens it for good, later ones are back-ports within their series. */
const gates = {
  statusHistory: ['23.3.0'],
  vfolderMounts: ['23.3.0'],
  idleChecks: ['23.3.0', '22.9.19'],
  slotDetails: ['23.3.0'],
  requestedSlots: ['24.3.0'],
  kernelIds: ['24.3.1'],
  downloadByPost: ['24.3.7'],
  imageNamespace: ['24.12.0'],
  acceleratorQuantum: ['25.5.0'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type Feature = keyof typeof gates;
export type Can = (feature: Feature) => boolean;

/** @param manager the manager's own version text; pre-releases count as their release */
export function featuresOf(manager: string): Can {
  const release = releaseOf(manager);
  return (feature) =>
    gates[feature].some((text, index) => {
      const first = releaseOf(text);
      if (compare(release, first) < 0) return false;
      return index === 0 || (first[0] === release[0] && first[1] === release[1]);
    });
}
