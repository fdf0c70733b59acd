/** Looks at a screen as a person and a screen reader would: a picture for the eye, axe for the rest. */
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { root } from '../hosts/process.ts';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The picture goes to `test-results/<folder>/<name>.png`; what axe finds fails the spec by name and place. */
export async function look(page: Page, name: string, folder = 'looks'): Promise<void> {
  // Dialogs fade in; axe would measure the contrast of half a fade. What turns for ever, or was taken away half way, never
  // finishes: no fade takes a second.
  await page.evaluate(() => {
    const fading = document
      .getAnimations()
      .filter((it) => it.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
      .map((it) => it.finished.catch(() => undefined));
    return Promise.race([Promise.all(fading), new Promise((resolve) => setTimeout(resolve, 1_000))]).then(
      () => undefined,
    );
  });
  await page.screenshot({ path: join(root, 'test-results', folder, `${name}.png`) });
  const { violations } = await new AxeBuilder({ page })
    .options({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
    // Berth's own pages hold no frames of other sites: axe needs no second page to put their answers together, which takes
    // as long again, and takes the focus away.
    .setLegacyMode(true)
    .analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    name,
  ).toEqual([]);
}

/** In the dark, then in the light, where it stays; `-dark` and `-light` behind the name. */
export async function lookBoth(page: Page, name: string, folder?: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await look(page, `${name}-${colorScheme}`, folder);
  }
}
