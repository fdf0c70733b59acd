/** JSON documents of the Electron host, kept by `electron-store`. */
import { join } from 'node:path';
import ElectronStore from 'electron-store';
import type { DocumentStore } from '../host.ts';
import { type Document, deserializeLeniently, readDocument } from '../read-document.ts';

/** @param name file name without `.json` */
export function openElectronDocument(dataDir: string, name: string): DocumentStore {
  const path = join(dataDir, `${name}.json`);
  const store = new ElectronStore<Document>({
    cwd: dataDir,
    name,
    configFileMode: 0o600,
    // Names with a dot in them are names.
    accessPropertiesByDotNotation: false,
    deserialize: deserializeLeniently,
  });
  return {
    path,
    read: () => readDocument(path),
    write(document) {
      store.store = document;
    },
  };
}
