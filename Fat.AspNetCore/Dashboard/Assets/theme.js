// A classic script in the head, so that a chosen colour scheme is there before anything is painted. switches.js changes it.
try {
  const theme = localStorage.getItem('fat.theme');
  if (theme === 'light' || theme === 'dark')
    document.documentElement.dataset.theme = theme;
} catch {
  // No storage is allowed here: the system's scheme is shown.
}
