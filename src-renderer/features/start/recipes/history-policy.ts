/** What a row of recent launches says, and finding one. Pure. */
import type { LaunchSpec } from '../../../../src-preload/contract/launch-spec.ts';
import type { HistoryEntry } from '../../../../src-preload/contract/launches.ts';

export function titleOf(entry: HistoryEntry): string {
  return entry.title ?? (entry.spec.name || (entry.sessions[0]?.name ?? entry.id));
}

/** `cr/python:3.12 · 2 CPU, 4 GiB, 0.5 GPU · data, results`, without what the site was left to choose. */
export function describeSpec(spec: LaunchSpec): string {
  const image = spec.manualImage.trim() || spec.version?.replace(/@[^@]*$/, '') || spec.environmentId || '';
  const short = image.split('/').slice(-1)[0] ?? '';
  const { custom, preset } = spec;
  const amounts =
    custom === null
      ? (preset ?? '')
      : [`${custom.cpu} CPU`, `${custom.mem} GiB`, ...(Number(custom.gpu) > 0 ? [`${custom.gpu} GPU`] : [])].join(', ');
  return [short, amounts, spec.mounts.map(({ name }) => name).join(', ')].filter((part) => part !== '').join(' · ');
}

/** Entries in which every word of the text stands somewhere. */
export function findEntries(entries: readonly HistoryEntry[], text: string): HistoryEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    const { spec } = entry;
    const haystack = [
      titleOf(entry),
      spec.name,
      spec.environmentId,
      spec.version,
      spec.manualImage,
      spec.preset,
      spec.project,
      spec.resourceGroup,
      spec.batch.command,
      ...entry.sessions.map(({ name }) => name),
      ...spec.mounts.map(({ name }) => name),
    ]
      .join('\n')
      .toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}
