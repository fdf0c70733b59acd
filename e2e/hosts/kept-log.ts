/** Puts a kept log of an ended session into a data folder, as Berth itself writes it. */
import { createWriteStream, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Berth's id of the only account. */
export function onlyAccountId(dataDir: string): string {
  const document = JSON.parse(readFileSync(join(dataDir, 'sites.json'), 'utf8')) as { accounts: { id: string }[] };
  return document.accounts[0]?.id ?? '';
}

export async function putKeptLog(
  dataDir: string,
  sessionId: string,
  text: Iterable<string>,
  gaps: readonly number[] = [],
): Promise<string> {
  const folder = join(dataDir, 'session-logs', onlyAccountId(dataDir), sessionId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'main.log');
  await pipeline(text, createWriteStream(file, { mode: 0o600 }));
  const { size: bytes } = statSync(file);
  const facts = {
    version: 1,
    session: 's',
    site: 'x',
    bytes,
    answerStart: 0,
    gaps,
    dropped: 0,
    asOf: null,
    ended: true,
  };
  writeFileSync(`${file}.json`, JSON.stringify(facts), { mode: 0o600 });
  return file;
}
