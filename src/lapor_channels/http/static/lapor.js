/* Tells before a form is sent what the server would tell afterwards. Every page does its work without this. */

"use strict";

/* A textarea with data-limit says below itself how much room is left, once that is little, and how much is too much. */
for (const field of document.querySelectorAll("textarea[data-limit]")) {
  const limit = Number(field.dataset.limit);
  const note = document.createElement("p");
  note.className = "count";
  note.setAttribute("role", "status");
  field.after(note);
  const count = () => {
    const left = limit - [...field.value.trim()].length;
    const words = left < 0 ? field.dataset.over : left <= limit / 10 ? field.dataset.left : "";
    note.textContent = words.replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
    note.classList.toggle("fault", left < 0);
  };
  field.addEventListener("input", count);
  count();
}

/* A field of files with data-limit names each that is too large, for no browser keeps them once they were refused. */
for (const field of document.querySelectorAll("input[type=file][data-limit]")) {
  const note = document.createElement("p");
  note.className = "fault";
  note.setAttribute("role", "status");
  field.after(note);
  field.addEventListener("change", () => {
    const large = [...field.files].filter(file => file.size > Number(field.dataset.limit));
    const many = field.files.length > Number(field.dataset.count);
    note.textContent = [
      ...large.map(file => `${file.name}: ${field.dataset.large}`),
      ...(many ? [field.dataset.many] : []),
    ].join("\n");
  });
  field.form.addEventListener("submit", event => {
    if (note.textContent) {
      event.preventDefault();
      field.focus();
    }
  });
}

/* A form that is on its way is not sent again: the second answer would take the place of the first, which alone has the PIN. */
const underway = new WeakSet();
const AGAIN_AFTER = 10000; // milliseconds; whoever broke it off wants to send it once more
document.addEventListener("submit", event => {
  if (event.defaultPrevented) return;
  if (underway.has(event.target)) {
    event.preventDefault();
    return;
  }
  underway.add(event.target);
  setTimeout(() => underway.delete(event.target), AGAIN_AFTER);
});
window.addEventListener("pageshow", event => {
  if (event.persisted) for (const form of document.forms) underway.delete(form);
});
