import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `npx vite -c web/vite.config.ts` for work on the console, `npx vite build -c web/vite.config.ts` for dist/web. */
export const consoleBuild = defineConfig({
  root: 'web',
  base: '/console/',
  plugins: [react()],
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:8080', changeOrigin: false } },
    fs: { allow: ['..'] },
  },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    // data: URLs would need an exception in the content security policy
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // libraries change seldom and pages often: kept apart, an update costs the reader only the pages
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 30 },
            { name: 'tanstack', test: /node_modules[\\/]@tanstack[\\/]/, priority: 20 },
          ],
        },
      },
    },
  },
})

export { consoleBuild as default }
