// The studio's shell: chooses what the frames show, listens for changes, and puts changed blocks in place of the old ones
// without reloading a page. The frames hold the same HTML that the runtime serves; nothing is put into them but blocks.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const words = JSON.parse(document.body.dataset.words);
  const ROLES = ["patient", "therapist"];
  const START = { patient: "home", therapist: "treatment" };
  const DEVICES = ["phone", "tablet", "desktop"];
  const PROBE_PAUSE = 2000;
  const query = new URLSearchParams(location.search);
  const wanted = {
    program: query.get("program") || "",
    person: query.get("person") || "",
    day: query.get("day") || "0",
    as: ["patient", "therapist", "both"].includes(query.get("as")) ? query.get("as") : "patient",
    device: DEVICES.includes(query.get("device")) ? query.get("device") : "phone",
    patient: query.get("patient") || START.patient,
    therapist: query.get("therapist") || START.therapist,
  };
  let state = null;
  let isLost = false;
  // The errors that the author has put aside; new ones are shown again.
  let aside = new Set();

  // What is chosen stands in the address, so that it can be kept and sent.
  function remember() {
    const kept = new URLSearchParams();
    for (const [key, value] of Object.entries(wanted)) if (value && value !== START[key]) kept.set(key, value);
    history.replaceState(null, "", `/?${kept}`);
  }

  const base = (role) =>
    `/view/${encodeURIComponent(state.program)}/${role}/${encodeURIComponent(state.person || "-")}/${state.day}/`;
  const frame = (role) => byId(`frame-${role}`);
  const path = (role) => frame(role).contentWindow.location.pathname;
  const shown = (role) => wanted.as === "both" || wanted.as === role;
  const hasPages = () => Boolean(state && state.targets[ROLES.find(shown)].length);

  function open(role, target) {
    wanted[role] = target;
    remember();
    const address = base(role) + target.split("/").map(encodeURIComponent).join("/");
    if (path(role) !== address) frame(role).contentWindow.location.replace(address);
  }

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  // Leaves alone what is as it was: a list that somebody has opened must not close, nor a button lose its focus.
  function fill(place, key, make) {
    const now = JSON.stringify(key);
    if (place.dataset.filled === now) return;
    place.dataset.filled = now;
    make();
  }

  function fillSelect(select, options, current) {
    fill(select, options, () =>
      select.replaceChildren(...options.map(({ id, title }) => element("option", { value: id }, title))),
    );
    select.value = current;
  }

  function showPages() {
    const roles = ROLES.filter(shown);
    fill(byId("pages"), roles.map((role) => [role, state.targets[role]]), () => {
      const focused = document.activeElement?.dataset?.target;
      const lists = roles.map((role) => {
        const items = state.targets[role].map(({ target, title }) => {
          const button = element(
            "button",
            { type: "button", class: `page page-${target.split("/")[0]}`, "data-role": role, "data-target": target },
            title,
          );
          button.addEventListener("click", () => open(role, target));
          return element("li", {}, button);
        });
        return items.length ? element("div", {}, element("h3", {}, words[`as-${role}`]), element("ul", {}, ...items)) : null;
      });
      byId("pages").replaceChildren(...lists.filter(Boolean));
      if (focused) byId("pages").querySelector(`[data-target="${CSS.escape(focused)}"]`)?.focus();
    });
    for (const button of byId("pages").querySelectorAll("button")) {
      if (button.dataset.target === wanted[button.dataset.role]) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
  }

  const LEVEL = { error: "must", warning: "should", info: "tip" };

  function problem(found) {
    const place = found.line === null ? found.path : `${found.path}:${found.line}:${found.column}`;
    const parts = [
      element("p", { class: "problem-message" }, element("strong", { class: `level level-${found.severity}` }, words[LEVEL[found.severity]]), ` ${found.message}`),
    ];
    if (place) parts.push(element("p", { class: "problem-place" }, place));
    if (found.excerpt) {
      const start = found.column - 1;
      const end = found.end_line === found.line ? found.end_column - 1 : found.excerpt.length;
      parts.push(
        element("pre", {}, element("code", {}, found.excerpt.slice(0, start), element("mark", {}, found.excerpt.slice(start, end)), found.excerpt.slice(end))),
      );
    }
    if (found.help) parts.push(element("p", { class: "problem-help" }, element("span", { class: "label" }, words.help), ` ${found.help}`));
    return parts;
  }

  // A fault of designtool's own has no place in the author's files.
  function problems() {
    if (!state) return [];
    const fault = { severity: "error", message: words.fault.replace("{kind}", state.fault), help: words["fault-help"], path: "", line: null, excerpt: null };
    const order = Object.keys(LEVEL);
    const sorted = [...state.problems].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
    return state.fault ? [fault, ...sorted] : sorted;
  }

  // Not the line: it moves while text above it is written.
  const nameOf = (found) => `${found.path} ${found.message}`;

  function showProblems() {
    const all = problems();
    fill(byId("problems"), all, () => byId("problems").replaceChildren(...all.map((found) => element("li", {}, ...problem(found)))));
    byId("problem-count").textContent = all.length ? String(all.length) : "";
    byId("no-problems").hidden = all.length > 0;
    byId("work").dataset.problems = all.length ? "some" : "none";
    const errors = all.filter((found) => found.severity === "error");
    const over = byId("over");
    aside = new Set(errors.map(nameOf).filter((name) => aside.has(name)));
    const fresh = errors.filter((found) => !aside.has(nameOf(found)));
    if (!isLost && !fresh.length) {
      if (!over.hidden && over.contains(document.activeElement)) byId("frames").focus();
      over.hidden = true;
      over.dataset.filled = "";
      return;
    }
    const kind = isLost ? "lost" : state.is_old ? "old" : "bad";
    fill(over, [kind, fresh, errors.length], () => {
      byId("over-title").textContent = words[`${kind}-title`];
      byId("over-text").textContent = words[`${kind}-text`];
      byId("over-hide").hidden = isLost;
      const more = errors.length > 1 ? [element("p", { class: "quiet" }, words.more.replace("{count}", errors.length - 1))] : [];
      byId("over-problem").replaceChildren(...(isLost ? [] : [...problem(fresh[0]), ...more]));
    });
    over.hidden = false;
  }

  function showNothing() {
    const isEmpty = Boolean(state) && !hasPages();
    byId("nothing").hidden = !isEmpty;
    byId("frames").classList.toggle("is-empty", isEmpty);
    if (!isEmpty) return;
    const kind = state.programs.length ? "unreadable" : "no-program";
    byId("nothing-title").textContent = words[`${kind}-title`];
    byId("nothing-text").textContent = words[`${kind}-text`];
  }

  function showDay(day) {
    byId("day-shown").textContent = day;
    const said = words["day-value"].replace("{day}", day).replace("{week}", Math.floor(Number(day) / 7) + 1);
    byId("day").setAttribute("aria-valuetext", said);
  }

  async function readState() {
    const asked = new URLSearchParams({ program: wanted.program, person: wanted.person, day: wanted.day });
    const answer = await fetch(`/state?${asked}`);
    if (!answer.ok) throw new Error("the preview could not say what it shows");
    state = await answer.json();
    fillSelect(byId("program"), state.programs.map(({ name, title }) => ({ id: name, title })), state.program);
    fillSelect(byId("person"), [{ id: "", title: words.nobody }, ...state.persons], state.person);
    byId("program").disabled = state.programs.length === 0;
    byId("day").max = state.latest_day;
    if (document.activeElement !== byId("day")) {
      byId("day").value = state.day;
      showDay(state.day);
    }
    const title = state.programs.find(({ name }) => name === state.program)?.title;
    document.title = title ? `${title} – ${words.title}` : words.title;
    showPages();
    showProblems();
    showNothing();
  }

  function showFrames() {
    const frames = byId("frames");
    frames.dataset.device = wanted.device;
    frames.dataset.as = wanted.as;
    for (const role of ROLES) {
      document.querySelector(`.device[data-role=${role}]`).hidden = !shown(role) || !hasPages();
      if (shown(role) && hasPages() && !path(role).startsWith(base(role))) open(role, wanted[role]);
    }
  }

  // A frame that followed a link tells the shell where it is now.
  async function arrived(role) {
    const page = frame(role).contentWindow;
    frame(role).known = knownOf(page);
    if (!state || !path(role).startsWith(base(role))) return;
    const target = decodeURIComponent(path(role).slice(base(role).length));
    if (!page.document.querySelector("main")) {
      // The page is gone, or was never there: the first one is, as long as there is a program.
      if (hasPages() && target !== START[role] && page.document.contentType === "text/plain" && page.performance.getEntriesByType("navigation")[0]?.responseStatus !== 500) open(role, START[role]);
      return;
    }
    wanted[role] = target;
    remember();
    showPages();
    await inTurn(() => compare(role));
  }

  // What a page says of itself and what the server has now, as blocks and what is around them. Only what changed is sent
  // and replaced. With `isOwn` the page has made the change itself, by what was typed in it: it is only noted.
  async function compare(role, isOwn = false) {
    const holder = frame(role);
    const place = holder.contentWindow;
    if (!shown(role) || !place.location.pathname.startsWith("/view/") || !place.document.querySelector("main")) return;
    const before = holder.known;
    const known = [...before.blocks.map((block) => block.hash), before.around];
    const asked = new URLSearchParams(place.location.search);
    asked.set("known", known.join());
    const answer = await fetch(`${place.location.pathname.replace("/view/", "/fragments/")}?${asked}`);
    if (holder.contentWindow.document !== place.document || holder.known !== before || !answer.ok) return;
    const { blocks, around, version } = await answer.json();
    if (blocks === null) {
      open(role, START[role]);
      return;
    }
    const now = { version, blocks: blocks.map(({ id, hash }) => ({ id, hash })), around: around.hash };
    const isDone = (isOwn && before.version === version) || keepingPlace(place, () =>
      (around.html === undefined || replaceAround(place.document, around.html)) && replaceBlocks(place.document, before.blocks, blocks),
    );
    holder.known = now;
    if (!isDone) place.location.reload();
  }

  // What a page that has just been loaded says that it is; see `_html` in preview/server.py.
  function knownOf(page) {
    const said = page.performance.getEntriesByType("navigation")[0]?.serverTiming || [];
    const of = (name) => said.find((one) => one.name === name)?.description || "";
    const [around, ...pairs] = of("hashes").split(" ");
    const blocks = [];
    for (let index = 0; index + 1 < pairs.length; index += 2) blocks.push({ id: decodeURIComponent(pairs[index]), hash: pairs[index + 1] });
    return { version: of("pages"), around, blocks };
  }

  // Header, navigation and footer: each replaced when it has changed. False where the page has come to be made differently.
  function replaceAround(page, html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const made = surroundings(parsed);
    const live = surroundings(page);
    const names = (list) => list.map((part) => part.tagName).join();
    if (names(made) !== names(live)) return false;
    made.forEach((part, index) => {
      if (part.outerHTML === live[index].outerHTML) return;
      if (!live[index].contains(page.activeElement)) live[index].replaceWith(page.importNode(part, true));
      else live[index].innerHTML = part.innerHTML;
    });
    page.title = parsed.title;
    page.documentElement.lang = parsed.documentElement.lang;
    return true;
  }

  // Everything beside the main column that can be replaced as a whole.
  function surroundings(page) {
    const main = page.querySelector("main");
    const beside = [...page.body.children, ...(main.parentElement === page.body ? [] : main.parentElement.children)];
    return beside.filter((part) => part !== main && !part.contains(main));
  }

  function replaceBlocks(page, before, after) {
    const main = page.querySelector("main");
    const nodes = before.map((block) => page.getElementById(`block-${block.id}`));
    const kept = longestCommon(before.map((block) => block.hash), after.map((block) => block.hash));
    const placed = new Map(kept.map(([old, now]) => [now, nodes[old]]));
    if (!before.length || nodes.includes(null) || after.some((block, index) => !placed.has(index) && block.html === undefined && !before.some((one) => one.hash === block.hash))) return false;
    const earlier = new Map(before.map((block, index) => [block.id, nodes[index]]));
    const byHash = new Map(before.map((block, index) => [block.hash, nodes[index]]));
    const stays = new Set(placed.values());
    const made = after.map((block, index) => {
      if (placed.has(index)) return placed.get(index);
      // A block that only changed its place is moved, if nobody else has taken it.
      if (block.html === undefined) {
        const moved = byHash.get(block.hash);
        if (stays.has(moved)) return moved.cloneNode(true);
        stays.add(moved);
        return moved;
      }
      const holder = page.createElement("template");
      holder.innerHTML = block.html;
      const node = page.importNode(holder.content.firstElementChild, true);
      if (earlier.has(block.id)) carryOver(earlier.get(block.id), node);
      return node;
    });
    for (const node of nodes) if (!stays.has(node)) node.remove();
    // From the end, so that what stays is never moved: a moved film stops, a moved field loses its focus.
    let anchor = null;
    for (let index = made.length - 1; index >= 0; index -= 1) {
      const node = made[index];
      node.id = `block-${after[index].id}`;
      node.dataset.block = after[index].id;
      const isNew = !node.isConnected;
      if (!placed.has(index)) main.insertBefore(node, anchor);
      if (isNew) {
        pointOut(node);
        node.dispatchEvent(new CustomEvent("designtool:replaced", { bubbles: true }));
      }
      anchor = node;
    }
    return true;
  }

  // Where something has changed, for a moment.
  function pointOut(node) {
    const page = node.ownerDocument;
    if (page.defaultView.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const halo = page.defaultView.getComputedStyle(page.documentElement).getPropertyValue("--focus-halo");
    node.animate([{ boxShadow: `-0.6rem 0 0 -0.3rem ${halo}` }, { boxShadow: "-0.6rem 0 0 -0.3rem transparent" }], { duration: 1600, easing: "ease-in" });
  }

  // What the reader has opened and typed goes on in the block that comes instead.
  function carryOver(old, node) {
    const opened = node.querySelectorAll("details");
    old.querySelectorAll("details").forEach((details, index) => {
      if (opened[index]) opened[index].open = details.open;
    });
    for (const input of old.querySelectorAll("input, textarea, select")) {
      if (!input.name || input.type === "hidden") continue;
      const twin = [...node.querySelectorAll(`[name="${CSS.escape(input.name)}"]`)].find(
        (one) => one.type === input.type && (!["radio", "checkbox"].includes(one.type) || one.value === input.value),
      );
      if (!twin) continue;
      if (["radio", "checkbox"].includes(input.type)) twin.checked = input.checked;
      else if (input.value !== "") twin.value = input.value;
    }
  }

  // Focus, selection and what stands at the top of the window are the same after `act` as before it.
  function keepingPlace(place, act) {
    const page = place.document;
    const focused = page.activeElement;
    const block = focused?.closest?.(".block");
    const twins = (root) => [...root.querySelectorAll("a, button, input, textarea, select, summary, audio, video")];
    const at = focused && block ? { id: focused.id, block: block.id, name: focused.name, value: focused.value, index: twins(block).indexOf(focused) } : null;
    let selection = null;
    try {
      selection = focused && typeof focused.selectionStart === "number" ? [focused.selectionStart, focused.selectionEnd] : null;
    } catch {
      // A field without a caret.
    }
    const blocks = [...page.querySelectorAll("main > .block")];
    const top = blocks.find((one) => one.getBoundingClientRect().bottom > 0);
    const mark = top ? { node: top, id: top.id, y: top.getBoundingClientRect().top } : null;
    const scrolled = place.scrollY;
    // The browser's own way of holding the place would be added to ours.
    page.documentElement.style.overflowAnchor = "none";
    const isDone = act();
    if (isDone && at && page.activeElement !== focused) {
      const root = page.getElementById(at.block);
      const again = (at.id && page.getElementById(at.id)) || (root && twins(root).find((one) => at.name && one.name === at.name && (one.type !== "radio" || one.value === at.value))) || (root && twins(root)[at.index]);
      again?.focus({ preventScroll: true });
      if (again && selection && typeof again.selectionStart === "number") again.setSelectionRange(...selection);
    }
    if (isDone && mark && scrolled > 0) {
      const node = mark.node.isConnected ? mark.node : page.getElementById(mark.id);
      if (node) place.scrollBy({ top: node.getBoundingClientRect().top - mark.y, behavior: "instant" });
    }
    page.documentElement.style.overflowAnchor = "";
    return isDone;
  }

  // Pairs of indexes of the longest common run of two lists of hashes, in order.
  function longestCommon(a, b) {
    const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i -= 1)
      for (let j = b.length - 1; j >= 0; j -= 1)
        lengths[i][j] = a[i] === b[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    const pairs = [];
    for (let i = 0, j = 0; i < a.length && j < b.length; ) {
      if (a[i] === b[j]) pairs.push([i++, j++]);
      else if (lengths[i + 1][j] >= lengths[i][j + 1]) i += 1;
      else j += 1;
    }
    return pairs;
  }

  // One thing at a time: two answers that cross would put an old page over a new one.
  let turn = Promise.resolve();
  function inTurn(act) {
    turn = turn.then(act).catch(() => undefined);
    return turn;
  }

  function change(key, value) {
    wanted[key] = value;
    remember();
    return inTurn(async () => {
      await readState();
      showFrames();
    });
  }

  // However many changes come while one is being shown, they are shown once.
  let isWaiting = false;
  function update() {
    if (isWaiting) return turn;
    isWaiting = true;
    return inTurn(async () => {
      isWaiting = false;
      await Promise.all([readState(), ...ROLES.map((role) => compare(role))]);
      showFrames();
      document.body.dataset.version = state.version;
    });
  }

  function listen() {
    const stream = new EventSource("/events");
    let version = state.version;
    stream.addEventListener("open", () => {
      if (isLost) {
        isLost = false;
        showProblems();
      }
      byId("connection").textContent = words.connected;
      document.body.dataset.connected = "yes";
    });
    stream.addEventListener("change", (event) => {
      if (event.data === version) return;
      version = event.data;
      update().then(() => (byId("connection").textContent = words.updated));
    });
    for (const role of ROLES) stream.addEventListener(role, () => inTurn(() => Promise.all(ROLES.map((one) => compare(one, one === role)))));
    stream.onerror = () => {
      isLost = true;
      byId("connection").textContent = words.lost;
      document.body.dataset.connected = "no";
      showProblems();
      // A browser gives up for good when it is refused; a new preview may yet come to this address.
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, PROBE_PAUSE);
    };
  }

  byId("program").addEventListener("change", (event) => {
    Object.assign(wanted, { person: "", patient: START.patient, therapist: START.therapist });
    change("program", event.target.value);
  });
  byId("person").addEventListener("change", (event) => change("person", event.target.value));
  byId("day").addEventListener("input", (event) => showDay(event.target.value));
  byId("day").addEventListener("change", (event) => change("day", event.target.value));
  for (const name of ["as", "device"])
    for (const input of document.querySelectorAll(`input[name=${name}]`)) {
      input.checked = input.value === wanted[name];
      input.addEventListener("change", () => change(name, input.value));
    }
  byId("over-hide").addEventListener("click", () => {
    aside = new Set(problems().map(nameOf));
    showProblems();
  });
  byId("forget").addEventListener("click", async () => {
    await fetch(`/forget/${encodeURIComponent(state.program)}`, { method: "POST", body: "" });
    // The browser's own copy of what was typed would be sent again by the page.
    for (const key of Object.keys(localStorage)) if (key.startsWith("designtool:")) localStorage.removeItem(key);
    for (const role of ROLES) if (shown(role)) frame(role).contentWindow.location.replace(path(role));
    byId("connection").textContent = words.forgotten;
  });
  for (const role of ROLES) frame(role).addEventListener("load", () => arrived(role));
  inTurn(readState).then(() => {
    if (!state) {
      setTimeout(() => location.reload(), PROBE_PAUSE);
      return;
    }
    showFrames();
    listen();
  });
})();
