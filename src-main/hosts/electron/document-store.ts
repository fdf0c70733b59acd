/** JSON documents of the Electron host, kept by `electron-store`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ElectronStore from 'electron-store';
import type { DocumentStore } from '../host.ts';

type Document = Record<string, unknown>;

/** @param name file name without `.json` */
export function openElectronDocument(dataDir: string, name: string): DocumentStore {
  const path = join(dataDir, `${name}.json`);
  const store = new ElectronStore<Document>({
    cwd: dataDir,
    name,
    configFileMode: 0o600,
    // Names with a dot in them are names.
    accessPropertiesByDotNotation: false,
    // A file that does not parse is the settings service's to judge, not a reason to stop here.
    deserialize: (text) => {
      try {
        return JSON.parse(text) as Document;
      } catch {
        return {};
      }
    },
  });
  return {
    path,
    read() {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
        throw error;
      }
      const value: unknown = JSON.parse(text);
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new SyntaxError(`${path} holds no JSON object`);
      return value as Document;
    },
    write(document) {
      store.store = document;
    },
  };
}
