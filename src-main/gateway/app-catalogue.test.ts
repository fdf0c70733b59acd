import { describe, expect, it } from 'vitest';
import type { ServiceInfo } from '../backend/site-api.ts';
import { appTiles, startPath } from './app-catalogue.ts';
import { languageOf, pageTexts } from './page-texts.ts';

const service = (name: string, protocol = 'http', changes: Partial<ServiceInfo> = {}): ServiceInfo => ({
  name,
  protocol,
  ports: [8080],
  urlTemplate: null,
  ...changes,
});

describe('app catalogue', () => {
  it('gives proper titles, categories and ways to open, in a steady order', () => {
    const tiles = appTiles([
      service('sshd', 'tcp'),
      service('8888', 'preopen'),
      service('ttyd'),
      service('vnc', 'vnc'),
      service('my-own'),
      service('raw', 'tcp'),
      service('ipython', 'pty'),
      service('tensorboard'),
      service('jupyter'),
      service('mlflow-ui', 'preopen'),
      service('jupyterlab'),
    ]);
    expect(tiles.map((tile) => [tile.service, tile.title, tile.category, tile.opens])).toEqual([
      ['jupyterlab', 'JupyterLab', 'development', 'window'],
      ['jupyter', 'Jupyter Notebook', 'development', 'window'],
      ['ttyd', 'Console', 'utilities', 'terminal'],
      ['sshd', 'SSH / SFTP', 'utilities', 'ssh'],
      ['tensorboard', 'TensorBoard', 'machine-learning', 'window'],
      ['mlflow-ui', 'MLFlow UI', 'machine-learning', 'window'],
      ['vnc', 'VNC', 'desktop', 'none'],
      ['my-own', 'my-own', 'other', 'window'],
      ['raw', 'raw', 'other', 'none'],
      ['8888', '8888', 'ports', 'window'],
    ]);
    expect(appTiles([service('web', 'http', { ports: [] })])[0]?.opens).toBe('none');
  });

  it('opens where the service begins, and nowhere else', () => {
    expect(startPath(service('jupyter'))).toBe('/tree');
    expect(startPath(service('jupyterlab'))).toBe('/lab');
    expect(startPath(service('other'))).toBe('/');
    const template = (urlTemplate: string) => startPath(service('x', 'http', { urlTemplate }));
    expect(template('{protocol}://{host}:{port}/vnc.html?host={host}&port={port}')).toBe(
      '/vnc.html?host={host}&port={port}',
    );
    expect(template('{protocol}://{host}:{port}')).toBe('/');
    expect(template('/path?x=1')).toBe('/path?x=1');
    expect(template('https://evil.example/x')).toBe('/');
    expect(template('javascript:alert(1)')).toBe('/');
    expect(template('//evil.example/x')).toBe('/');
    expect(template('not a url at {host}')).toMatch(/^\//);
  });
});

describe('page texts', () => {
  it('choose the language that the browser prefers', () => {
    expect(languageOf(undefined)).toBe('en');
    expect(languageOf('ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7')).toBe('ko');
    expect(languageOf('en-US,en;q=0.9,ko;q=0.8')).toBe('en');
    expect(languageOf('fr-FR, ko;q=0.5, en;q=0.4')).toBe('ko');
    expect(languageOf('de')).toBe('en');
  });

  it('have every sentence in both languages, with the same values', () => {
    const values = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();
    const flat = (texts: object): [string, string][] =>
      Object.entries(texts).flatMap(([key, value]) =>
        typeof value === 'string' ? [[key, value] as [string, string]] : flat(value as object),
      );
    const korean = new Map(flat(pageTexts.ko));
    for (const [key, text] of flat(pageTexts.en)) expect(values(korean.get(key) ?? ''), key).toEqual(values(text));
  });
});
