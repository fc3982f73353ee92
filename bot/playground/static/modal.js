// Modals: one <dialog> each, closed by Esc, with the focus put back where it was.
import { renderBlocks } from "./blocks.js";
import { h, uniqueId } from "./dom.js";
import { readAll, restore, showErrors } from "./inputs.js";
import { textObject } from "./mrkdwn.js";

const open = new Map(); // view id → { dialog, back }

/** Open a view, or draw it again when it is already open. `back()` gives the element to go back to. */
export function showView({ id, view }, desk, back) {
  const held = open.get(id);
  const dialog = held?.dialog ?? h("dialog", { class: "modal" });
  const typed = held ? readAll(dialog) : {};
  const focused = held ? document.activeElement?.closest("[data-action]")?.dataset.action : null;
  dialog.replaceChildren(content(id, view, desk, dialog));
  restore(dialog, typed);
  if (held) {
    const again = focused && [...dialog.querySelectorAll("[data-action]")].find((item) => item.dataset.action === focused);
    (again?.querySelector("input, textarea, select") ?? again ?? dialog.querySelector(".modal-close")).focus();
    return;
  }
  open.set(id, { dialog, back });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault(); // the server closes it, so that the bot may be told
    dismiss(id, desk);
  });
  dialog.setAttribute("aria-labelledby", `title-${id}`);
  document.body.append(dialog);
  dialog.showModal();
  const first = dialog.querySelector(".modal-body :is(input, textarea, select)") ?? dialog.querySelector(".modal-body");
  first.focus();
}

/** Close a view and go back to the element it was opened from. */
export function hideView(id) {
  const held = open.get(id);
  if (!held) return;
  open.delete(id);
  held.dialog.close();
  held.dialog.remove();
  held.back()?.focus();
}

function dismiss(id, desk) {
  hideView(id);
  desk.act({ kind: "close", view: id });
}

function content(id, view, desk, dialog) {
  const names = desk.names;
  const status = h("p", { class: "status", role: "status" });
  const where = { view: id, values: () => readAll(dialog), say: (line) => (status.textContent = line) };
  const body = h("div", { class: "modal-body", tabIndex: -1 }, renderBlocks(view.blocks, desk, where));
  const leave = () => dismiss(id, desk);
  const submit = view.submit
    ? h("button", { type: "submit", class: "button primary" }, textObject(view.submit, names))
    : null;
  const cancel = h("button", { type: "button", class: "button plain", on: { click: leave } }, view.close ? textObject(view.close, names) : "Close");
  const send = async (event) => {
    event.preventDefault();
    if (!submit || submit.getAttribute("aria-disabled") === "true") return;
    submit.setAttribute("aria-disabled", "true");
    status.textContent = "Sending …";
    const answer = await desk.act({ kind: "submit", view: id, values: readAll(dialog) });
    submit.removeAttribute("aria-disabled");
    showErrors(dialog, answer.errors ?? {});
    status.textContent = answer.notice ?? "";
  };
  return h(
    "form", { class: "modal-form", noValidate: true, on: { submit: send } },
    h("header", { class: "modal-head" },
      h("h2", { id: `title-${id}` }, textObject(view.title, names)),
      h("button", { type: "button", class: "icon-button modal-close", "aria-label": "Close this window", on: { click: leave } }, "✕")),
    body,
    h("footer", { class: "modal-foot" }, status, cancel, submit),
  );
}

/** Ask a yes/no question that a button carries; a promise of the answer. */
export function askFirst(confirm, names, control) {
  return new Promise((resolve) => {
    const id = uniqueId("confirm");
    const dialog = h("dialog", { class: "modal small", "aria-labelledby": id });
    const answer = (yes) => () => {
      dialog.close();
      dialog.remove();
      control.focus();
      resolve(yes);
    };
    const style = confirm.style === "danger" ? "danger" : "primary";
    dialog.append(
      h("header", { class: "modal-head" }, h("h2", { id }, textObject(confirm.title, names))),
      h("div", { class: "modal-body" }, textObject(confirm.text, names)),
      h("footer", { class: "modal-foot" },
        h("button", { type: "button", class: "button plain", on: { click: answer(false) } }, textObject(confirm.deny, names)),
        h("button", { type: "button", class: `button ${style}`, on: { click: answer(true) } }, textObject(confirm.confirm, names))),
    );
    dialog.addEventListener("cancel", answer(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}
