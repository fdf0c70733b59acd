/** The first window: the sign-in form. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

export interface Keys {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export class SignInPage {
  readonly page: Page;
  readonly endpoint: Locator;
  readonly accessKey: Locator;
  readonly secretKey: Locator;
  readonly submit: Locator;

  constructor(page: Page) {
    this.page = page;
    this.endpoint = page.getByRole('textbox', { name: 'Endpoint' });
    this.accessKey = page.getByRole('textbox', { name: 'Access key' });
    this.secretKey = page.getByRole('textbox', { name: 'Secret key' });
    this.submit = page.getByRole('button', { name: 'Sign in', exact: true });
  }

  async fill(keys: Keys): Promise<void> {
    await this.endpoint.fill(keys.endpoint);
    await this.accessKey.fill(keys.accessKey);
    await this.secretKey.fill(keys.secretKey);
  }

  async signIn(keys: Keys): Promise<void> {
    await expect(this.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await this.fill(keys);
    await this.submit.click();
  }
}
