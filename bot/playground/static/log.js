// A log of messages: the main one, or the one of a thread.
import { renderBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

const NEAR = 48; // pixels from the end that still count as reading the end
const TOGETHER = 300; // seconds within which one person's messages stand together
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const time = (moment) => (moment.toDateString() === new Date().toDateString() ? "" : `${day.format(moment)}, `) + clock.format(moment);
const COLOURS = { U0TMEBOT: "bot", U0YOU: "you" };

export class Log {
  /** `thread` opens the thread of a message; without it the log shows a thread itself. */
  constructor(element, desk, { thread, newer } = {}) {
    this.element = element;
    this.desk = desk;
    this.thread = thread;
    this.newer = newer;
    element.addEventListener("scroll", () => this.#atEnd() && newer && (newer.hidden = true), { passive: true });
    newer?.addEventListener("click", () => {
      this.toEnd();
      element.focus();
    });
  }

  /** Show these messages and no others, the newest in view; `empty` stands where there are none. */
  fill(messages, replies, empty) {
    this.element.setAttribute("aria-live", "off"); // a change of place is not news
    this.element.replaceChildren(...messages.map((message) => this.#article(message, replies?.(message))));
    if (!messages.length && empty) this.element.append(h("p", { class: "empty" }, empty));
    this.#regroup();
    if (this.thread || !messages.length) this.toEnd();
    else this.#show(this.element.lastElementChild);
    requestAnimationFrame(() => this.element.setAttribute("aria-live", "polite"));
  }

  /** Show a new message, or an edited one in its place. */
  put(message, replies) {
    const old = this.find(message.ts);
    const stay = !this.#atEnd();
    const article = this.#article(message, replies);
    if (old) {
      const again = focusedControl(old);
      old.replaceWith(article);
      if (again) (article.querySelector(again) ?? article).focus();
    } else {
      this.element.querySelector(".empty")?.remove();
      article.classList.add("fresh");
      const next = [...this.element.children].find((other) => other.dataset.ts > message.ts);
      this.element.insertBefore(article, next ?? null);
    }
    this.#regroup();
    if (old) return;
    if (stay && message.user !== this.desk.me) {
      if (this.newer) this.newer.hidden = false;
    } else this.#show(article);
  }

  remove(ts) {
    this.find(ts)?.remove();
    this.#regroup();
  }

  find(ts) {
    return [...this.element.children].find((article) => article.dataset.ts === ts) ?? null;
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    if (this.newer) this.newer.hidden = true;
  }

  #atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  /** To the end, but never past the beginning of a long answer and the question above it. */
  #show(article) {
    const above = article.previousElementSibling;
    const from = above?.dataset.user === this.desk.me ? above : article;
    const top = from.offsetTop - this.element.offsetTop - 12;
    this.element.scrollTop = Math.min(this.element.scrollHeight - this.element.clientHeight, top);
  }

  #article(message, replies) {
    const { desk } = this;
    const name = desk.names(message.user);
    const moment = new Date(Number(message.ts) * 1000);
    const at = time(moment);
    const command = message.kind === "command";
    const label = [`${name}, ${at}`, message.ephemeral ? "only visible to you" : null, message.edited ? "edited" : null];
    const head = h(
      "header", { class: "message-head" },
      h("span", { class: "author" }, name),
      message.user === desk.bot ? h("span", { class: "badge" }, "App") : null,
      h("time", { dateTime: moment.toISOString() }, at),
    );
    const article = h(
      "article",
      {
        class: `message${command ? " command" : ""}${message.ephemeral ? " ephemeral" : ""}`,
        "aria-label": label.filter(Boolean).join(", "),
        tabIndex: -1,
        data: { ts: message.ts, user: message.user, kind: message.kind },
      },
      avatar(message.user, name),
      h(
        "div", { class: "message-body" },
        message.ephemeral && !command ? onlyYou() : null,
        head,
        h("div", { class: "content" }, this.#content(message)),
        message.edited ? h("span", { class: "edited" }, "(edited)") : null,
        this.thread && replies ? this.#replies(message, replies) : null,
      ),
    );
    if (this.thread && !message.ephemeral && !command) article.append(this.#tools(message));
    return article;
  }

  #content(message) {
    const where = { channel: message.channel, ts: message.ts };
    if (message.blocks.length) return renderBlocks(message.blocks, this.desk, where);
    if (message.kind === "command") return h("code", { class: "typed" }, mrkdwnPlain(message.text));
    const text = h("div", { class: "text" }, mrkdwn(message.text, this.desk.names));
    if (!message.files?.length) return text;
    return h("div", {}, message.text ? text : null, ...message.files.map(file));
  }

  #replies(message, count) {
    const text = count === 1 ? "1 reply" : `${count} replies`;
    const open = () => this.thread(message.ts);
    return h("button", { type: "button", class: "replies", on: { click: open } }, text, h("span", {}, "Open the thread"));
  }

  #tools(message) {
    const open = () => this.thread(message.ts, { focus: true });
    const label = `Reply in a thread to ${this.desk.names(message.user)}`;
    return h("button", { type: "button", class: "tool", "aria-label": label, title: "Reply in a thread", on: { click: open } }, "↪ Reply");
  }

  /** A person's messages in a row share one head. */
  #regroup() {
    let before = null;
    for (const article of this.element.querySelectorAll(".message")) {
      const same =
        before &&
        before.dataset.user === article.dataset.user &&
        article.dataset.ts - before.dataset.ts < TOGETHER &&
        !before.classList.contains("ephemeral") &&
        !article.classList.contains("ephemeral");
      article.classList.toggle("follows", Boolean(same));
      before = article;
    }
  }
}

/** A picture the bot uploaded, which opens in full. Its address is on this server. */
function file({ title, alt, url, name, picture }) {
  if (!picture) {
    const save = h("a", { href: url, download: name, class: "file-title" }, title === name ? name : `${title} (${name})`);
    return h("figure", { class: "block file" }, save);
  }
  const image = h("img", { class: "file-image", src: url, alt });
  const open = h("a", { href: url, target: "_blank", rel: "noopener", "aria-label": `Open ${title} in full` }, image);
  return h("figure", { class: "block file" }, h("figcaption", { class: "file-title" }, title), open);
}

const mrkdwnPlain = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

function avatar(user, name) {
  if (user === "U0TMEBOT") return h("img", { class: "avatar", src: "/static/icon.svg", alt: "", width: 36, height: 36 });
  return h("span", { class: `avatar ${COLOURS[user] ?? "other"}`, "aria-hidden": true }, name.slice(0, 1));
}

function onlyYou() {
  const svg = (tag, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const line = { fill: "none", stroke: "currentColor", "stroke-width": "1.5" };
  const eye = svg(
    "svg", { viewBox: "0 0 16 16", width: "14", height: "14", "aria-hidden": "true" },
    svg("path", { d: "M1 8s2.6-4.5 7-4.5S15 8 15 8s-2.6 4.5-7 4.5S1 8 1 8Z", ...line }),
    svg("circle", { cx: "8", cy: "8", r: "2", ...line }),
  );
  return h("p", { class: "only-you" }, eye, "Only visible to you");
}

/** A selector for the control that has the focus inside an element, or null. */
function focusedControl(element) {
  const control = element.contains(document.activeElement) ? document.activeElement.closest("[data-action]") : null;
  if (!control) return null;
  const { block, action } = control.dataset;
  return `[data-block="${CSS.escape(block)}"][data-action="${CSS.escape(action)}"]`;
}
