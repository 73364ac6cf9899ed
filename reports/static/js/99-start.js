// The addresses choose views here; without this the browser would also scroll to the section of that name.
for (const view of document.querySelectorAll(".view:not(#view-cause)")) view.id = `view-${view.id}`;
startTheme();
startMatrix();
startAsk();
startStatistics();
addEventListener("hashchange", route);
await route();
document.documentElement.dataset.ready = String(Math.round(performance.now()));
