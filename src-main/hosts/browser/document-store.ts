/**
 * JSON documents of the browser host, kept by `conf`. It costs more to load than the rest of the host (0.1 s), so reading
 * goes without it and the first write loads it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type Conf from 'conf';
import type { DocumentStore } from '../host.ts';

type Document = Record<string, unknown>;

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
      // The constructor reads the file; one that does not parse is the settings service's to judge, not a reason to stop here.
      deserialize: (text) => {
        try {
          return JSON.parse(text) as Document;
        } catch {
          return {};
        }
      },
    });
  };
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
      conf ??= load();
      conf.store = document;
    },
  };
}
