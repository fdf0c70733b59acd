import { describe, expect, it } from 'vitest';
import { appHandlers } from './app-handlers.ts';
import type { Host } from './hosts/host.ts';
import { quietLog } from './sites/testing.ts';

describe('app.openExternal', () => {
  const opened: string[] = [];
  const host = {
    openExternal: async (url: string) => {
      opened.push(url);
    },
  } as unknown as Host;
  const handlers = appHandlers({ host, settingsFile: () => '', logFile: '', log: quietLog });
  const open = (url: string) => handlers.openExternal({ url }, { signal: new AbortController().signal });

  it('opens web and mail addresses, as parsed', async () => {
    await open('HTTPS://example.com/a b');
    await open('mailto:kim@example.com');
    expect(opened).toEqual(['https://example.com/a%20b', 'mailto:kim@example.com']);
  });

  it.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://host/share',
    'ms-msdt:/id',
    ' \tjavascript:alert(1)',
    '//host',
    '',
  ])('refuses %j', async (url) => {
    const before = opened.length;
    await expect(open(url)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(opened).toHaveLength(before);
  });
});
