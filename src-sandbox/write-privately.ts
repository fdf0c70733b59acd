/**
 * Writes a file whole or not at all, readable by its owner only.
 */
import { open, rename, rm } from 'node:fs/promises';

export async function writePrivately(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  // SECURITY: the mode is set when the file is made, so that no other user can read it even for a moment
  // (sandbox.test.ts, "keeps its account to its owner").
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(draft, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}
