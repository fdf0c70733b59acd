/** The entry that Electron runs. */
import { fileURLToPath } from 'node:url';
import { startElectronHost } from './start-electron-host.ts';

/** Packaged, the arguments begin after the program; in development after the program and the project's folder. */
const ownArguments = process.argv.slice(process.defaultApp === true ? 2 : 1);

// Not awaited: Electron gets ready only after this module has run.
void startElectronHost(ownArguments, {
  mainDir: fileURLToPath(new URL('.', import.meta.url)),
  loadApp: () => import('../../app.ts'),
});
