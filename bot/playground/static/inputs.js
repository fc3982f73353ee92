// Inputs and menus, in modals, in messages and on the home tab.
import { h, uniqueId } from "./dom.js";
import { textObject } from "./mrkdwn.js";

const TEXT_TYPES = {
  plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "number",
  datepicker: "date", timepicker: "time",
};
const words = (object) => String(object?.text ?? "");

/** An input block, or (when `block.bare`) a menu among actions. */
export function input(block, desk, where) {
  const item = block.element;
  const id = uniqueId("input");
  const label = block.bare ? words(item.placeholder) || item.accessibility_label || "Choose" : words(block.label);
  const describedBy = `${id}-hint ${id}-error`;
  const act = block.bare || block.dispatch_action;
  const changed = (control) => {
    if (act) desk.press(where, block.block_id, item, read(control.closest("[data-input]")), control);
  };
  const control = draw(item, { id, label, describedBy, changed, required: !block.bare && !block.optional }, desk);
  const holder = { class: block.bare ? "menu" : "block input", data: { input: item.type, block: block.block_id, action: item.action_id } };
  if (block.bare) {
    const hidden = isGroup(item) ? null : h("label", { class: "unseen", for: id }, label);
    return h("div", holder, hidden, control);
  }
  const hint = block.hint ? textObject(block.hint, desk.names) : "";
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  const title = isGroup(item) ? null : h("label", { for: id }, label, optional);
  return h(
    "div", holder, title, control,
    h("p", { class: "input-hint", id: `${id}-hint` }, hint),
    h("p", { class: "input-error", id: `${id}-error`, role: "alert" }),
  );
}

const isGroup = (item) => ["radio_buttons", "checkboxes"].includes(item.type);

function draw(item, about, desk) {
  const { id, describedBy, changed, required } = about;
  const common = { id, "aria-describedby": describedBy, "aria-required": required, placeholder: words(item.placeholder) };
  const on = { change: (event) => changed(event.currentTarget) };
  if (item.type in TEXT_TYPES) {
    const value = item.initial_value ?? item.initial_date ?? item.initial_time ?? "";
    const limits = { maxLength: item.max_length ?? 3000, value };
    if (item.multiline) return h("textarea", { ...common, ...limits, rows: 4, on });
    return h("input", { ...common, ...limits, type: TEXT_TYPES[item.type], on });
  }
  if (isGroup(item)) return group(item, about, desk);
  if (["static_select", "multi_static_select"].includes(item.type)) return select(item, common, on, about);
  if (item.type === "users_select") return plainSelect(desk.people(), common, on, item.initial_user);
  if (["channels_select", "conversations_select"].includes(item.type)) {
    return plainSelect(desk.places(), common, on, item.initial_channel ?? item.initial_conversation);
  }
  return h("p", { id, class: "block-unknown" }, `(an element of type ${item.type} is not drawn here)`);
}

function select(item, common, on, about) {
  const many = item.type === "multi_static_select";
  const chosen = new Set([item.initial_option, ...(item.initial_options ?? [])].map((option) => option?.value));
  const make = (option) => h("option", { value: option.value, selected: chosen.has(option.value) }, words(option.text));
  const groups = item.option_groups?.map((set) => h("optgroup", { label: words(set.label) }, ...set.options.map(make)));
  const empty = many ? null : h("option", { value: "" }, words(item.placeholder) || about.label || "Choose");
  const control = h("select", { ...common, placeholder: null, multiple: many, on }, empty, ...(groups ?? item.options.map(make)));
  return control;
}

function plainSelect(choices, common, on, initial) {
  const options = choices.map(({ id, name }) => h("option", { value: id, selected: id === initial }, name));
  return h("select", { ...common, placeholder: null, on }, h("option", { value: "" }, "Choose"), ...options);
}

function group(item, { id, label, describedBy, changed }, desk) {
  const one = item.type === "radio_buttons";
  const chosen = new Set([item.initial_option, ...(item.initial_options ?? [])].map((option) => option?.value));
  const on = { change: (event) => changed(event.currentTarget) };
  const choices = item.options.map((option) =>
    h(
      "label", { class: "choice" },
      h("input", { type: one ? "radio" : "checkbox", name: id, value: option.value, checked: chosen.has(option.value), on }),
      h("span", {}, textObject(option.text, desk.names), option.description ? h("small", {}, " ", textObject(option.description, desk.names)) : null),
    ),
  );
  return h("fieldset", { id, "aria-describedby": describedBy }, h("legend", {}, label), ...choices);
}

/** What stands in one input: a string, a list of strings, or null. */
export function read(holder) {
  const kind = holder.dataset.input;
  if (kind === "checkboxes") return [...holder.querySelectorAll("input:checked")].map((box) => box.value);
  if (kind === "radio_buttons") return holder.querySelector("input:checked")?.value ?? null;
  const control = holder.querySelector("input, textarea, select");
  if (kind === "multi_static_select") return [...control.selectedOptions].map((option) => option.value);
  return control?.value || null;
}

/** Every input inside a container: block id, action id, value. */
export function readAll(container) {
  const values = {};
  for (const holder of container.querySelectorAll("[data-input]")) {
    const { block, action } = holder.dataset;
    (values[block] ??= {})[action] = read(holder);
  }
  return values;
}

/** Put what `readAll` gave back into inputs of the same ids (a modal that was drawn again). */
export function restore(container, values) {
  for (const holder of container.querySelectorAll("[data-input]")) {
    const value = values[holder.dataset.block]?.[holder.dataset.action];
    if (value === undefined) continue;
    const chosen = new Set([value].flat());
    for (const box of holder.querySelectorAll("input[type=radio], input[type=checkbox]")) box.checked = chosen.has(box.value);
    const control = holder.querySelector("input:not([type=radio], [type=checkbox]), textarea, select");
    if (control?.multiple) for (const option of control.options) option.selected = chosen.has(option.value);
    else if (control) control.value = value ?? "";
  }
}

/** Say at each named block what is wrong with it, and go to the first. */
export function showErrors(container, errors) {
  let first = null;
  for (const holder of container.querySelectorAll(".input[data-input]")) {
    const message = errors[holder.dataset.block] ?? "";
    holder.querySelector(".input-error").textContent = message;
    const control = holder.querySelector("input, textarea, select, fieldset");
    control?.toggleAttribute("aria-invalid", Boolean(message));
    if (message) {
      control?.setAttribute("aria-invalid", "true");
      first ??= control;
    }
  }
  first?.focus();
}
