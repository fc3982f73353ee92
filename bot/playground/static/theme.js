// Set before the first paint, so that a remembered theme does not flash.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("tme-theme");
  } catch {
    // Storage may be forbidden; the system's theme it is.
  }
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
  }
})();
