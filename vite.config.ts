import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import pkg from './package.json' with { type: 'json' };

const root = import.meta.dirname;
const at = (path: string) => resolve(root, path);

/**
 * Stay outside the bundle: `electron` is the runtime's own, the others carry native parts or are patched in place
 * (ssh2, see src-main/links). Everything else is bundled, which halves the start-up time.
 */
const external = [
  /^electron($|\/)/,
  /^node:/,
  'ssh2',
  /^ssh2\//,
  'keytar',
  '@lydell/node-pty',
  'cpu-features',
  'bufferutil',
  'utf-8-validate',
  'electron-store',
  /\.node$/,
];

const nodeSide = {
  consumer: 'server' as const,
  resolve: { noExternal: true as const, conditions: ['node', 'import', 'module', 'default'] },
};

/** One config, three environments: the windows' pages, the main process (with the sandbox), the preload script. */
export default defineConfig({
  root: at('src-renderer'),
  publicDir: false,
  plugins: [react()],
  define: { __BERTH_VERSION__: JSON.stringify(pkg.version), 'process.env.NODE_ENV': '"production"' },
  environments: {
    client: {
      build: {
        outDir: at('dist/renderer'),
        emptyOutDir: true,
        target: 'chrome130',
        sourcemap: false,
        rolldownOptions: { input: at('src-renderer/index.html') },
      },
    },
    main: {
      ...nodeSide,
      build: {
        outDir: at('dist/main'),
        emptyOutDir: true,
        target: 'node20',
        ssr: true,
        minify: false,
        copyPublicDir: false,
        rolldownOptions: {
          input: {
            electron: at('src-main/hosts/electron/main.ts'),
            browser: at('src-main/hosts/browser/main.ts'),
            'ssh-proxy': at('src-main/hosts/browser/ssh-proxy.ts'),
            doctor: at('src-main/hosts/doctor-main.ts'),
            sandbox: at('src-sandbox/program.ts'),
          },
          platform: 'node',
          external,
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        },
      },
    },
    preload: {
      ...nodeSide,
      build: {
        outDir: at('dist/preload'),
        emptyOutDir: true,
        target: 'node20',
        ssr: true,
        minify: false,
        copyPublicDir: false,
        rolldownOptions: {
          input: { preload: at('src-preload/preload.ts') },
          platform: 'node',
          external: ['electron'],
          // A sandboxed preload must be one CommonJS file that requires nothing but `electron`.
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      for (const environment of Object.values(builder.environments)) {
        if (environment.name !== 'ssr') await builder.build(environment);
      }
    },
  },
});
