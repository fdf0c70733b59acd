#!/usr/bin/env node
// `npm run sandbox`: the local sandbox alone, for other clients and for tests.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endWithNpm } from './lib/parent.mjs';
import { ensureBuilt, ensurePackages, root } from './lib/ready.mjs';

endWithNpm();
await ensurePackages();
await ensureBuilt();
await import(pathToFileURL(join(root, 'dist', 'main', 'sandbox.js')).href);
