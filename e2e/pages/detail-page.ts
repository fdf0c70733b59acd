/** The detail panel beside the list. */
import type { Locator, Page } from '@playwright/test';

export class DetailPage {
  readonly page: Page;
  readonly panel: Locator;

  constructor(page: Page, name: string) {
    this.page = page;
    this.panel = page.getByRole('complementary', { name: `Details of ${name}` });
  }

  section(title: string): Locator {
    return this.panel.locator('details').filter({ has: this.page.locator('summary', { hasText: title }) });
  }

  /** The session's id, as the panel shows it. */
  async sessionId(): Promise<string> {
    const text = await this.panel.getByText(/^[0-9a-f]{8}-[0-9a-f-]{27}$/).innerText();
    return text.trim();
  }
}
