/** Names of sessions: the site's rule with a reason for each way to break it, and pleasant ones made up. */

export type NameProblem =
  | 'empty'
  | 'too-short'
  | 'too-long'
  | 'space'
  | 'bad-first'
  | 'bad-last'
  | 'bad-middle'
  | 'taken';

const word = /^[A-Za-z0-9_]$/;

/**
 * What is wrong with a name, or null: 4 to 64 characters, first and last a letter, digit or underscore, in between also
 * `-` and `.` (parity P-LAUNCH-11). `taken` holds the names of sessions that still live.
 */
export function nameProblem(name: string, taken: ReadonlySet<string> = new Set()): NameProblem | null {
  if (name === '') {
    return 'empty';
  }
  if (/\s/.test(name.trim())) {
    return 'space';
  }
  if (!word.test(name.charAt(0))) {
    return 'bad-first';
  }
  if (/[^A-Za-z0-9_.-]/.test(name)) {
    return word.test(name.charAt(name.length - 1)) || /[.-]$/.test(name) ? 'bad-middle' : 'bad-last';
  }
  if (name.length < 4) {
    return 'too-short';
  }
  if (name.length > 64) {
    return 'too-long';
  }
  if (!word.test(name.charAt(name.length - 1))) {
    return 'bad-last';
  }
  return taken.has(name) ? 'taken' : null;
}

const qualities = [
  ...['amber', 'brisk', 'bright', 'calm', 'clear', 'coral', 'crisp', 'early', 'fair', 'fleet', 'gentle', 'golden'],
  ...['green', 'hazel', 'ivory', 'jade', 'keen', 'light', 'lunar', 'mellow', 'misty', 'noble', 'north', 'opal'],
  ...['quick', 'quiet', 'rapid', 'scarlet', 'silver', 'steady', 'still', 'sunny', 'swift', 'tidal', 'vivid', 'warm'],
];
const things = [
  ...['anchor', 'atoll', 'bay', 'beacon', 'breeze', 'brook', 'buoy', 'cape', 'coast', 'compass', 'cove', 'current'],
  ...['delta', 'dune', 'ferry', 'fjord', 'gull', 'harbour', 'heron', 'inlet', 'island', 'jetty', 'keel', 'lagoon'],
  ...['mast', 'oar', 'otter', 'pier', 'quay', 'reef', 'rudder', 'sail', 'shore', 'sloop', 'tide', 'wharf'],
];

/** A name such as `calm-harbour-27` that no living session has. `random` answers in [0, 1). */
export function inventName(taken: ReadonlySet<string>, random: () => number): string {
  const of = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? 'berth';
  for (let tries = 0; tries < 50; tries += 1) {
    const name = `${of(qualities)}-${of(things)}-${10 + Math.floor(random() * 90)}`;
    if (!taken.has(name)) {
      return name;
    }
  }
  let counter = 100;
  const stem = `${of(qualities)}-${of(things)}`;
  while (taken.has(`${stem}-${counter}`)) {
    counter += 1;
  }
  return `${stem}-${counter}`;
}

/** At most this many sessions in one go, whatever the site would take. */
export const mostSessions = 50;

/** Characters that a go of several adds to the name: `-<four>-<index>`. */
const severalSuffix = 1 + 4 + 1 + String(mostSessions).length;

/** A name for several sessions must leave room for what is added. */
export function roomForSeveral(name: string): boolean {
  return name.length + severalSuffix <= 64;
}

/** `<name>-<random>-<i>` for several sessions (P-LAUNCH-50), the name itself for one. `random` answers in [0, 1). */
export function sessionNames(name: string, count: number, random: () => number): string[] {
  if (count <= 1) return [name];
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  const mark = Array.from({ length: 4 }, () => letters[Math.floor(random() * letters.length)] ?? 'a').join('');
  return Array.from({ length: count }, (_, index) => `${name}-${mark}-${index + 1}`);
}
