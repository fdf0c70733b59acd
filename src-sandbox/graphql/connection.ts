/**
 * Relay connections: `first` with `offset`, or cursors either way. Without any of them a page has ten nodes.
 */

export interface PageArguments {
  readonly filter?: string | null;
  readonly order?: string | null;
  readonly offset?: number | null;
  readonly first?: number | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly after?: string | null;
}

const defaultPageSize = 10;

export interface Connection<T> {
  readonly count: number;
  readonly edges: readonly { readonly node: T; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

function range(args: PageArguments, count: number, indexOf: (cursor: string) => number): readonly [number, number] {
  const size = args.first ?? args.last ?? defaultPageSize;
  if (size < 0 || (args.offset ?? 0) < 0) throw new Error('Paging arguments must not be negative.');
  if (args.after != null && args.before != null) throw new Error('Can only paginate with single direction.');
  if (args.last != null || args.before != null) {
    const end = args.before == null ? count : indexOf(args.before);
    return [Math.max(0, end - size), end];
  }
  const start = args.after == null ? (args.offset ?? 0) : indexOf(args.after) + 1;
  return [start, start + size];
}

/** One page of `rows`, which are filtered and sorted already; `view` is called for the page's rows only. */
export function paginate<Row, T>(
  rows: readonly Row[],
  args: PageArguments,
  cursorOf: (row: Row) => string,
  view: (row: Row) => T,
): Connection<T> {
  const indexOf = (cursor: string): number => {
    const index = rows.findIndex((row) => cursorOf(row) === cursor);
    if (index < 0) throw new Error('The cursor is not in this list.');
    return index;
  };
  const [start, end] = range(args, rows.length, indexOf);
  const page = rows.slice(start, end);
  const edges = page.map((row) => ({ node: view(row), cursor: cursorOf(row) }));
  return {
    count: rows.length,
    edges,
    pageInfo: {
      hasNextPage: end < rows.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
