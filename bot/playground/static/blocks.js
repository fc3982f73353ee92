// Block Kit as elements. `desk.names(id)` names people and channels; `desk.press(...)` acts.
import { h, link, safeAddress, uniqueId } from "./dom.js";
import { input } from "./inputs.js";
import { decode, textObject } from "./mrkdwn.js";

/** The blocks of a message or view; those that are named as one record's are drawn as a card. */
export function renderBlocks(blocks, desk, where) {
  const out = document.createDocumentFragment();
  let card = null;
  let name = null;
  for (const block of blocks) {
    const next = cardOf(block);
    const behindCard = !next && card;
    if (!next) card = null;
    else if (next !== name) out.append((card = h("div", { class: "card" })));
    name = next;
    if (behindCard && block.type === "divider") continue; // the card's own edge divides
    (card ?? out).append(renderBlock(block, desk, where));
  }
  return out;
}

/** "card:2" of a block named "card:2:0"; "card" of one named "card:all-0" or just "card". */
const cardOf = (block) => /^card(?::\d+(?=:|$)|(?=:|$))/.exec(block.block_id ?? "")?.[0] ?? null;

function renderBlock(block, desk, where) {
  const kinds = { section, header, context, actions, divider, image, rich_text, table, input: asked };
  const draw = kinds[block.type];
  if (!draw) return h("p", { class: "block-unknown" }, `(a block of type ${block.type} is not drawn here)`);
  return draw(block, desk, where);
}

function section(block, desk, where) {
  const body = h("div", { class: "section-body" });
  if (block.text) body.append(h("div", { class: "text" }, textObject(block.text, desk.names)));
  if (block.fields) {
    const fields = block.fields.map((field) => h("div", { class: "field" }, textObject(field, desk.names)));
    body.append(h("div", { class: "fields" }, ...fields));
  }
  const accessory = block.accessory ? element(block.accessory, block, desk, where) : null;
  return h("div", { class: "block section" }, body, accessory);
}

function header(block, desk) {
  return h("h2", { class: "block header" }, textObject(block.text, desk.names));
}

function context(block, desk) {
  const items = block.elements.map((item) =>
    item.type === "image" ? picture(item, "small-image") : h("span", { class: "context-text" }, textObject(item, desk.names)),
  );
  return h("div", { class: "block context" }, ...items);
}

function actions(block, desk, where) {
  const controls = block.elements.map((item) => element(item, block, desk, where));
  return h("div", { class: "block actions" }, ...controls);
}

const divider = () => h("hr", { class: "block divider" });

function image(block, desk) {
  const title = block.title ? h("figcaption", {}, textObject(block.title, desk.names)) : null;
  return h("figure", { class: "block" }, title, picture(block, "big-image"));
}

/** Pictures of this server are shown; others would be fetched from elsewhere, so they are links. */
function picture(item, name) {
  const address = safeAddress(item.image_url ?? "");
  const alt = String(item.alt_text ?? "");
  if (address?.startsWith(`${location.origin}/`)) return h("img", { class: name, src: address, alt });
  if (!address) return h("span", { class: "no-image" }, alt);
  return h("span", { class: "no-image" }, link(address, `Picture: ${alt}`));
}

function asked(block, desk, where) {
  return input(block, desk, where);
}

/** One interactive element, or a picture, beside a section or in a row of actions. */
function element(item, block, desk, where) {
  if (item.type === "button") return button(item, block, desk, where);
  if (item.type === "image") return picture(item, "accessory-image");
  if (item.type === "overflow") return overflow(item, block, desk, where);
  return input({ ...block, element: item, bare: true }, desk, where);
}

function button(item, block, desk, where) {
  const label = textObject(item.text, desk.names);
  const style = ["primary", "danger"].includes(item.style) ? item.style : "plain";
  const address = item.url ? safeAddress(item.url) : null;
  const marks = { "aria-label": item.accessibility_label, data: { block: block.block_id, action: item.action_id } };
  if (address) {
    const told = { click: (event) => desk.press(where, block.block_id, item, null, event.currentTarget) };
    const open = h("span", { class: "unseen" }, " (opens in a new tab)");
    return h("a", { class: `button ${style}`, href: address, target: "_blank", rel: "noopener noreferrer", on: told, ...marks }, label, h("span", { class: "out", "aria-hidden": true }, "↗"), open);
  }
  const pressed = async (event) => {
    const control = event.currentTarget;
    if (control.getAttribute("aria-disabled") === "true") return;
    if (item.confirm && !(await desk.confirm(item.confirm, control))) return;
    desk.press(where, block.block_id, item, null, control);
  };
  return h("button", { type: "button", class: `button ${style}`, on: { click: pressed }, ...marks }, label);
}

function overflow(item, block, desk, where) {
  const id = uniqueId("menu");
  const choose = (option) => async (event) => {
    const control = event.currentTarget.closest("details").querySelector("summary");
    event.currentTarget.closest("details").open = false;
    control.focus();
    const address = option.url ? safeAddress(option.url) : null;
    if (address) window.open(address, "_blank", "noopener,noreferrer");
    if (item.confirm && !(await desk.confirm(item.confirm, control))) return;
    desk.press(where, block.block_id, item, option.value, control);
  };
  const options = item.options.map((option) =>
    h("li", {}, h("button", { type: "button", on: { click: choose(option) } }, textObject(option.text, desk.names))),
  );
  const marks = { block: block.block_id, action: item.action_id };
  const summary = h("summary", { class: "button plain", "aria-label": item.accessibility_label ?? "More actions", data: marks }, "⋯");
  const menu = h("details", { class: "overflow" }, summary, h("ul", { id }, ...options));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    summary.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });
  return menu;
}

function table(block, desk) {
  const rows = (block.rows ?? []).map((row, index) =>
    h("tr", {}, ...row.map((cell) => h(index === 0 ? "th" : "td", index === 0 ? { scope: "col" } : {}, cellText(cell, desk)))),
  );
  const head = rows.length ? h("thead", {}, rows[0]) : null;
  return h("div", { class: "block table", tabIndex: 0, role: "region", "aria-label": "Table" }, h("table", {}, head, h("tbody", {}, ...rows.slice(1))));
}

const cellText = (cell, desk) => (cell?.type === "rich_text" ? rich_text(cell, desk) : String(cell?.text ?? ""));

function rich_text(block, desk) {
  const parts = (block.elements ?? []).map((part) => richPart(part, desk));
  return h("div", { class: "block rich-text" }, ...parts);
}

function richPart(part, desk) {
  const runs = () => (part.elements ?? []).map((run) => richRun(run, desk));
  if (part.type === "rich_text_preformatted") return h("pre", { tabIndex: 0 }, h("code", {}, ...runs()));
  if (part.type === "rich_text_quote") return h("blockquote", {}, ...runs());
  if (part.type === "rich_text_list") {
    const items = (part.elements ?? []).map((item) => h("li", {}, richPart(item, desk)));
    const indent = Math.min(Math.max(Number(part.indent) || 0, 0), 4);
    return h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${indent}` }, ...items);
  }
  return h("p", {}, ...runs());
}

function richRun(run, desk) {
  const plain = {
    user: () => h("span", { class: "mention" }, `@${desk.names(run.user_id)}`),
    channel: () => h("span", { class: "mention" }, `#${desk.names(run.channel_id)}`),
    broadcast: () => h("span", { class: "mention" }, `@${run.range}`),
    emoji: () => textObject({ type: "plain_text", text: `:${run.name}:` }, desk.names),
    date: () => String(run.fallback ?? ""),
    link: () => {
      const address = safeAddress(run.url ?? "");
      return address ? link(address, String(run.text ?? run.url)) : String(run.text ?? run.url);
    },
  }[run.type];
  let out = plain ? plain() : decode(String(run.text ?? ""));
  for (const [style, tag] of [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"]]) {
    if (run.style?.[style] === true) out = h(tag, {}, out);
  }
  return out;
}
