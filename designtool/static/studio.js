// The studio's shell: chooses what the frames show, listens for changes, and puts changed blocks in place of the old ones
// without reloading a page. The frames hold the same HTML that the runtime serves; nothing is put into them but blocks.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const words = JSON.parse(document.body.dataset.words);
  const ROLES = ["patient", "therapist"];
  const START = { patient: "home", therapist: "treatment" };
  const DEVICES = ["phone", "tablet", "desktop"];
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
  let hidden = "";

  // What is chosen stands in the address, so that it can be kept and sent.
  function remember() {
    const kept = new URLSearchParams();
    for (const [key, value] of Object.entries(wanted)) if (value && value !== START[key]) kept.set(key, value);
    history.replaceState(null, "", `/?${kept}`);
  }

  const base = (role) =>
    `/view/${encodeURIComponent(state.program)}/${role}/${encodeURIComponent(state.person || "-")}/${state.day}/`;
  const frame = (role) => byId(`frame-${role}`);

  function open(role, target) {
    wanted[role] = target;
    remember();
    const address = base(role) + target;
    if (frame(role).contentWindow.location.pathname !== address) frame(role).src = address;
  }

  const shown = (role) => wanted.as === "both" || wanted.as === role;

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  function fillSelect(select, options, current) {
    select.replaceChildren(...options.map(({ id, title }) => element("option", { value: id }, title)));
    select.value = current;
  }

  function showPages() {
    const lists = ROLES.filter(shown).map((role) => {
      const items = state.targets[role].map(({ target, title }) => {
        const button = element("button", { type: "button", class: `page page-${target.split("/")[0]}` }, title);
        if (target === wanted[role]) button.setAttribute("aria-current", "page");
        button.addEventListener("click", () => open(role, target));
        return element("li", {}, button);
      });
      return element("div", {}, element("h3", {}, words[`as-${role}`]), element("ul", {}, ...items));
    });
    byId("pages").replaceChildren(...lists);
  }

  const LEVEL = { error: "must", warning: "should", info: "tip" };

  function problem(found) {
    const place = found.line === null ? found.path : `${found.path}:${found.line}:${found.column}`;
    const parts = [
      element("p", { class: "problem-message" }, element("strong", { class: `level level-${found.severity}` }, words[LEVEL[found.severity]]), ` ${found.message}`),
      element("p", { class: "problem-place" }, place),
    ];
    if (found.excerpt !== null) {
      const start = found.column - 1;
      const end = found.end_line === found.line ? found.end_column - 1 : found.excerpt.length;
      parts.push(
        element("pre", {}, element("code", {}, found.excerpt.slice(0, start), element("mark", {}, found.excerpt.slice(start, end)), found.excerpt.slice(end))),
      );
    }
    if (found.help) parts.push(element("p", { class: "problem-help" }, element("span", { class: "label" }, words.help), ` ${found.help}`));
    return parts;
  }

  function showProblems() {
    const problems = state.problems;
    byId("problems").replaceChildren(...problems.map((found) => element("li", {}, ...problem(found))));
    byId("problem-count").textContent = problems.length ? String(problems.length) : "";
    byId("no-problems").hidden = problems.length > 0;
    const errors = problems.filter((found) => found.severity === "error");
    const over = byId("over");
    const key = errors.map((found) => found.path + found.line + found.message).join();
    over.hidden = !errors.length || key === hidden;
    if (over.hidden) return;
    byId("over-title").textContent = state.is_old ? words["old-title"] : words["bad-title"];
    byId("over-text").textContent = state.is_old ? words["old-text"] : words["bad-text"];
    const hide = element("button", { type: "button", class: "over-hide" }, words.hide);
    hide.addEventListener("click", () => {
      hidden = key;
      over.hidden = true;
    });
    const more = errors.length > 1 ? element("p", { class: "quiet" }, words.more.replace("{count}", errors.length - 1)) : null;
    byId("over-problem").replaceChildren(...problem(errors[0]), ...(more ? [more] : []), hide);
  }

  async function readState() {
    const asked = new URLSearchParams({ program: wanted.program, person: wanted.person, day: wanted.day });
    const answer = await fetch(`/state?${asked}`);
    if (!answer.ok) return;
    state = await answer.json();
    fillSelect(byId("program"), state.programs.map(({ name, title }) => ({ id: name, title })), state.program);
    fillSelect(byId("person"), [{ id: "", title: words.nobody }, ...state.persons], state.person);
    byId("day").value = state.day;
    byId("day-shown").textContent = state.day;
    showPages();
    showProblems();
  }

  function showFrames() {
    const frames = byId("frames");
    frames.dataset.device = wanted.device;
    frames.dataset.as = wanted.as;
    for (const role of ROLES) {
      document.querySelector(`.device[data-role=${role}]`).hidden = !shown(role);
      if (shown(role) && state && state.program) open(role, wanted[role]);
    }
  }

  // A frame that followed a link tells the shell where it is now.
  function arrived(role) {
    const path = frame(role).contentWindow.location.pathname;
    if (state && path.startsWith(base(role))) {
      wanted[role] = path.slice(base(role).length);
      remember();
      showPages();
    }
    frame(role).blocks = null;
    compare(role, true);
  }

  // The blocks of the main column as they are, and as the server has them now. Only what changed is sent and replaced.
  async function compare(role, first = false) {
    const place = frame(role).contentWindow;
    if (!state || !shown(role) || !place.location.pathname.startsWith("/view/")) return;
    const main = place.document.querySelector("main");
    if (!main) return;
    const before = frame(role).blocks;
    const known = before ? before.map((block) => block.hash).join() : "";
    const asked = place.location.pathname.replace("/view/", "/fragments/");
    const answer = await fetch(`${asked}?known=${first ? "" : known}`);
    if (!answer.ok) return;
    const { blocks } = await answer.json();
    if (blocks === null) {
      open(role, START[role]);
      return;
    }
    if (!first && before) replaceBlocks(place.document, main, before, blocks);
    frame(role).blocks = blocks.map(({ id, hash }) => ({ id, hash }));
  }

  function replaceBlocks(page, main, before, after) {
    const kept = longestCommon(before.map((block) => block.hash), after.map((block) => block.hash));
    const nodes = before.map((block) => page.getElementById(`block-${block.id}`));
    const focused = page.activeElement ? page.activeElement.id : "";
    const open = new Set([...main.querySelectorAll("details[open]")].map((details) => details.closest(".block").id));
    let anchor = null;
    const stay = new Set(kept.map(([old]) => old));
    const placed = new Map(kept.map(([old, now]) => [now, nodes[old]]));
    const made = after.map((block, index) => {
      if (placed.has(index)) return placed.get(index);
      const holder = page.createElement("template");
      holder.innerHTML = block.html;
      return holder.content.firstElementChild;
    });
    nodes.forEach((node, index) => {
      if (node && !stay.has(index)) node.remove();
    });
    // From the end, so that what stays is never moved: a moved film stops, a moved field loses its focus.
    for (let index = made.length - 1; index >= 0; index -= 1) {
      const node = made[index];
      node.id = `block-${after[index].id}`;
      if (!placed.has(index)) {
        if (open.has(node.id)) node.querySelectorAll("details").forEach((details) => (details.open = true));
        main.insertBefore(node, anchor);
        node.classList.add("just-changed");
      }
      anchor = node;
    }
    if (focused && (!page.activeElement || page.activeElement === page.body)) page.getElementById(focused)?.focus();
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

  async function change(key, value) {
    wanted[key] = value;
    remember();
    await readState();
    showFrames();
  }

  function listen() {
    const stream = new EventSource("/events");
    let version = 0;
    stream.onmessage = async (event) => {
      byId("connection").textContent = version ? words.updated : words.connected;
      if (version && Number(event.data) !== version) {
        await readState();
        await Promise.all(ROLES.map((role) => compare(role)));
        document.body.dataset.version = event.data;
      }
      version = Number(event.data);
    };
    stream.onerror = () => {
      byId("connection").textContent = words.lost;
    };
  }

  byId("program").addEventListener("change", (event) => {
    Object.assign(wanted, { person: "", patient: START.patient, therapist: START.therapist });
    change("program", event.target.value);
  });
  byId("person").addEventListener("change", (event) => change("person", event.target.value));
  byId("day").addEventListener("input", (event) => (byId("day-shown").textContent = event.target.value));
  byId("day").addEventListener("change", (event) => change("day", event.target.value));
  for (const name of ["as", "device"])
    for (const input of document.querySelectorAll(`input[name=${name}]`)) {
      input.checked = input.value === wanted[name];
      input.addEventListener("change", () => change(name, input.value));
    }
  byId("forget").addEventListener("click", async () => {
    await fetch(`/forget/${encodeURIComponent(state.program)}`, { method: "POST", body: "" });
    for (const role of ROLES) if (shown(role)) frame(role).contentWindow.location.reload();
  });
  for (const role of ROLES) frame(role).addEventListener("load", () => arrived(role));
  readState().then(() => {
    showFrames();
    listen();
  });
})();
