// Slack's mrkdwn: *bold* _italic_ ~strike~ `code` ``` blocks, > quotes, <links>, mentions.
import { h, link, safeAddress } from "./dom.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const DEEPEST = 6;
const EMOJI = {
  arrow_left: "←", arrow_right: "→", bar_chart: "📊", bell: "🔔", blue_book: "📘", books: "📚",
  bookmark: "🔖", bulb: "💡", calendar: "📅", eyes: "👀", heavy_check_mark: "✔", information_source: "ℹ️",
  link: "🔗", lock: "🔒", mag: "🔍", memo: "📝", microscope: "🔬", no_entry: "⛔", page_facing_up: "📄",
  question: "❓", rotating_light: "🚨", tada: "🎉", test_tube: "🧪", unlock: "🔓", warning: "⚠️",
  wave: "👋", white_check_mark: "✅", x: "❌",
};

const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
export const decode = (text) => text.replace(/&(?:amp|lt|gt);/g, (found) => entities[found]);
const isWord = (character) => character !== undefined && /[\p{L}\p{N}]/u.test(character);
const isBlank = (character) => character === undefined || /\s/.test(character);

/** The text as elements. `names` gives a display name for an id: names("U1"), names("C1"). */
export function mrkdwn(text, names) {
  const out = document.createDocumentFragment();
  // Split at fences first: nothing inside them is markup.
  const parts = text.split("```");
  const closed = parts.length % 2 === 1;
  parts.forEach((part, index) => {
    const fenced = index % 2 === 1 && (closed || index < parts.length - 1);
    if (fenced) {
      out.append(h("pre", { tabIndex: 0 }, h("code", {}, literal(part.replace(/^\n|\n$/g, "")))));
    } else {
      const unclosed = !closed && index === parts.length - 1 ? "```" : "";
      lines(unclosed + part, names, out);
    }
  });
  return out;
}

function lines(text, names, out) {
  if (text === "") return;
  let quote = null;
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    const body = quoted ? quoted[1] : line;
    const element = h("span", { class: "line" }, inline(body, names, 0));
    if (body.trim() === "") element.classList.add("blank");
    if (isTitle(body)) element.classList.add("title");
    if (quoted) {
      if (!quote) out.append((quote = h("blockquote")));
      quote.append(element);
    } else {
      quote = null;
      out.append(element);
    }
  }
}

/** A line that is nothing but one bold link, numbered or not: the title of a paper. One that has
    no address is a title where it is numbered. */
const isTitle = (line) =>
  /^(?:\d{1,4}\. |[^\p{L}\p{N}*<]{0,4})\*<https?:[^>\n]+>\*\s*$/u.test(line) || /^\d{1,4}\. \*[^*\n]+\*\s*$/.test(line);

function inline(text, names, depth) {
  const out = document.createDocumentFragment();
  const dead = new Set(); // marks that are known to have no end further on
  let plain = "";
  const flush = () => {
    if (plain) out.append(emoji(decode(plain)));
    plain = "";
  };
  for (let at = 0; at < text.length; ) {
    const character = text[at];
    const found = dead.has(character) ? null : marked(text, at, names, depth, dead);
    if (found) {
      flush();
      out.append(found.element);
      at = found.end;
    } else {
      plain += character;
      at += 1;
    }
  }
  flush();
  return out;
}

/** The element that starts at `at`, and where it ends; null when the character is just itself. */
function marked(text, at, names, depth, dead) {
  const character = text[at];
  if (character === "<" || character === "`") {
    const end = text.indexOf(character === "<" ? ">" : "`", at + 1);
    if (end < 0) dead.add(character);
    if (end <= at + 1) return null;
    const inner = text.slice(at + 1, end);
    const element = character === "<" ? angled(inner, names) : h("code", {}, literal(inner));
    return { element, end: end + 1 };
  }
  const tag = MARKS[character];
  if (!tag || depth >= DEEPEST || isWord(text[at - 1]) || isBlank(text[at + 1])) return null;
  const end = closing(text, at, character);
  if (end === null) {
    dead.add(character);
    return null;
  }
  const element = h(tag, {}, inline(text.slice(at + 1, end), names, depth + 1));
  return { element, end: end + 1 };
}

function closing(text, at, character) {
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === "<") {
      const over = text.indexOf(">", end);
      if (over > 0) end = over;
    } else if (text[end] === character && end > at + 1) {
      if (!isBlank(text[end - 1]) && !isWord(text[end + 1])) return end;
    }
  }
  return null;
}

function angled(inner, names) {
  const [target, ...rest] = inner.split("|");
  const label = decode(rest.join("|"));
  if (target.startsWith("@")) return mention(`@${label || names(target.slice(1))}`);
  if (target.startsWith("#")) return mention(`#${label || names(target.slice(1))}`);
  if (target.startsWith("!")) {
    const [kind] = target.slice(1).split("^");
    return kind === "date" ? document.createTextNode(label) : mention(label || `@${kind}`);
  }
  const address = safeAddress(decode(target));
  if (address) return link(address, label || decode(target).replace(/^mailto:/, ""));
  return document.createTextNode(label || `<${decode(target)}>`);
}

const mention = (text) => h("span", { class: "mention" }, text);
const literal = (text) => decode(text.replace(/<((?:https?|mailto):[^>|]+)(?:\|([^>]*))?>/g, (_, url, label) => label || url));

function emoji(text) {
  return document.createTextNode(
    text.replace(/:([a-z_]{1,24}):/g, (whole, name) => (Object.hasOwn(EMOJI, name) ? EMOJI[name] : whole)),
  );
}

/** A text object (mrkdwn or plain_text) as elements. */
export function textObject(object, names) {
  const text = typeof object?.text === "string" ? object.text : "";
  if (object?.type === "mrkdwn") return mrkdwn(text, names);
  return emoji(text);
}

/** The text without its markup, for accessible names and notifications. */
export function plainText(text, names) {
  return h("div", {}, mrkdwn(text, names)).textContent;
}
