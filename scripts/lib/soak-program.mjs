// The soak in a process of its own, so that whatever becomes of it, `npm run test:soak` ends and tells.
import { runProgram } from './build-run.mjs';

process.exit(await runProgram('soak', process.argv.slice(2)));
