"use strict";
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const search = one("#search"), driven = one("#driven"), inspector = one("#inspector");
  const rows = all("tr.device"), chips = all(".chip");
  const devices = rows.map((row) => ({
    row,
    id: row.dataset.device,
    group: row.closest("tbody"),
    text: (row.textContent + " " + row.closest("tbody").dataset.class).replace(/\s+/g, " ").toLowerCase(),
  }));
  // Everything that stands for a device, by its number.
  const places = new Map();
  for (const place of all("[data-device]")) {
    const id = place.dataset.device;
    places.set(id, [...(places.get(id) ?? []), place]);
  }

  // The words must all be there, and an address may be written with or without its underscores.
  const matches = (text, words) => words.every((word) => text.includes(word) || text.replaceAll("_", "").includes(word));

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const classes = new Set(chips.filter((chip) => chip.ariaPressed === "true").map((chip) => chip.dataset.class));
    let shown = 0;
    const groups = new Set();
    for (const { row, id, group, text } of devices) {
      const fits = matches(text, words)
        && (classes.size === 0 || classes.has(group.dataset.class))
        && (!driven.checked || row.dataset.driven === "true");
      row.hidden = !fits;
      if (fits) { shown += 1; groups.add(group); }
      for (const place of places.get(id)) place.classList.toggle("dim", !fits);
    }
    for (const group of all("tbody[data-class]")) group.hidden = !groups.has(group);
    one("#nothing").hidden = shown > 0;
    one("#shown").textContent = shown === rows.length ? `${shown} devices` : `${shown} of ${rows.length} devices`;
  };

  // Shows the row of one device beside whatever stands for it.
  let current = null;
  const show = (id) => {
    if (id === current) return;
    for (const place of places.get(current) ?? []) place.classList.remove("hot");
    for (const place of places.get(id) ?? []) place.classList.add("hot");
    current = id;
    const row = one(`#d${id}`);
    const heads = all("thead th", row.closest("table")).map((head) => head.textContent);
    const name = document.createElement("h3");
    name.textContent = row.querySelector(".name").textContent;
    const list = document.createElement("dl");
    const add = (term, nodes) => {
      const head = document.createElement("dt"), body = document.createElement("dd");
      head.textContent = term;
      body.append(...nodes);
      list.append(head, body);
    };
    const lines = all("th small", row).map((line) => line.textContent);
    add("Node", [lines[0]]);
    add("Is", [lines[1]]);
    add("Class", [row.closest("tbody").querySelector(".class").textContent]);
    all("td", row).forEach((cell, index) => {
      if (cell.textContent.trim()) add(heads[index + 1], [...cell.cloneNode(true).childNodes]);
    });
    inspector.replaceChildren(name, list);
  };
  for (const event of ["mouseover", "focusin"]) {
    document.addEventListener(event, ({ target }) => {
      const place = target.closest?.("[data-device]");
      if (place) show(place.dataset.device);
    });
  }
  for (const cell of all("td.line")) cell.addEventListener("click", () => { location.hash = `d${cell.dataset.device}`; });

  // One stop of the tab key for the whole map; arrows walk on.
  const blocks = all("#map .block");
  blocks.forEach((block, index) => block.setAttribute("tabindex", index === 0 ? "0" : "-1"));
  one("#map").addEventListener("keydown", (event) => {
    const from = blocks.indexOf(document.activeElement);
    const to = { ArrowRight: from + 1, ArrowDown: from + 1, ArrowLeft: from - 1, ArrowUp: from - 1, Home: 0, End: blocks.length - 1 }[event.key];
    if (from < 0 || !blocks[to]) return;
    event.preventDefault();
    blocks[from].setAttribute("tabindex", "-1");
    blocks[to].setAttribute("tabindex", "0");
    blocks[to].focus();
  });

  // How wide a block is depends on the window; a label that sticks out would be read as its neighbour's.
  const fit = () => {
    for (const label of all("#map .block text")) {
      const room = label.previousElementSibling.getBoundingClientRect().width;
      label.style.visibility = label.getComputedTextLength() + 5 > room ? "hidden" : "";
    }
  };
  window.addEventListener("resize", fit);
  fit();

  search.addEventListener("input", filter);
  driven.addEventListener("change", filter);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.ariaPressed = chip.ariaPressed === "true" ? "false" : "true";
      filter();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      search.select();
    } else if (event.key === "Escape") {
      search.value = "";
      filter();
    }
  });
  filter();
})();
