// Saves what is typed, field by field, and keeps it in the browser until the server has said that it has it.
// The contract with the server stands in designtool/render/forms.py. Without this file every form still works by its buttons.
"use strict";

(() => {
  const PREFIX = "designtool:";
  const SENT = "designtool-sent";
  const TYPING_PAUSE = 600;
  const SLOW = 800;
  const LONGEST_WAIT = 60000;

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
    let revision = seen ? Number(seen.value) : null;
    const told = {};
    let busy = false;
    let stopped = false;
    let wait = 0;
    let timer = 0;

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
    }

    async function send() {
      const name = Object.keys(kept.fields)[0];
      if (busy || stopped || name === undefined) return;
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
          body: JSON.stringify({ field: name, value, entry_date: entryDate, revision: told[name] ?? revision }),
        });
        if (response.ok || response.status === 409) answer = await response.json();
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
      } else if (response && response.status >= 400 && response.status < 500 && response.status !== 408 && response.status !== 429) {
        settled(name, value, "refused", null);
      } else {
        wait = Math.min(LONGEST_WAIT, wait ? wait * 2 : 2000);
        show("offline");
        clearTimeout(timer);
        timer = setTimeout(send, wait);
      }
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
      applyHidden(answer.hidden || []);
      applyValues(answer.values || {});
      applyErrors(name, answer.errors || {});
      applyPages(answer.pages || "");
      settled(name, value, "saved", answer);
    }

    function applyHidden(hidden) {
      for (const field of form.querySelectorAll("[data-field]")) {
        const name = field.dataset.field;
        if (name.includes(".")) continue;
        const hide = hidden.includes(name);
        if (field.hidden && !hide) {
          const label = field.querySelector(".field-label");
          announcer.textContent = announcer.dataset.textShown.replace("{label}", label ? label.textContent.trim() : name);
        }
        field.hidden = hide;
      }
    }

    function applyValues(values) {
      for (const output of form.querySelectorAll("[data-value]")) {
        const name = output.dataset.value;
        if (name in values) output.textContent = values[name] || (name.includes(".") ? "–" : announcer.dataset.textNotComputed);
      }
    }

    function applyErrors(saved, errors) {
      for (const words of form.querySelectorAll("[data-error]")) {
        const name = words.dataset.error;
        if (name !== saved && !(name in errors)) continue;
        const line = words.parentElement;
        const inputs = named(form, name);
        words.textContent = errors[name] || "";
        line.hidden = !errors[name];
        line.closest("[data-field]").classList.toggle("field-wrong", Boolean(errors[name]));
        const described = inputs.length === 1 ? inputs[0] : line.closest("[data-field]");
        const others = (described.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== line.id);
        const ids = errors[name] ? [...others, line.id] : others;
        if (ids.length) described.setAttribute("aria-describedby", ids.join(" "));
        else described.removeAttribute("aria-describedby");
        if (inputs.length === 1) {
          if (errors[name]) inputs[0].setAttribute("aria-invalid", "true");
          else inputs[0].removeAttribute("aria-invalid");
        }
      }
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

    form.addEventListener("input", (event) => isAnswer(event.target) && note(event.target.name));
    form.addEventListener("change", (event) => isAnswer(event.target) && note(event.target.name));
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-add-row]");
      if (!button) return;
      event.preventDefault();
      addRow(button);
    });
    form.addEventListener("submit", (event) => {
      if (navigator.onLine === false) {
        event.preventDefault();
        show("offline");
        return;
      }
      clearTimeout(timer);
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
  if (errors) errors.focus();
  // The preview replaces pieces of the page: what is new in them is taken up when it says so.
  document.addEventListener("designtool:replaced", (event) => {
    event.target.querySelectorAll("form[data-save]").forEach(autosave);
    event.target.querySelectorAll("form[data-keep]").forEach(keepText);
    useTemplates(event.target);
  });
})();
