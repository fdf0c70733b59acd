/** The sign-in form, in the first window or in a dialog over the page. */
import { createHmac } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

export interface Keys {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface Person {
  readonly endpoint: string;
  readonly email: string;
  readonly password: string;
}

export class SignInPage {
  readonly page: Page;
  readonly endpoint: Locator;
  readonly accessKey: Locator;
  readonly secretKey: Locator;
  readonly email: Locator;
  readonly password: Locator;
  readonly code: Locator;
  readonly submit: Locator;

  constructor(page: Page) {
    this.page = page;
    this.endpoint = page.getByRole('textbox', { name: 'Endpoint' });
    this.accessKey = page.getByRole('textbox', { name: 'Access key' });
    this.secretKey = page.getByRole('textbox', { name: 'Secret key' });
    this.email = page.getByRole('textbox', { name: 'E-mail' });
    this.password = page.getByRole('textbox', { name: 'Password', exact: true });
    this.code = page.getByRole('textbox', { name: 'One-time code' });
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

  /** By e-mail and password; the form must already offer them. */
  async signInAs(person: Person): Promise<void> {
    await this.endpoint.fill(person.endpoint);
    await this.email.fill(person.email);
    await this.password.fill(person.password);
    await this.submit.click();
  }
}

/** The code that an authenticator app shows for a key (RFC 6238: SHA-1, six digits, 30 s). */
export function oneTimeCode(secret: string, at = Date.now()): string {
  const bits = [...secret.replace(/[\s=]/g, '')]
    .map((it) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(it.toUpperCase()).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((it) => Number.parseInt(it, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
