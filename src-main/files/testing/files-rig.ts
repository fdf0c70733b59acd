/** A session's link to a real SSH server for tests of what reads and moves its files. */
import type { LinksService, SessionUse } from '../../links/links-service.ts';
import { type RealSshServer, type ServerKind, startRealSshServer } from '../../links/testing/real-ssh-server.ts';
import { linksOver } from '../../links/testing/test-links.ts';
import { startTestSite, type TestSite, testRef } from '../../links/testing/test-site.ts';

/** Some user who is nobody else on this machine. */
export const testUid = 47_113;

export interface FilesRig {
  readonly home: string;
  readonly site: TestSite;
  readonly links: LinksService;
  readonly use: SessionUse;
  stop(): Promise<void>;
}

export async function startFilesRig(kind: ServerKind, hidden: readonly string[] = []): Promise<FilesRig> {
  const server: RealSshServer = await startRealSshServer(kind, hidden, testUid);
  const site = await startTestSite(server);
  const links = linksOver(site);
  return {
    home: server.home,
    site,
    links,
    use: links.acquire(testRef, { kind: 'files' }),
    async stop() {
      await links.dispose();
      await site.close();
      await server.stop();
    },
  };
}
