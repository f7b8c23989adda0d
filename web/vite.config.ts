// SPDX-License-Identifier: Apache-2.0
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { heaviest, type File } from './budget.ts';

function budget(most: { script: number; style: number }): Plugin {
  return {
    name: 'vigie-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = new Map<string, File>();
      let style = 0;
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') {
          files.set(file.fileName, { bytes: gzipSync(file.code).length, imports: file.imports, pages: file.dynamicImports, isEntry: file.isEntry });
        } else if (file.fileName.endsWith('.css')) {
          style += gzipSync(file.source).length;
        }
      }
      const { page, bytes } = heaviest(files);
      this.info(`first load at most ${Math.round(bytes / 100) / 10} kB of JavaScript (${page}), ${Math.round(style / 100) / 10} kB of CSS, compressed`);
      if (bytes > most.script || style > most.style) {
        this.error(`too heavy: ${bytes} bytes of JavaScript for ${page} (at most ${most.script}), ${style} of CSS (at most ${most.style}), compressed`);
      }
    },
  };
}

// Nothing is inlined: the Content-Security-Policy allows files of ours only.
export default defineConfig({
  plugins: [svelte(), budget({ script: 90_000, style: 25_000 })],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
  // Bootstrap 5 is written for an older Sass; its warnings are not ours to mend.
  css: {
    preprocessorOptions: {
      scss: { quietDeps: true, silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'] },
    },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
