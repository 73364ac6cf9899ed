// The browser inflates it beside its reading of what follows.
const CORE = part("core");
