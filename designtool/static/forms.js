// Saves what is typed, field by field, and keeps it in the browser until the server has said that it has it.
// While somebody writes it also shows and hides fields, works values out and asks again, as the server will after the save, which
// has the last word. The contract with the server stands in designtool/render/forms.py. Without this file every form still works
// by its buttons.

import { clock, duration, readAnswer, writtenBack } from "./answers.js";
import { Rational } from "./expressions.js";
import { corrections, workOut } from "./live.js";

const PREFIX = "designtool:";
const SENT = "designtool-sent";
const TYPING_PAUSE = 600;
const SLOW = 800;
const LONGEST_WAIT = 60000;
const LONGEST_SAVE = 10000;

// What has not reached the server yet. A browser that refuses to store is no reason to stop saving.
const storage = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + key)) || {};
    } catch {
      return {};
    }
  },
  write(key, kept) {
    try {
      if (Object.keys(kept.fields || {}).length || kept.text) localStorage.setItem(PREFIX + key, JSON.stringify(kept));
      else localStorage.removeItem(PREFIX + key);
    } catch {
      // Full or forbidden: the page itself still holds the answers.
    }
  },
  noteSent(key) {
    try {
      sessionStorage.setItem(SENT, PREFIX + key);
    } catch {
      // Then it is kept a little longer than it needs to be.
    }
  },
  // The one form whose answer this page is, and only when it says that it was taken: another one may never have arrived.
  forgetSent(wasTaken) {
    try {
      const key = sessionStorage.getItem(SENT);
      sessionStorage.removeItem(SENT);
      if (key && wasTaken) localStorage.removeItem(key);
    } catch {
      // Nothing was stored then.
    }
  },
};

// The names of the inputs that belong to a field, as render.fields writes them.
const fieldOf = (name) => name.split(".")[0];

const named = (form, name) => [...form.elements].filter((input) => input.name === name);

function valueOf(form, name) {
  const inputs = named(form, name);
  const first = inputs[0];
  if (!first) return null;
  if (first.type === "checkbox") return inputs.filter((input) => input.checked).map((input) => input.value);
  if (first.type === "radio") return (inputs.find((input) => input.checked) || { value: null }).value;
  return first.value === "" ? null : first.value;
}

function setValue(form, name, value) {
  for (const input of named(form, name)) {
    if (input.type === "checkbox") input.checked = Array.isArray(value) && value.includes(input.value);
    else if (input.type === "radio") input.checked = input.value === value;
    else input.value = value === null ? "" : value;
  }
}

const isAnswer = (input) =>
  input.name && input.type !== "hidden" && input.type !== "submit" && !input.name.startsWith("confirmed-");

// What the inputs of a field hold, in the shape in which the server gets it.
function rawOf(form, field) {
  // What has no inputs on the page was given before: of a plan that is followed up, all that was planned.
  const written = (name, given) => (named(form, name).length ? valueOf(form, name) : (given ?? null));
  const inside = (name, given) =>
    Object.fromEntries(field.columns.map(({ id }) => [id, written(`${name}.${id}`, given?.[id])]));
  if (field.type === "ranking") {
    return (field.options ?? []).map((_, place) => written(`${field.id}.${place}`, field.given?.[place]));
  }
  if (field.type !== "table") return written(field.id, field.given);
  if (field.named_rows) return (field.rows ?? []).map((row) => inside(`${field.id}.${row}`, null));
  const shown = form.querySelector(`[data-rows="${CSS.escape(field.id)}"]`)?.children.length ?? 0;
  const length = Math.max(shown, field.given?.length ?? 0);
  return Array.from({ length }, (_, row) => inside(`${field.id}.${row}`, field.given?.[row]));
}

// Shows and hides the form's fields and works its values out while somebody writes. Null where the page tells nothing of the form.
function liveForm(form, announcer) {
  if (!form.dataset.live) return null;
  const told = JSON.parse(form.dataset.live);
  const fieldAt = (name) => [...form.querySelectorAll("[data-field]")].find((one) => one.dataset.field === name);
  const labelOf = (name) => {
    const label = fieldAt(name)?.querySelector(".field-label");
    return ((label?.querySelector(".item-text") ?? label?.firstChild)?.textContent ?? name).trim();
  };
  let hiddenByServer = new Set(told.fields.map(({ id }) => id).filter((id) => fieldAt(id)?.hidden));
  const asking = new Map();
  const mistakes = new Map();
  const announcements = [];

  const raw = () => Object.fromEntries(told.fields.map((field) => [field.id, rawOf(form, field)]));

  function showFields(hidden) {
    const appeared = told.fields.map(({ id }) => id).filter((id) => fieldAt(id)?.hidden && !hidden.has(id));
    for (const { id } of told.fields) {
      const field = fieldAt(id);
      if (field) field.hidden = hidden.has(id);
    }
    if (!appeared.length) return;
    const words = appeared.length > 1 ? announcer.dataset.textManyShown : announcer.dataset.textShown;
    announce(words.replace("{count}", appeared.length).replace("{label}", labelOf(appeared[0])));
  }

  // Politely, and what happens at once in one go: the second of two would silence the first.
  function announce(words) {
    announcements.push(words);
    queueMicrotask(() => {
      if (announcements.length) announcer.textContent = announcements.splice(0).join(" ");
    });
  }

  function showValues(said) {
    for (const output of form.querySelectorAll("[data-value]")) {
      const name = output.dataset.value;
      const words = said[name] || (name.includes(".") ? "–" : announcer.dataset.textNotComputed);
      if (name in said && output.textContent !== words) output.textContent = words;
    }
  }

  function refresh() {
    const now = workOut(told, raw(), hiddenByServer);
    showFields(now.hidden);
    showValues(now.said);
    return now;
  }

  // The server has the last word, unless something has been written since that it has not seen or cannot read.
  function accept(answer, isLatest) {
    hiddenByServer = new Set(answer.hidden ?? []);
    const now = refresh();
    showValues(Object.fromEntries(Object.entries(answer.values ?? {}).filter(([name]) => !(name in now.said))));
    if (!isLatest || now.unread.size) return;
    showFields(hiddenByServer);
    showValues(answer.values ?? {});
  }

  // Says what is wrong with what has just been left, and asks again about what does not hold, at its field. While somebody is
  // writing it all only goes away.
  function ask(left) {
    const { broken, unread } = refresh();
    for (const [name, message] of mistakes) {
      if (unread.get(name) === message) continue;
      mistakes.delete(name);
      if (errorAt(form, name)?.textContent === message) showError(form, name, "", false);
    }
    if (unread.get(left)) {
      if (errorAt(form, left)?.textContent !== unread.get(left)) announce(unread.get(left));
      mistakes.set(left, unread.get(left));
      showError(form, left, unread.get(left), false);
    }
    const isWriting = left === null;
    const blocking = broken.filter(({ level }) => level === "block");
    const questions = blocking.length ? blocking : broken;
    for (const name of new Set(told.constraints.map(({ field }) => field))) {
      const mine = questions.filter(({ field }) => field === name);
      const message = mine.map((one) => one.message).join(" ");
      if (!fieldAt(name) || message === (asking.get(name) ?? "") || (isWriting && message)) continue;
      // What cannot be read is said first.
      if (errorAt(form, name).textContent !== (asking.get(name) ?? "")) continue;
      if (message) announce(message);
      if (message) asking.set(name, message);
      else asking.delete(name);
      showError(form, name, message, mine.every(({ level }) => level === "confirm"));
      showCorrections(name, mine);
    }
  }

  function showCorrections(name, questions) {
    const found = questions.flatMap((one) => corrections(told, raw(), one, hiddenByServer));
    const different = new Map(found.map((one) => [`${one.field} ${one.time}`, one]));
    const buttons = [...different.values()].map(({ field, time }) => {
      const answer = clock(time, told.language);
      const line = document.createElement("p");
      const words = document.createElement("span");
      const button = document.createElement("button");
      line.className = "correction";
      words.textContent = announcer.dataset.textCorrection.replace("{answer}", answer).replace("{label}", labelOf(field));
      button.type = "button";
      button.className = "button button-secondary";
      button.textContent = announcer.dataset.textCorrect.replace("{answer}", answer);
      button.addEventListener("click", () => {
        const input = named(form, field)[0];
        input.value = answer;
        input.dispatchEvent(new Event("change", { bubbles: true }));
        input.focus();
      });
      line.append(words, button);
      return line;
    });
    fieldAt(name).querySelector("[data-corrections]")?.replaceChildren(...buttons);
  }

  // The field or the column that an input belongs to.
  function declared(name) {
    const [id, ...inside] = name.split(".");
    const field = told.fields.find((one) => one.id === id);
    return inside.length ? field?.columns?.find((column) => column.id === inside.at(-1)) : field;
  }

  // How what stands in an input is understood, beside it where that is not what stands there.
  function readBack(input) {
    const place = form.querySelector(`[data-read-back="${CSS.escape(input.name)}"]`);
    const field = declared(input.name);
    const value = place && field ? understood(field, input.value) : null;
    if (!place) return;
    const isLong = field?.type === "minutes" && value instanceof Rational && value.compare(new Rational(60n)) >= 0;
    const isSaid = value !== null && (isLong || writtenBack(field, value, told.language) !== input.value.trim());
    const answer = isSaid ? (field.type === "minutes" ? duration(value, told.language) : clock(value, told.language)) : "";
    place.textContent = isSaid ? announcer.dataset.textUnderstood.replace("{answer}", answer) : "";
  }

  // The text that says what was meant, for an input that has been left; null where nothing is to change.
  function rewritten(input) {
    const field = input.type === "text" ? declared(input.name) : null;
    const value = field ? understood(field, input.value) : null;
    const text = value === null ? null : writtenBack(field, value, told.language);
    return text === null || text === input.value ? null : text;
  }

  for (const { field: name, message } of told.constraints) {
    const stands = fieldAt(name) ? errorAt(form, name).textContent : "";
    if (stands.includes(message)) asking.set(name, stands);
  }
  refresh();
  form.querySelectorAll("[data-read-back]").forEach((place) => named(form, place.dataset.readBack).forEach(readBack));
  const isAsking = (name) => asking.has(name) && asking.get(name) === errorAt(form, name)?.textContent;
  return { accept, ask, isAsking, readBack, refresh, rewritten, prefilled: new Set(told.prefilled) };
}

function understood(field, written) {
  try {
    return readAnswer(field, written);
  } catch {
    // It says nothing yet, or nothing that can be read: the server says what is wrong with it.
    return null;
  }
}

const errorAt = (form, name) => form.querySelector(`[data-error="${CSS.escape(name)}"]`);

// What is wrong at a field, or no longer; a doubt can be answered with yes.
function showError(form, name, message, isDoubt) {
  const words = errorAt(form, name);
  if (!words) return;
  const line = words.parentElement;
  const field = line.closest("[data-field]");
  const inputs = named(form, name).filter((input) => input.type !== "hidden");
  const isNew = words.textContent !== message;
  words.textContent = message;
  line.hidden = !message;
  field.classList.toggle("field-wrong", Boolean(message) && !isDoubt);
  field.classList.toggle("field-doubt", Boolean(message) && isDoubt);
  const described = inputs.length === 1 ? inputs[0] : field;
  const others = (described.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== line.id);
  const ids = message ? [...others, line.id] : others;
  if (ids.length) described.setAttribute("aria-describedby", ids.join(" "));
  else described.removeAttribute("aria-describedby");
  if (inputs.length === 1) {
    if (message && !isDoubt) inputs[0].setAttribute("aria-invalid", "true");
    else inputs[0].removeAttribute("aria-invalid");
  }
  const confirm = field.querySelector(`[data-confirm="${CSS.escape(name)}"]`);
  if (!confirm) return;
  confirm.hidden = !message || !isDoubt;
  // Yes was said about another question.
  if (isNew) confirm.querySelector("input").checked = false;
  if (!message) field.querySelector("[data-corrections]")?.replaceChildren();
}

function autosave(form) {
  const address = form.dataset.save;
  const entryDate = form.dataset.entryDate || "";
  const key = address + (entryDate ? "?" + entryDate : "") + (form.dataset.copy ? "#" + form.dataset.copy : "");
  const status = form.querySelector("[data-save-status]");
  const announcer = form.querySelector("[data-announce]");
  const token = (form.elements["csrf-token"] || {}).value || "";
  const kept = { fields: {}, ...storage.read(key) };
  const acknowledged = {};
  const seen = form.elements["form-revision"];
  const ownPage = form.elements["form-page"]?.value;
  let revision = seen ? Number(seen.value) : null;
  const told = {};
  const live = liveForm(form, announcer);
  let busy = false;
  let stopped = false;
  let wait = 0;
  let timer = 0;
  let pause = 0;
  let reaction = 0;
  let leaving = null;

  function show(state, time) {
    status.dataset.state = state;
    const words = status.getAttribute("data-text-" + state).replace("{time}", time || "");
    if (status.textContent !== words) status.textContent = words;
  }

  function keep() {
    status.dataset.pending = Object.keys(kept.fields).length;
    storage.write(key, kept);
  }

  function note(name) {
    const value = valueOf(form, name);
    if (!(name in kept.fields) && JSON.stringify(value) === acknowledged[name]) return;
    kept.fields[name] = value;
    keep();
    clearTimeout(timer);
    timer = setTimeout(send, TYPING_PAUSE);
    clearTimeout(pause);
    pause = setTimeout(() => named(form, name).forEach((input) => live?.readBack(input)), TYPING_PAUSE);
  }

  async function send() {
    const name = Object.keys(kept.fields)[0];
    if (busy || stopped || leaving || name === undefined) return;
    busy = true;
    const value = kept.fields[name];
    const slow = setTimeout(() => show("saving"), SLOW);
    let response = null;
    let answer = null;
    try {
      response = await fetch(address, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
        body: JSON.stringify({ field: name, value, entry_date: entryDate, revision: told[name] ?? revision, page: ownPage }),
      });
      if (response.ok || response.status === 409) answer = await response.json();
      else if (response.status === 422) answer = await response.json().catch(() => null);
    } catch {
      response = null;
    }
    clearTimeout(slow);
    busy = false;
    if (response && response.ok && answer) accepted(name, value, answer);
    else if (response && response.status === 409) settled(name, value, "conflict", answer);
    else if (response && (response.status === 401 || response.status === 403)) {
      stopped = true;
      show("signed-out");
    } else if (response?.status === 422 && answer?.paused) {
      // The form may go on one day: what was written waits in the browser until then.
      stopped = true;
      showError(form, name, answer.error, false);
      show("refused");
    } else if (response && response.status >= 400 && response.status < 500 && response.status !== 408 && response.status !== 429) {
      if (answer?.error) showError(form, name, answer.error, false);
      settled(name, value, "refused", null);
    } else {
      wait = Math.min(LONGEST_WAIT, wait ? wait * 2 : 2000);
      show("offline");
      clearTimeout(timer);
      timer = setTimeout(send, wait);
    }
    if (!leaving) return;
    const { button, limit } = leaving;
    clearTimeout(limit);
    leaving = null;
    // Signed out or without a connection the page stays, with all that was written on it.
    if (response && response.status < 500 && !stopped) form.requestSubmit(button);
  }

  // A save that is under way when the form is sent could arrive after it, with an older answer: the form waits for it.
  function waitForSave(button) {
    if (leaving) return;
    const goOn = () => {
      leaving = null;
      busy = false;
      form.requestSubmit(button);
    };
    leaving = { button, limit: setTimeout(goOn, LONGEST_SAVE) };
    show("saving");
  }

  // Forgets what has been dealt with, unless it was changed again meanwhile, and goes on with the next.
  function settled(name, value, state, answer) {
    if (answer && answer.revision !== undefined) {
      // What the page does not show has not been seen: only a field that the patient was told about counts as newer.
      if (state === "conflict") {
        told[name] = answer.revision;
        // Leaving the field is no answer to what was told.
        acknowledged[name] = JSON.stringify(value);
      }
      if (state !== "conflict" && !seen) revision = answer.revision;
    }
    if (JSON.stringify(kept.fields[name]) === JSON.stringify(value)) delete kept.fields[name];
    keep();
    wait = 0;
    show(state, answer && answer.saved);
    if (state !== "conflict" || Object.keys(kept.fields).length) send();
  }

  function accepted(name, value, answer) {
    acknowledged[name] = JSON.stringify(value);
    const wrong = (answer.errors || {})[name] || "";
    // A question that is asked of the whole form is no matter of this one answer.
    if (wrong || !live?.isAsking(name)) showError(form, name, wrong, false);
    applyPages(answer.pages || "");
    settled(name, value, "saved", answer);
    live?.accept(answer, !Object.keys(kept.fields).length);
  }

  function applyPages(html) {
    const place = form.querySelector("[data-pages]");
    if (html && place.dataset.shown !== html) {
      place.dataset.shown = html;
      place.innerHTML = html;
    }
  }

  function addRow(button) {
    const table = button.dataset.addRow;
    const rows = form.querySelector(`[data-rows="${CSS.escape(table)}"]`);
    const template = form.querySelector(`[data-row-template="${CSS.escape(table)}"]`);
    const at = rows.children.length;
    const row = template.content.cloneNode(true);
    for (const part of row.querySelectorAll("*")) {
      for (const attribute of [...part.attributes]) {
        if (attribute.value.includes("__row__")) part.setAttribute(attribute.name, attribute.value.replaceAll("__row__", at));
      }
    }
    const legend = row.querySelector("legend");
    legend.textContent = legend.textContent.replace("__number__", at + 1);
    rows.append(row);
    const first = rows.lastElementChild.querySelector("input, textarea, select");
    if (first) first.focus();
    announcer.textContent = announcer.dataset.textRow;
    button.hidden = Boolean(button.dataset.mostRows) && rows.children.length >= Number(button.dataset.mostRows);
  }

  for (const [name, value] of Object.entries(kept.fields)) {
    let row = name.match(/^([^.]+)\.(\d+)\./);
    while (row && !named(form, name).length) {
      const button = form.querySelector(`[data-add-row="${CSS.escape(row[1])}"]`);
      const rows = form.querySelector(`[data-rows="${CSS.escape(row[1])}"]`);
      if (button && rows && rows.children.length <= Number(row[2])) addRow(button);
      else row = null;
    }
    setValue(form, name, value);
  }
  live?.refresh();

  // What was proposed to begin with becomes the patient's own with the first thing that is written beside it.
  function notePrefilled() {
    const names = [...form.elements].filter(isAnswer).map((input) => input.name);
    const proposed = names.filter((name) => live.prefilled.has(fieldOf(name)) && valueOf(form, name)?.length);
    live.prefilled.clear();
    proposed.forEach(note);
  }

  // The same answer in other words: what has been saved or is on its way stays so.
  function rewrite(input) {
    const text = live?.rewritten(input) ?? null;
    if (text === null) return;
    const [before, after] = [JSON.stringify(input.value), JSON.stringify(text)];
    if (acknowledged[input.name] === before) acknowledged[input.name] = after;
    if (JSON.stringify(kept.fields[input.name]) === before) kept.fields[input.name] = text;
    input.value = text;
  }

  function written(event, isLeft) {
    const input = event.target;
    if (!isAnswer(input)) return;
    if (input.type === "radio") showClear(input.name);
    if (isLeft) rewrite(input);
    note(input.name);
    if (!live) return;
    if (live.prefilled.size) notePrefilled();
    if (isLeft) live.readBack(input);
    const isWriting = !isLeft && ["text", "textarea"].includes(input.type);
    clearTimeout(reaction);
    // Half a clock time is one too: what comes of it would be read out at every key.
    if (isWriting) reaction = setTimeout(() => live.ask(null), TYPING_PAUSE);
    else live.ask(input.name);
  }

  // A choice can be taken back while there is one.
  function showClear(name) {
    const button = form.querySelector(`[data-clear="${CSS.escape(name)}"]`);
    if (button) button.hidden = valueOf(form, name) === null;
  }

  function clear(button) {
    const inputs = named(form, button.dataset.clear);
    for (const input of inputs) input.checked = false;
    announcer.textContent = announcer.dataset.textCleared;
    inputs[0].focus();
    inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
  }

  form.querySelectorAll("[data-clear]").forEach((button) => showClear(button.dataset.clear));
  form.addEventListener("input", (event) => written(event, false));
  form.addEventListener("change", (event) => written(event, true));
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row], [data-clear]");
    if (!button) return;
    event.preventDefault();
    if (button.dataset.clear) clear(button);
    else addRow(button);
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine === false) {
      event.preventDefault();
      show("offline");
      return;
    }
    clearTimeout(timer);
    if (busy) {
      event.preventDefault();
      waitForSave(event.submitter);
      return;
    }
    storage.noteSent(key);
  });
  window.addEventListener("online", () => {
    wait = 0;
    send();
  });
  status.dataset.pending = Object.keys(kept.fields).length;
  show("ready");
  send();
}

// Messages and feedback are not saved on the server before they are sent: the browser keeps them till then.
function keepText(form) {
  const area = form.querySelector("textarea");
  const key = location.pathname + "#" + form.dataset.keep;
  const kept = storage.read(key);
  if (kept.text && !area.value) area.value = kept.text;
  area.addEventListener("input", () => storage.write(key, { text: area.value }));
  form.addEventListener("submit", () => {
    storage.write(key, { text: area.value });
    storage.noteSent(key);
  });
}

function useTemplates(place) {
  for (const button of place.querySelectorAll("[data-use-template]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const area = document.getElementById(button.dataset.useTemplate);
      const source = button.closest(".reveal-body").querySelector("[data-template-text]");
      const words = [...source.children].map((part) => part.innerText.trim()).join("\n\n");
      area.value = area.value.trim() ? area.value.trimEnd() + "\n\n" + words : words;
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
  }
}

storage.forgetSent(Boolean(document.querySelector(".saved")));
// Whoever loads the page again, or comes back to it, has not saved once more.
const here = new URL(location.href);
if (here.searchParams.has("saved")) {
  here.searchParams.delete("saved");
  history.replaceState(history.state, "", here);
}
document.querySelectorAll("form[data-save]").forEach(autosave);
document.querySelectorAll("form[data-keep]").forEach(keepText);
useTemplates(document);
const errors = document.querySelector(".errors");
if (errors) {
  errors.focus();
  errors.addEventListener("click", (event) => {
    const field = document.getElementById(event.target.closest("a")?.hash.slice(1) ?? "");
    if (!field) return;
    event.preventDefault();
    field.scrollIntoView({ block: "start" });
    (field.querySelector("input:not([type=hidden]), textarea, select") ?? field).focus({ preventScroll: true });
  });
}
// The preview replaces pieces of the page: what is new in them is taken up when it says so.
document.addEventListener("designtool:replaced", (event) => {
  event.target.querySelectorAll("form[data-save]").forEach(autosave);
  event.target.querySelectorAll("form[data-keep]").forEach(keepText);
  useTemplates(event.target);
});
