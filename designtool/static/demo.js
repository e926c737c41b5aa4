// The demonstration's page: signs its two frames in, shows who and when, and loads a frame again when the other side has
// done something. The frames hold the runtime's own pages; patients and staff have a session each, in cookies of their own.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const words = JSON.parse(document.body.dataset.words);
  const ROLES = ["patient", "staff"];
  const POLL = 2000;
  const stage = byId("stage");
  const steps = [...document.querySelectorAll("[data-step]")];
  const signedIn = { patient: "", staff: "" };
  // How many events the others had made, as far as was known, when a frame set out for the page that it shows: at least
  // those are on it.
  const seen = { patient: 0, staff: 0 };
  // On its way to another page: to load it again now would stop it, and with it a form that was just sent.
  const leaving = { patient: true, staff: true };
  const scrolled = { patient: 0, staff: 0 };
  let state = JSON.parse(document.body.dataset.state);
  let chosen = "";
  let step = 0;
  let moving = false;
  let turn = Promise.resolve();

  const frame = (role) => byId(`frame-${role}`);
  const personOf = (id) => state.people.find((person) => person.id === id);
  const say = (key, facts = {}) =>
    Object.entries(facts).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key]);

  // What the other side does makes a frame old. What time does comes with the clock, which loads both again.
  const others = {
    patient: (events) => events.therapist + events.administrator,
    staff: (events) => events.patient,
  };

  function showLost() {
    byId("lost").textContent = words.lost;
    byId("lost").hidden = false;
  }

  async function ask(address, body) {
    const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    try {
      const answer = await fetch(address, options);
      if (!answer.ok) throw new Error(String(answer.status));
      byId("lost").hidden = true;
      return await answer.json();
    } catch {
      showLost();
      return null;
    }
  }

  // One after the other: two people who sign in at once would end up with each other's pages.
  function inTurn(work) {
    turn = turn.then(work, work);
    return turn;
  }

  async function signIn(role, user) {
    if (signedIn[role] === user) return;
    // The answer leads to a start page, which is not wanted here: only its cookie is.
    const body = new URLSearchParams({ person: user });
    const answer = await fetch("/sign-in", { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (answer && answer.type === "opaqueredirect") signedIn[role] = user;
    else showLost();
  }

  function leave(role) {
    leaving[role] = true;
    seen[role] = others[role](state.events);
  }

  function open(role, address) {
    scrolled[role] = 0;
    leave(role);
    frame(role).contentWindow.location.replace(address);
  }

  // By GET always: a page that answered a form must not send the form again.
  function again(role) {
    const { location, scrollY } = frame(role).contentWindow;
    const query = new URLSearchParams(location.search);
    query.delete("saved");
    scrolled[role] = scrollY;
    leave(role);
    location.replace(location.pathname + (query.size ? `?${query}` : ""));
  }

  function show(id, patientPage = "home", staffPage = "treatment") {
    const person = personOf(id);
    chosen = id;
    showPeople();
    return inTurn(async () => {
      if (chosen !== id) return;
      await signIn("patient", person.patient);
      await signIn("staff", person.staff);
      byId("staff").value = person.staff;
      open("patient", person["has-pages"] ? `/t/${id}/patient/${patientPage}` : "/mine");
      open("staff", person["has-pages"] ? `/t/${id}/therapist/${staffPage}` : `/t/${id}/care`);
      showNames();
    });
  }

  function showNames() {
    const person = personOf(chosen);
    const staff = byId("staff").selectedOptions[0];
    byId("patient-name").textContent = person ? person.name : "";
    frame("patient").title = say("patient-frame", { name: person ? person.name : "" });
    frame("staff").title = say("staff-frame", { name: staff ? staff.textContent : "" });
  }

  function showPeople() {
    const list = byId("people");
    for (const person of state.people) {
      let button = list.querySelector(`[data-person="${CSS.escape(person.id)}"]`);
      if (!button) {
        const row = list.firstElementChild.cloneNode(true);
        button = row.firstElementChild;
        button.dataset.person = person.id;
        button.querySelector(".initial").textContent = person.name.slice(0, 1);
        button.querySelector(".person-name").textContent = person.name;
        list.append(row);
      }
      const line = button.querySelector(".line");
      if (line.textContent !== person.line) line.textContent = person.line;
      line.classList.toggle("line-red", person["is-red"]);
      if (person.id === chosen) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  function take(news) {
    if (!news) return;
    state = news;
    byId("now").textContent = state.now;
    showPeople();
  }

  // A frame in which somebody is writing, or which shows what was wrong with a form, is left alone until that is over.
  function isBusy(role) {
    const page = frame(role).contentDocument;
    if (!page || page.readyState !== "complete" || page.querySelector(".errors")) return true;
    const pending = page.querySelector("[data-save-status]");
    if (pending && Number(pending.dataset.pending || 0) > 0) return true;
    return page.activeElement.matches("input, textarea, select") || [...page.querySelectorAll("input, textarea")].some(isUnsent);
  }

  // What is neither saved as it is typed nor kept by the browser would be lost with its page.
  function isUnsent(input) {
    if (input.type === "hidden" || input.closest("[data-save], [data-keep]")) return false;
    return input.value !== input.defaultValue || Boolean(input.checked) !== Boolean(input.defaultChecked);
  }

  async function look() {
    const news = await ask("/demo/state");
    take(news);
    if (!news || moving) return;
    for (const role of ROLES) {
      if (!leaving[role] && others[role](news.events) > seen[role] && !isBusy(role)) again(role);
    }
  }

  async function moveClock(days) {
    if (moving) return;
    moving = true;
    const buttons = document.querySelectorAll("[data-days]");
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    byId("status").textContent = words.moving;
    const news = await ask("/demo/clock", { days });
    moving = false;
    buttons.forEach((button) => button.removeAttribute("aria-disabled"));
    take(news);
    if (!news) return;
    byId("status").textContent = say("moved", { date: news.now });
    ROLES.forEach(again);
  }

  function showSide(side) {
    stage.dataset.shown = side;
    for (const button of document.querySelectorAll("[data-show]")) {
      button.setAttribute("aria-pressed", String(button.dataset.show === side));
    }
    // With a computer's width for the patient the two sides lie below each other.
    if (stage.dataset.device === "desktop") document.querySelector(`.panel[data-role=${side}]`).scrollIntoView();
  }

  function goTo(number) {
    step = number;
    steps.forEach((one, index) => (one.hidden = index !== step));
    byId("previous").hidden = step === 0;
    byId("next").hidden = step === steps.length - 1;
    const scene = steps[step].dataset;
    showSide(scene.side);
    if (scene.person) return show(scene.person, scene.patientPage, scene.staffPage);
    return chosen ? null : show(state.people[0].id);
  }

  for (const role of ROLES) {
    frame(role).addEventListener("load", () => {
      const shown = frame(role).contentWindow;
      if (shown.location.href === "about:blank") return;
      shown.addEventListener("beforeunload", () => leave(role));
      shown.scrollTo(0, scrolled[role]);
      scrolled[role] = 0;
      leaving[role] = false;
      look();
    });
  }
  byId("people").addEventListener("click", (event) => {
    const button = event.target.closest("[data-person]");
    if (button) show(button.dataset.person);
  });
  byId("staff").addEventListener("change", (event) =>
    inTurn(async () => {
      await signIn("staff", event.target.value);
      open("staff", "/?as=staff");
      showNames();
    }),
  );
  for (const button of document.querySelectorAll("[data-days]")) {
    button.addEventListener("click", () => moveClock(Number(button.dataset.days)));
  }
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => showSide(button.dataset.show));
  }
  for (const input of document.querySelectorAll("[name=device]")) {
    input.addEventListener("change", () => (stage.dataset.device = input.value));
  }
  for (const [id, change] of [["next", 1], ["previous", -1]]) {
    byId(id).addEventListener("click", () => {
      goTo(step + change);
      steps[step].querySelector("h2").focus();
    });
  }

  // Where the patients do not fit beside the frames they are folded away until somebody wants them.
  const wide = window.matchMedia("(min-width: 64rem)");
  const fold = () => (byId("choose").open = wide.matches);
  wide.addEventListener("change", fold);
  fold();

  async function poll() {
    if (document.visibilityState === "visible") await look();
    setTimeout(poll, POLL);
  }
  stage.dataset.device = document.querySelector("[name=device]:checked").value;
  goTo(0).then(poll);
})();
