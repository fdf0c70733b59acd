/** What a window loads first, and the main bundle. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../hosts/process.ts';
import { atMost, type Figure } from './figure.ts';

function gzipKb(file: string): number {
  return gzipSync(readFileSync(file)).byteLength / 1000;
}

export async function sizeFigures(): Promise<Figure[]> {
  const renderer = join(root, 'dist', 'renderer');
  const html = readFileSync(join(renderer, 'index.html'), 'utf8');
  // The entry script and what it preloads; lazy parts (start dialog, terminal) come later.
  const initial = [...html.matchAll(/(?:src|href)="\/?([^"]+\.js)"/g)].map((match) => join(renderer, match[1] ?? ''));
  const initialKb = initial.reduce((sum, file) => sum + gzipKb(file), 0);

  const main = join(root, 'dist', 'main');
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const match of readFileSync(file, 'utf8').matchAll(
      /(?:from\s+|import\s*\(?\s*)["'](\.{1,2}\/[^"']+\.js)["']/g,
    )) {
      visit(join(file, '..', match[1] ?? ''));
    }
  };
  visit(join(main, 'browser.js'));
  const mainMb = [...reached].reduce((sum, file) => sum + statSync(file).size, 0) / 1e6;
  const wholeMb =
    readdirSync(main, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .reduce((sum, name) => sum + statSync(join(main, name)).size, 0) / 1e6;
  return [
    atMost('size: first JavaScript of a window, gzip', initialKb, 'kB', 350),
    atMost('size: main bundle of the browser host', mainMb, 'MB', 1.5, wholeMb),
  ];
}
