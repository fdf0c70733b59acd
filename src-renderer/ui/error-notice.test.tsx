/** Every error is shown in the same way: what happened, what to do, where on the way, and details to fold out and copy. */
import { MantineProvider } from '@mantine/core';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, type ErrorValue, situations } from '../../src-preload/contract/errors.ts';
import { ErrorNotice } from './error-notice.tsx';
import { en } from './errors/words.en.ts';

function show(error: ErrorValue): string {
  const html = renderToStaticMarkup(
    <MantineProvider>
      <ErrorNotice error={error} />
    </MantineProvider>,
  );
  return html.replace(/<style[\s\S]*?<\/style>/g, '');
}

describe('ErrorNotice', () => {
  it.each(situations)('%s', (situation) => {
    const [code = '', reason = ''] = situation.split('.');
    const html = show({
      code: code as ErrorCode,
      place: 'proxy',
      retry: 'auto',
      params: { reason, host: 'api.example.com', status: 418 },
      detail: 'The words of the site',
    });
    expect(html).toContain('role="alert"');
    expect(html).toContain(en[situation]);
    expect(html).toContain(en[`${situation}.do`]);
    expect(html).toContain('Berth tries again by itself.');
    expect(html).toContain('Where: a proxy on the way to the site (api.example.com)');
    expect(html).toMatch(/<details[^>]*><summary>Details<\/summary>/);
    for (const fact of [`code: ${code}`, 'place: proxy', 'status: 418', 'The words of the site']) {
      expect(html).toContain(fact);
    }
    expect(html).toContain('Copy details');
  });
});
