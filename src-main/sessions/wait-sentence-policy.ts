/**
 * One sentence of a site's scheduler -> what it means. The sentences of every era: predicates of the old dispatcher
 * (to 25.12), validators and agent selection (25.13 to 26.3), and steps of the scheduling history (26.4 and newer);
 * API reference, section 5.5, and parity page, P-PEND-04. Pure. What is not known stays as it is.
 */
import type { QuotaOf, WaitReason } from '../../src-preload/contract/waiting.ts';
import { parseAmount, parseBytes } from '../launcher/amount-policy.ts';

/** What the site said, with the name of the check that said it, where it has one. */
export interface Sentence {
  readonly name: string | null;
  readonly text: string;
}

type Reader = (match: RegExpExecArray) => WaitReason[];

/** Tried in order: a sentence about one thing may mention another. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [/requirement\(s\) could not be placed/, (match) => placementReasons(match.input)],
  [/cannot create more than (\d+) pending session/i, (match) => [{ kind: 'pending-count', limit: Number(match[1]) }]],
  [
    /pending session quota is exceeded\.?\s*\(([^()]*)\)/i,
    (match) => [{ kind: 'pending-amounts', waiting: readAmounts(match[1] ?? '') }],
  ],
  [
    /cannot run more than (\d+) (\w+) sessions/i,
    (match) => [{ kind: 'sessions', limit: Number(match[1]), sftp: /sftp/i.test(match[2] ?? '') }],
  ],
  [
    /your (main-keypair|keypair|user|group|project|domain) resource quota is exceeded\.?\s*\(([^()]*)\)/i,
    (match) => [
      { kind: 'quota', of: quotaOf(match[1] ?? ''), limits: readAmounts(match[2] ?? ''), over: [], never: false },
    ],
  ],
  [
    /waiting dependency sessions to finish as success\.?\s*\((.*)\)/is,
    (match) => [{ kind: 'dependency', sessions: readDependencies(match[1] ?? '') }],
  ],
  [/scheduled to start at (\S+?)[;,\s]/i, (match) => [{ kind: 'start-time', at: instantOf(match[1] ?? '') }]],
  [/before start time/i, () => [{ kind: 'start-time', at: null }]],
  [/no agents (?:are )?available (?:in (?:scaling|resource) group|for scheduling)/i, () => [{ kind: 'no-machines' }]],
  [
    /no agents? (?:serves the|with) required architecture '([^']+)'/i,
    (match) => [{ kind: 'incompatible', why: 'architecture', architecture: match[1] ?? null }],
  ],
  [
    /compatible with the image architecture.*arch: ([^)\s,]+)/is,
    (match) => [{ kind: 'incompatible', why: 'architecture', architecture: match[1] ?? null }],
  ],
  [
    /no agents passed the '([^']+)' filter/i,
    (match) => {
      const filter = match[1] ?? '';
      if (/^(resource|container)/.test(filter)) return placementReasons(match.input);
      return [{ kind: 'incompatible', why: incompatibleBy(filter), architecture: null }];
    },
  ],
  [/has insufficient resources:/i, (match) => insufficientReasons(match.input)],
  [
    /does not have the enough remaining capacity \(([\w.-]+), requested: ([^,]+), remaining: ([^)]+)\)/i,
    ([, slot = '', asked, free]) => [
      room(slot, parseAmount(slot, asked), parseAmount(slot, free), null, 'chosen-machine'),
    ],
  ],
  [/container limit exceeded|hard\s+limit of the number of containers/i, () => [{ kind: 'containers', missing: null }]],
  [/contiguous resource region/i, () => [{ kind: 'full' }]],
  [/no (?:available agents|agents can be allocated)/i, () => [{ kind: 'full' }]],
  [/no agents meet the resource requirements|no compatible agents/i, () => [incompatible()]],
];

/** The same reasons by the name of the check, for sentences without anything to read in them. */
const named: readonly (readonly [RegExp, WaitReason])[] = [
  [/NoAgentsInResourceGroup/i, { kind: 'no-machines' }],
  [/NoCompatibleAgent/i, incompatible()],
  [/NoAvailableAgent|AgentSelection/i, { kind: 'full' }],
  [/pending.*count/i, { kind: 'pending-count', limit: null }],
  [/pending.*resource/i, { kind: 'pending-amounts', waiting: {} }],
  [/concurren/i, { kind: 'sessions', limit: null, sftp: false }],
  [/depend/i, { kind: 'dependency', sessions: [] }],
  [/reserved/i, { kind: 'start-time', at: null }],
  [/(group|project).*(resource|quota|limit)/i, quota('project')],
  [/domain.*(resource|quota|limit)/i, quota('domain')],
  [/keypair.*(resource|quota|limit)/i, quota('keypair')],
  [/user.*(resource|quota|limit)/i, quota('user')],
];

/** At least one reason: what is not understood is `other` with the site's own first line. */
export function readSentence(sentence: Sentence): WaitReason[] {
  const several = splitSeveral(sentence.text);
  if (several.length > 0) return several.flatMap(readSentence);
  for (const [pattern, read] of readers) {
    const match = pattern.exec(sentence.text);
    if (match !== null) return read(match);
  }
  const byName = named.find(([pattern]) => sentence.name !== null && pattern.test(sentence.name))?.[1];
  if (byName !== undefined) return [byName];
  const text = firstLine(sentence.text) || (sentence.name ?? '');
  return text === '' ? [] : [{ kind: 'other', text }];
}

/** `- ClassName: sentence` (26.x) or `  1. ClassName: sentence` (25.x), one a line, below a heading. */
function splitSeveral(text: string): Sentence[] {
  const at = text.search(/multiple validation errors occurred/i);
  if (at < 0) return [];
  const items: { name: string; text: string }[] = [];
  for (const line of text.slice(at).split('\n').slice(1)) {
    const item = /^\s*(?:-|\d+\.)\s+(\w+):\s*(.*)$/.exec(line);
    const last = items.at(-1);
    if (item !== null) items.push({ name: item[1] ?? '', text: item[2] ?? '' });
    else if (last !== undefined) last.text += `\n${line}`;
  }
  return items;
}

/** Requirements that found no machine, with what is missing on the one that fits best (26.x). */
function placementReasons(text: string): WaitReason[] {
  const asked = readAmounts(/slots=(.*?)\):/s.exec(text)?.[1] ?? '');
  const reasons = [...text.matchAll(/^\s*-\s+([\w.-]+): missing=(.+)$/gm)].map(
    ([, slot = '', amount = '']): WaitReason => {
      if (slot === 'containers') return { kind: 'containers', missing: Number(amount) };
      const missing = parseAmount(slot, amount);
      const all = asked[slot] ?? null;
      return room(slot, all, all === null || missing === null ? null : Math.max(0, all - missing), missing, 'machine');
    },
  );
  if (reasons.length > 0) return unique(reasons);
  return /'container/.test(text) ? [{ kind: 'containers', missing: null }] : [{ kind: 'full' }];
}

/** `cpu: requested=4, available=2`, once a machine (25.13 to 26.x): the machine with most to spare counts. */
function insufficientReasons(text: string): WaitReason[] {
  const best = new Map<string, { asked: number | null; free: number | null }>();
  for (const [, slot = '', requested = '', available = ''] of text.matchAll(
    /([\w.-]+): requested=([^,;]+), available=([^;,)\s]+)/g,
  )) {
    const free = parseAmount(slot, available);
    const before = best.get(slot)?.free ?? null;
    if (before === null || (free !== null && free > before))
      best.set(slot, { asked: parseAmount(slot, requested), free });
  }
  const reasons = [...best].map(([slot, { asked, free }]) =>
    room(slot, asked, free, asked === null || free === null ? null : Math.max(0, asked - free), 'machine'),
  );
  return reasons.length > 0 ? reasons : [{ kind: 'full' }];
}

/** `name (uuid), name (uuid)`. */
function readDependencies(text: string): Extract<WaitReason, { kind: 'dependency' }>['sessions'] {
  const found = [...text.matchAll(/([^,()]+?)\s*\(([0-9a-f-]{32,36})\)/gi)].map(([, name = '', id = '']) => ({
    id: id.toLowerCase(),
    name: name.trim(),
    state: 'unknown' as const,
  }));
  if (found.length > 0) return found;
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => ({ id: null, name, state: 'unknown' as const }));
}

/** `cpu=4 mem=16g cuda.shares=2`; memory in bytes, with a suffix, or in words (`2 GiB`). No bound: left out. */
export function readAmounts(text: string): Record<string, number> {
  const amounts: Record<string, number> = {};
  for (const [, slot = '', amount = ''] of text.matchAll(/([\w.-]+)=(.*?)(?=\s+[\w.-]+=|$)/gs)) {
    const value = slot === 'mem' ? parseBytes(amount) : parseAmount(slot, amount);
    if (value !== null) amounts[slot] = value;
  }
  return amounts;
}

function quotaOf(word: string): QuotaOf {
  const known: Readonly<Record<string, QuotaOf>> = {
    keypair: 'keypair',
    'main-keypair': 'user',
    user: 'user',
    group: 'project',
    project: 'project',
    domain: 'domain',
  };
  return known[word.toLowerCase()] ?? 'keypair';
}

function quota(of: QuotaOf): WaitReason {
  return { kind: 'quota', of, limits: {}, over: [], never: false };
}

function incompatible(): WaitReason {
  return { kind: 'incompatible', why: 'other', architecture: null };
}

function incompatibleBy(filter: string): Extract<WaitReason, { kind: 'incompatible' }>['why'] {
  if (filter.startsWith('architecture')) return 'architecture';
  if (filter.startsWith('designated')) return 'chosen-machine';
  return filter.startsWith('session-group') ? 'placement' : 'other';
}

function room(
  slot: string,
  asked: number | null,
  free: number | null,
  missing: number | null,
  on: Extract<WaitReason, { kind: 'room' }>['on'],
): WaitReason {
  const gap = missing ?? (asked !== null && free !== null ? Math.max(0, asked - free) : null);
  return { kind: 'room', slot, asked, free, missing: gap, on };
}

function instantOf(text: string): string | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.slice(0, 500) ?? '';
}

/** Several containers of one session say the same. */
export function unique(reasons: readonly WaitReason[]): WaitReason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
