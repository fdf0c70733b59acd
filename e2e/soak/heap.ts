/**
 * What is alive in a process, by class and by place, from two of V8's heap snapshots: a leak of one small object a fault is
 * lost in megabytes of compiled code, but not among the objects that are held in the same way.
 */
import { readFileSync } from 'node:fs';

interface SnapshotFile {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[]];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly string[]];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** Made by V8 for code that ran often: grows by use and not by what the program keeps, and so does what only it holds. */
const ofTheMachine: ReadonlySet<string> = new Set(['code', 'object shape']);
/** Counted one by one; the rest (text, tables, numbers) belongs to these. */
const counted: ReadonlySet<string> = new Set(['object', 'closure', 'native']);
/** Names that say nothing of what an object is for: these are told apart by their place only. */
const nameless: ReadonlySet<string> = new Set([
  'object Object',
  'object Array',
  'object system / Context',
  'closure ',
  'closure native_bind',
  // Every stream has some, more or fewer from one moment to the next.
  'object Buffer',
  'object ArrayBuffer',
  'native system / JSArrayBufferData',
]);

/** From an object towards the roots; what is held alike so far counts as one place. */
const stepsOfPlace = 8;

export class Heap {
  /** What the program keeps. */
  readonly bytes: number;
  /** By id, which an object keeps from one snapshot to the next. */
  readonly #objects = new Map<number, { readonly label: string; readonly place: string }>();

  /** @param path of a file that `v8.writeHeapSnapshot` wrote */
  constructor(path: string) {
    const { nodes, edges, strings, snapshot } = JSON.parse(readFileSync(path, 'utf8')) as SnapshotFile;
    const { node_fields, node_types, edge_fields, edge_types } = snapshot.meta;
    const [width, step] = [node_fields.length, edge_fields.length];
    const at = (name: string): number => node_fields.indexOf(name);
    const [typeAt, nameAt, idAt, sizeAt] = [at('type'), at('name'), at('id'), at('self_size')];
    const edgesAt = at('edge_count');
    const field = (node: number, offset: number): number => nodes[node * width + offset] ?? 0;
    const typeOf = (node: number): string => node_types[0][field(node, typeAt)] ?? '';
    const labelOf = (node: number): string => `${typeOf(node)} ${(strings[field(node, nameAt)] ?? '').slice(0, 60)}`;

    const count = nodes.length / width;
    const firstEdge = new Uint32Array(count + 1);
    for (let node = 0; node < count; node++) firstEdge[node + 1] = (firstEdge[node] ?? 0) + field(node, edgesAt) * step;
    // Of each node the one that is nearest to a root among those that hold it, and how. Node 0 holds the roots.
    const holder = new Int32Array(count).fill(-1);
    const held = new Uint32Array(count);
    const reached = [0];
    holder[0] = 0;
    let bytes = 0;
    for (let next = 0; next < reached.length; next++) {
      const node = reached[next] ?? 0;
      bytes += field(node, sizeAt);
      for (let edge = firstEdge[node] ?? 0; edge < (firstEdge[node + 1] ?? 0); edge += step) {
        const to = (edges[edge + 2] ?? 0) / width;
        if (edge_types[0][edges[edge] ?? 0] === 'weak' || holder[to] !== -1 || ofTheMachine.has(typeOf(to))) continue;
        holder[to] = node;
        held[to] = edge;
        reached.push(to);
      }
    }
    this.bytes = bytes;

    const edgeName = (edge: number): string => {
      const type = edge_types[0][edges[edge] ?? 0] ?? '';
      const name = type === 'element' || type === 'hidden' ? '[]' : (strings[edges[edge + 1] ?? 0] ?? '');
      return /^\d+$/.test(name) ? '[]' : name;
    };
    const placeOf = (node: number): string => {
      const steps = [labelOf(node)];
      for (let on = node; on !== 0 && steps.length <= stepsOfPlace; on = holder[on] ?? 0)
        steps.push(`${labelOf(holder[on] ?? 0)}.${edgeName(held[on] ?? 0)}`);
      return steps.join(' < ');
    };
    for (const node of reached) {
      if (!counted.has(typeOf(node))) continue;
      this.#objects.set(field(node, idAt), { label: labelOf(node), place: placeOf(node) });
    }
  }

  /**
   * Classes and places with `most` or more objects more than before, most first. Counted are those that came and those that
   * went: one that stays is at another place as soon as somebody else holds it, too.
   */
  grownSince(before: Heap, most: number): string[] {
    const more = new Map<string, number>();
    const add = (objects: Heap, others: Heap, times: 1 | -1): void => {
      for (const [id, { label, place }] of objects.#objects) {
        if (others.#objects.has(id)) continue;
        for (const name of nameless.has(label) ? [place] : [label, place])
          more.set(name, (more.get(name) ?? 0) + times);
      }
    };
    add(this, before, 1);
    add(before, this, -1);
    return [...more]
      .filter(([, times]) => times >= most)
      .sort(([, a], [, b]) => b - a)
      .map(([name, times]) => `${times} more: ${name}`);
  }
}
