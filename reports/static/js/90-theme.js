// Light, dark, or as the system says; remembered where the browser allows it.
const THEMES = { auto: ["◐", "as the system"], light: ["○", "light"], dark: ["●", "dark"] };

function startTheme() {
  const button = document.getElementById("theme");
  let theme = "auto";
  try { theme = localStorage.getItem("theme") || "auto"; } catch { /* a browser that keeps nothing is fine */ }
  const apply = () => {
    if (!THEMES[theme]) theme = "auto";
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.replaceChildren(el("span", { class: "sr-only" }, "Colour theme: "), `${THEMES[theme][0]} ${theme}`);
    button.title = THEMES[theme][1];
  };
  button.addEventListener("click", () => {
    const names = Object.keys(THEMES);
    theme = names[(names.indexOf(theme) + 1) % names.length];
    try { localStorage.setItem("theme", theme); } catch { /* as above */ }
    apply();
  });
  apply();
}
