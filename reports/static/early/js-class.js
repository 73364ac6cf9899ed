// Before the body is there: what only pages without a script show is then never laid out.
document.documentElement.classList.add("js");
