/**
 * Which manager the sandbox plays. Every difference between the two faces is asked here, by release, and nowhere else.
 */

export type FaceName = 'legacy' | 'current';

export interface Face {
  readonly name: FaceName;
  /** The manager's own release, as `GET /` answers it. */
  readonly manager: string;
  /** The newest API version it announces. */
  readonly version: string;
  readonly acceptedVersions: ReadonlySet<string>;
  /** True when this manager is of the given release or newer, e.g. `since('25.13')`. */
  since(release: string): boolean;
}

/** API versions in the order in which managers learnt them. */
const versions = [
  'v4.20181215',
  'v4.20190115',
  'v4.20190315',
  'v4.20190615',
  'v5.20191215',
  'v6.20200815',
  'v6.20210815',
  'v6.20220315',
  'v6.20220615',
  'v6.20230315',
  'v7.20230615',
  'v8.20240315',
  'v8.20240915',
  'v9.20250722',
] as const;

function numbers(release: string): readonly number[] {
  return release.split('.').map(Number);
}

function isSince(manager: string, release: string): boolean {
  const own = numbers(manager);
  const asked = numbers(release);
  for (let index = 0; index < asked.length; index += 1) {
    const difference = (own[index] ?? 0) - (asked[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function makeFace(name: FaceName, manager: string, version: (typeof versions)[number]): Face {
  return {
    name,
    manager,
    version,
    acceptedVersions: new Set(versions.slice(0, versions.indexOf(version) + 1)),
    since: (release) => isSince(manager, release),
  };
}

const faces: Readonly<Record<FaceName, Face>> = {
  legacy: makeFace('legacy', '24.03.11', 'v8.20240315'),
  current: makeFace('current', '25.15.12', 'v9.20250722'),
};

export function faceOf(name: FaceName): Face {
  return faces[name];
}

/** The major number of a version header such as `v8.20240915`; 5 when the header is absent, as managers assume. */
export function majorOf(version: string | undefined): number {
  const digits = version === undefined ? null : /^v(\d+)\./.exec(version);
  return digits?.[1] === undefined ? 5 : Number(digits[1]);
}
