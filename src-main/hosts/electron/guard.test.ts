import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Claim,
  externalUrl,
  judgeOpening,
  mayAppRequest,
  mayNavigate,
  mayOwnPageRequest,
  mayOwnPageSave,
  mayUse,
  safeFileName,
} from './guard.ts';

const own: Claim = { kind: 'own' };
const app: Claim = { kind: 'app', origin: 'http://g-abc.localhost:4000', group: 'g', partition: 'session-1' };

const hostile = [
  'https://evil.example/',
  'http://g-abc.localhost:4001/',
  'http://g-abd.localhost:4000/',
  'https://g-abc.localhost:4000/',
  'http://g-abc.localhost:4000@evil.example/',
  'http://user:pw@g-abc.localhost:4000/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'blob:http://g-abc.localhost:4000/x',
  'chrome://settings',
  'devtools://devtools',
  'about:config',
  'view-source:http://x/',
  'berth://other/',
  'berth:app',
  'not an address',
  '',
  'ws://g-abc.localhost:4000/',
];

describe('mayNavigate', () => {
  it('denies the unclaimed everything', () => {
    for (const url of ['berth://app/', 'about:blank', 'http://x/', ...hostile]) {
      expect(mayNavigate(undefined, url, true)).toBe(false);
      expect(mayNavigate(undefined, url, false)).toBe(false);
    }
  });

  it('keeps own windows on own pages, without frames', () => {
    for (const url of ['berth://app/', 'berth://app/terminal?account=a', 'berth://app/open'])
      expect(mayNavigate(own, url, true), url).toBe(true);
    for (const url of [...hostile, 'berth://app/assets/x.js', 'berth://u@app/', 'http://g-abc.localhost:4000/'])
      expect(mayNavigate(own, url, true), url).toBe(false);
    expect(mayNavigate(own, 'berth://app/', false)).toBe(false);
    expect(mayNavigate(own, 'about:blank', false)).toBe(false);
  });

  it('keeps app windows on their own origin', () => {
    expect(mayNavigate(app, 'http://g-abc.localhost:4000/tree?x#y', true)).toBe(true);
    for (const url of [...hostile, 'berth://app/']) expect(mayNavigate(app, url, true), url).toBe(false);
  });

  it('lets a notebook frame its own output, and nothing else', () => {
    for (const url of [
      'about:blank',
      'about:srcdoc',
      'data:text/html,x',
      'blob:http://g-abc.localhost:4000/x',
      'http://g-abc.localhost:4000/files/x',
    ]) {
      expect(mayNavigate(app, url, false), url).toBe(true);
    }
    for (const url of ['https://evil.example/', 'berth://app/', 'file:///x', 'http://g-abd.localhost:4000/'])
      expect(mayNavigate(app, url, false), url).toBe(false);
  });

  it('never leaves the origin, for any address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom(...hostile)), (url) => {
        if (mayNavigate(app, url, true)) expect(new URL(url).origin).toBe('http://g-abc.localhost:4000');
        expect(mayNavigate(own, url, true) && !url.toLowerCase().startsWith('berth://app')).toBe(false);
      }),
    );
  });
});

describe('judgeOpening', () => {
  it('keeps a session together, sends the web outside, and denies the rest', () => {
    expect(judgeOpening(app, 'http://g-abc.localhost:4000/notebooks/a.ipynb')).toEqual({ action: 'same-session' });
    expect(judgeOpening(app, 'about:blank')).toEqual({ action: 'same-session' });
    expect(judgeOpening(app, 'https://docs.python.org/3/')).toEqual({
      action: 'external',
      url: 'https://docs.python.org/3/',
    });
    for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'berth://app/', 'data:text/html,x', 'ssh://h'])
      expect(judgeOpening(app, url)).toEqual({ action: 'deny' });
    expect(judgeOpening(own, 'about:blank')).toEqual({ action: 'deny' });
    expect(judgeOpening(own, 'mailto:a@b.example')).toEqual({ action: 'external', url: 'mailto:a@b.example' });
    expect(judgeOpening(undefined, 'https://docs.python.org/')).toEqual({ action: 'deny' });
  });

  it('opens external addresses as they were checked', () => {
    expect(externalUrl('HTTPS://Example.org/a b')).toBe('https://example.org/a%20b');
    for (const url of ['file:///x', 'smb://x', 'ms-settings:', 'javascript:1', 'x', ''])
      expect(externalUrl(url)).toBeNull();
  });
});

describe('permissions', () => {
  it('are denied but for the few that are named, to the right origin', () => {
    expect(mayUse(own, 'clipboard-read', 'berth://app/terminal')).toBe(true);
    expect(mayUse(own, 'clipboard-sanitized-write', 'berth://app')).toBe(true);
    expect(mayUse(app, 'clipboard-sanitized-write', 'http://g-abc.localhost:4000/')).toBe(true);
    expect(mayUse(app, 'fullscreen', 'http://g-abc.localhost:4000/')).toBe(true);
    expect(mayUse(app, 'clipboard-read', 'http://g-abc.localhost:4000/')).toBe(false);
    expect(mayUse(app, 'fullscreen', 'https://evil.example/')).toBe(false);
    expect(mayUse(own, 'clipboard-read', 'http://g-abc.localhost:4000/')).toBe(false);
    expect(mayUse(own, 'clipboard-read', '')).toBe(false);
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'hid',
      'serial',
      'usb',
      'midi',
      'display-capture',
      'openExternal',
      'fileSystem',
      'unknown',
    ]) {
      expect(mayUse(own, permission, 'berth://app/')).toBe(false);
      expect(mayUse(app, permission, 'http://g-abc.localhost:4000/')).toBe(false);
      expect(mayUse(undefined, permission, 'berth://app/')).toBe(false);
    }
  });
});

describe('requests', () => {
  it('of own pages stay inside; of apps never reach files or own pages', () => {
    expect(mayOwnPageRequest('berth://app/assets/x.js')).toBe(true);
    for (const url of ['https://evil.example/', 'http://127.0.0.1:1/', 'file:///x', 'ws://x/', 'berth://other/'])
      expect(mayOwnPageRequest(url)).toBe(false);
    expect(mayAppRequest('https://cdn.example/x.js')).toBe(true);
    expect(mayAppRequest('ws://g-abc.localhost:4000/')).toBe(true);
    for (const url of ['file:///etc/passwd', 'berth://app/', 'chrome://x/', 'filesystem:http://x/', 'x'])
      expect(mayAppRequest(url)).toBe(false);
  });
});

describe('saving', () => {
  it('is for what own pages made themselves', () => {
    expect(mayOwnPageSave('blob:berth://app/2f0c')).toBe(true);
    for (const url of [...hostile, 'blob:http://g-abc.localhost:4000/2f0c', 'berth://app/index.html', 'data:,x'])
      expect(mayOwnPageSave(url)).toBe(false);
  });
});

describe('safeFileName', () => {
  it('is one plain name', () => {
    expect(safeFileName('../../.bashrc')).toBe('bashrc');
    expect(safeFileName('a\\b\\c.txt')).toBe('c.txt');
    expect(safeFileName('..')).toBe('download');
    expect(safeFileName('결과 1.csv')).toBe('결과 1.csv');
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(safeFileName(name)).toMatch(/^[^/\\\0]{1,200}$/);
      }),
    );
  });
});
