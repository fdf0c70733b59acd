/** Runs the steps given as JSON against the system's keychain and prints what came of each; a process of its own. */
import { silentLog } from '../../log/log.ts';
import { createSecretStore } from '../secret-store.ts';

type Step = ['check'] | ['get', string] | ['set', string, string] | ['delete', string];

const steps = JSON.parse(process.argv[2] ?? '[]') as Step[];
const store = createSecretStore({ kind: 'os', service: 'Berth', log: silentLog() });
const results: unknown[] = [];
for (const step of steps) {
  try {
    if (step[0] === 'check') await store.check();
    if (step[0] === 'set') await store.set(step[1], step[2]);
    if (step[0] === 'delete') await store.delete(step[1]);
    results.push(step[0] === 'get' ? await store.get(step[1]) : store.state.kind);
  } catch (error) {
    results.push(error instanceof Error && 'code' in error ? error.code : String(error));
  }
}
process.stdout.write(`${JSON.stringify({ results, state: store.state })}\n`);
process.exit(0);
