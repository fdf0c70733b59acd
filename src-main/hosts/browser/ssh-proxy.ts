/**
 * `ssh -o ProxyCommand=...`: joins stdin and stdout to a session's SSH server through the Berth that runs. It holds no
 * key and knows no site; the running Berth does.
 */
import { realpathSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { SessionRef } from '../../../src-preload/contract/common.ts';
// The sentences of windows and of this program are the same; the file holds words and nothing else.
import { en } from '../../../src-renderer/ui/errors/words.en.ts';
import { askControl } from '../control-channel.ts';
import { readLock } from '../instance-lock.ts';

/** Opening a tunnel may have to start the session's SSH server first. */
const replyWithinMs = 45_000;

function fail(sentence: string): never {
  process.stderr.write(`berth: ${sentence}\n`);
  process.exit(1);
}

/** Arguments: `--data-dir DIR ACCOUNT SESSION`, or `--control ADDRESS ACCOUNT SESSION`. */
export async function run(argv: readonly string[]): Promise<void> {
  const [flag, place, accountId, sessionId] = argv;
  const ref = SessionRef.safeParse({ accountId, sessionId });
  if ((flag !== '--data-dir' && flag !== '--control') || place === undefined || !ref.success || argv.length !== 4) {
    process.stderr.write('berth: use ssh-proxy --data-dir DIR ACCOUNT SESSION.\n');
    process.exit(2);
  }
  const control = flag === '--control' ? place : readLock(place)?.control;
  if (control === undefined) fail('Berth does not run with this data folder; start it with npm start.');
  const { reply, socket } = await askControl(control, { op: 'ssh-proxy', ...ref.data }, replyWithinMs).catch(() =>
    fail('The running Berth cannot be reached; start it again with npm start.'),
  );
  if (!reply.ok) {
    const { situation, error } = reply;
    fail(situation === undefined ? (error ?? 'Berth refused.') : `${en[situation]} ${en[`${situation}.do`]}`);
  }
  // However it ends, ssh sees its input end and says so in its own words.
  pipeline(process.stdin, socket, () => {});
  pipeline(socket, process.stdout, () => process.exit(0));
}

const program = process.argv[1];
if (program !== undefined && realpathSync(program) === fileURLToPath(import.meta.url)) await run(process.argv.slice(2));
