/** How many cells a character takes: by clusters as people see them, as programs in the container count them. */
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import type { IUnicodeVersionProvider, Terminal } from '@xterm/xterm';

/** The half-width voiced marks stand in a cell of their own, though Unicode counts them with the kana before. */
const halfWidthMarks: ReadonlySet<number> = new Set([0xff9e, 0xff9f]);
const halfWidthKana = 0xff76;
const version = 'berth';

/** Needs `allowProposedApi`. */
export function countByClusters(terminal: Terminal): void {
  const unicode = {
    versions: [],
    activeVersion: '',
    register: (inner: IUnicodeVersionProvider): void => {
      // The addon brings two; the clusters come last.
      if (inner.version.endsWith('graphemes')) clusters = inner;
    },
  };
  let clusters: IUnicodeVersionProvider | null = null;
  new UnicodeGraphemesAddon().activate({ unicode } as unknown as Terminal);
  const inner = clusters as IUnicodeVersionProvider | null;
  if (!inner) return;
  terminal.unicode.register({
    version,
    wcwidth: (code) => inner.wcwidth(code),
    charProperties: (code, before) =>
      halfWidthMarks.has(code) ? inner.charProperties(halfWidthKana, 0) : inner.charProperties(code, before),
  });
  terminal.unicode.activeVersion = version;
}
