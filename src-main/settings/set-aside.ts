/** A document that cannot be read is no reason not to start: it is kept beside, untouched, and an empty one takes its place. */
import { renameSync } from 'node:fs';
import type { DocumentStore } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';

/** For documents without a last good copy of their own (sites, host keys); settings have one. */
export function settingAside(store: DocumentStore, log: AreaLog, now: () => Date = () => new Date()): DocumentStore {
  return {
    path: store.path,
    read() {
      try {
        return store.read();
      } catch (error) {
        const aside = store.path.replace(/\.json$/, `.bad-${now().toISOString().replace(/[:.]/g, '-')}.json`);
        log.error('A file could not be read; it was set aside', { file: store.path, aside, error });
        renameSync(store.path, aside);
        return {};
      }
    },
    write: (document) => store.write(document),
  };
}
