/** The links service over a test site: real connections, silent, with steady back-off. */
import { systemClock } from '../../base/clock.ts';
import { createLinksService, type LinksDeps, type LinksService } from '../links-service.ts';
import type { TestSite } from './test-site.ts';

/** @param changes what a test wants otherwise, such as a clock of its own or who hears of changes */
export function linksOver(site: TestSite, changes: Partial<LinksDeps> = {}): LinksService {
  return createLinksService({
    accounts: site.accounts,
    known: site.known,
    hostKeyStore: site.hostKeyStore,
    emit: () => undefined,
    clock: systemClock,
    random: () => 0.5,
    idleMinutes: () => 30,
    log: { info: () => undefined, warn: () => undefined },
    ...changes,
  });
}
