/**
 * The tree of what would be lost: pure. Entries come in tree order, so that each folder is a range of them; what is
 * chosen is one flag an entry, and a folder's box is read from its range.
 */
import type { LossEntry } from '../../../src-preload/contract/files.ts';

export interface TreeNode {
  readonly id: number;
  readonly name: string;
  readonly level: number;
  readonly kind: 'folder' | 'file' | 'link';
  /** Entries below it, or itself: first and last place. */
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  /** The node behind the last one below this. */
  readonly end: number;
}

interface Open {
  readonly parts: readonly string[];
  readonly at: number;
}

function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  // Outside the home: the first folder says so by its slash.
  return path.startsWith('/') ? [`/${parts[0] ?? ''}`, ...parts.slice(1)] : parts;
}

/** In the order in which they are shown with every folder open. */
export function treeOf(entries: readonly LossEntry[]): TreeNode[] {
  const nodes: { -readonly [K in keyof TreeNode]: TreeNode[K] }[] = [];
  const stack: Open[] = [];
  const close = (depth: number, last: number): void => {
    while (stack.length > depth) {
      const node = nodes[stack.pop()?.at ?? -1];
      if (!node) continue;
      node.last = last;
      node.end = nodes.length;
      const parent = nodes[stack.at(-1)?.at ?? -1];
      if (parent) parent.bytes += node.bytes;
    }
  };
  for (const [index, [path, bytes, kind]] of entries.entries()) {
    const parts = partsOf(path);
    const folders = parts.slice(0, -1);
    let shared = 0;
    while (shared < folders.length && shared < stack.length && stack[shared]?.parts.at(-1) === folders[shared]) {
      shared += 1;
    }
    close(shared, index - 1);
    for (let depth = shared; depth < folders.length; depth += 1) {
      const at = nodes.length;
      const name = folders[depth] ?? '';
      nodes.push({ id: at, name, level: depth + 1, kind: 'folder', first: index, last: index, bytes: 0, end: at + 1 });
      stack.push({ parts: folders.slice(0, depth + 1), at });
    }
    const at = nodes.length;
    const name = parts.at(-1) ?? path;
    nodes.push({ id: at, name, level: parts.length, kind, first: index, last: index, bytes, end: at + 1 });
    const parent = nodes[stack.at(-1)?.at ?? -1];
    if (parent) parent.bytes += bytes;
  }
  close(0, entries.length - 1);
  return nodes;
}

/** What is shown: nodes all of whose folders are open. */
export function visibleNodes(nodes: readonly TreeNode[], open: ReadonlySet<number>): TreeNode[] {
  const shown: TreeNode[] = [];
  for (let at = 0; at < nodes.length; ) {
    const node = nodes[at];
    if (!node) break;
    shown.push(node);
    at = node.kind === 'folder' && !open.has(node.id) ? node.end : at + 1;
  }
  return shown;
}

/** Folders to open at first: as long as what is shown stays short. */
export function openAtFirst(nodes: readonly TreeNode[], most = 12): Set<number> {
  const open = new Set<number>();
  for (const node of nodes) {
    if (node.kind !== 'folder') continue;
    const more = new Set([...open, node.id]);
    if (visibleNodes(nodes, more).length > most) break;
    open.add(node.id);
  }
  return open;
}

export class Chosen {
  readonly #flags: Uint8Array;
  /** How many are chosen before each place. */
  readonly #sums: Uint32Array;

  private constructor(flags: Uint8Array) {
    this.#flags = flags;
    this.#sums = new Uint32Array(flags.length + 1);
    for (let at = 0; at < flags.length; at += 1) this.#sums[at + 1] = (this.#sums[at] ?? 0) + (flags[at] ?? 0);
  }

  static all(count: number): Chosen {
    return new Chosen(new Uint8Array(count).fill(1));
  }

  get count(): number {
    return this.#sums.at(-1) ?? 0;
  }

  isChosen(index: number): boolean {
    return this.#flags[index] === 1;
  }

  stateOf(first: number, last: number): 'all' | 'some' | 'none' {
    const count = (this.#sums[last + 1] ?? 0) - (this.#sums[first] ?? 0);
    return count === 0 ? 'none' : count === last - first + 1 ? 'all' : 'some';
  }

  /** All of the range, or none of it when all were. */
  toggled(first: number, last: number): Chosen {
    const flags = this.#flags.slice();
    flags.fill(this.stateOf(first, last) === 'all' ? 0 : 1, first, last + 1);
    return new Chosen(flags);
  }

  bytes(entries: readonly LossEntry[]): number {
    return entries.reduce((sum, entry, index) => (this.isChosen(index) ? sum + entry[1] : sum), 0);
  }

  /** As the contract wants it. */
  ranges(): [number, number][] {
    const ranges: [number, number][] = [];
    for (let at = 0; at < this.#flags.length; at += 1) {
      if (this.#flags[at] !== 1) continue;
      const last = ranges.at(-1);
      if (last && last[1] === at - 1) last[1] = at;
      else ranges.push([at, at]);
    }
    return ranges;
  }
}
