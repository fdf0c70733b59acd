/**
 * JSON documents of the browser host, kept by `conf`. It costs more to load than the rest of the host (0.1 s), so reading
 * goes without it and the first write loads it.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type Conf from 'conf';
import type { DocumentStore } from '../host.ts';
import { type Document, deserializeLeniently, readDocument } from '../read-document.ts';

/** @param name file name without `.json` */
export function openConfDocument(dataDir: string, name: string): DocumentStore {
  const path = join(dataDir, `${name}.json`);
  let conf: Conf<Document> | null = null;
  const load = (): Conf<Document> => {
    // A write must be done when it returns, so this cannot be an `import()`. Node 20.19 takes ES modules this way.
    const { default: Store } = createRequire(import.meta.url)('conf') as { default: typeof Conf };
    return new Store<Document>({
      cwd: dataDir,
      configName: name,
      configFileMode: 0o600,
      // Names with a dot in them are names.
      accessPropertiesByDotNotation: false,
      deserialize: deserializeLeniently,
    });
  };
  return {
    path,
    read: () => readDocument(path),
    write(document) {
      conf ??= load();
      conf.store = document;
    },
  };
}
