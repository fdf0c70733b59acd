#!/usr/bin/env node
import { ensureBuilt, ensurePackages } from './lib/ready.mjs';

await ensurePackages();
await ensureBuilt({ force: true });
