// SPDX-License-Identifier: Apache-2.0
// Before the first paint, so that a dark page never flashes white. The key is lib/preferences.ts's.
(() => {
  let wish = 'auto';
  try {
    wish = localStorage.getItem('vigie.theme') ?? 'auto';
  } catch {
    // A browser that keeps nothing gets the system's theme.
  }
  const dark = wish === 'dark' || (wish !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
})();
