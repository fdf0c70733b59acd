/** Must be the first import of every entry: zod otherwise probes `eval`, which the page's CSP reports as a violation. */
import { z } from 'zod';

z.config({ jitless: true });
