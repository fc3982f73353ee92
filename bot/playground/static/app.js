// The page: state, places, and what to do with each event.
import { renderBlocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { h, memory } from "./dom.js";
import { readAll } from "./inputs.js";
import { Log } from "./log.js";
import { askFirst, hideView, showView } from "./modal.js";
import { drop, follow, send, tab } from "./net.js";

const $ = (id) => document.getElementById(id);
const SILENT = "The bot gave no answer. The terminal where it runs may say why.";
const LOOKING = "TME bot is looking …";
const WIDE = matchMedia("(min-width: 1000px)");

const state = { users: new Map(), channels: new Map(), messages: new Map(), home: null, busy: new Map(), unread: new Set(), mine: new Map() };
let here = null; // a channel's id, or "home"
let thread = null; // the ts of the open thread's root
let threadOpener = null;
let askedFromHome = false; // the answer then comes as a direct message

const desk = {
  me: null,
  bot: null,
  names: (id) => state.users.get(id) ?? state.channels.get(id)?.name ?? id,
  people: () => [...state.users].map(([id, name]) => ({ id, name })),
  places: () => [...state.channels.values()].map(({ id, name }) => ({ id, name })),
  act,
  press,
  confirm: (confirm, control) => askFirst(confirm, desk.names, control),
};

const log = new Log($("log"), desk, { thread: openThread, newer: $("newer") });
const replies = new Log($("thread-log"), desk);
const composer = new Composer($("composer"), (text) => say(text, null));
const threadComposer = new Composer($("thread-composer"), (text) => say(text, thread));

// ---- acts

/** Do something; `control` is marked busy until the bot has finished with it. */
async function act(body, { control, status } = {}) {
  const name = crypto.randomUUID();
  state.mine.set(name, { control, status });
  if (control) busy(control, true);
  const answer = await send({ ...body, act: name });
  if (answer.notice) (status ?? notice)(answer.notice);
  if (answer.failed) finished(name);
  return answer;
}

function finished(name, silent = false) {
  const own = state.mine.get(name);
  state.mine.delete(name);
  if (own?.control) busy(own.control, false);
  if (own && silent) (own.status ?? notice)(SILENT);
}

function busy(control, on) {
  if (!on) {
    control.removeAttribute("aria-disabled");
    control.removeAttribute("aria-busy");
  } else if (control.matches("button, summary")) {
    control.setAttribute("aria-disabled", "true");
    control.setAttribute("aria-busy", "true");
  }
}

async function say(text, root) {
  notice("", root);
  const status = (line) => notice(line, root);
  const answer = await act({ kind: "say", channel: here, text, ...(root && { thread: root }) }, { status });
  return !answer.failed;
}

function press(where, block, element, value, control) {
  const inThread = control.closest("#thread") ? thread : null;
  const status = where.say ?? ((line) => notice(line, inThread));
  askedFromHome = here === "home";
  const values = where.view && where.values ? where.values() : undefined;
  const place = where.view ? { view: where.view, ...(values && { values }) } : where;
  return act({ kind: "press", ...place, block, action: element.action_id, value }, { control, status });
}

// ---- lines about what goes on

const notices = new Map(); // "main" or "thread" → the line

function notice(line, root = null) {
  notices.set(root ? "thread" : "main", line);
  drawStatus();
}

function drawStatus() {
  const working = [...state.busy.values()].filter((act) => act.channel === here || (!act.channel && here === "home"));
  const looking = working.some((act) => !act.thread) ? LOOKING : "";
  line($("status"), looking, notices.get("main"));
  line($("home-status"), looking, notices.get("main"));
  line($("thread-status"), working.some((act) => act.thread && act.thread === thread) ? LOOKING : "", notices.get("thread"));
}

function line(element, looking, said) {
  const text = looking || said || "";
  if (element.textContent === text) return;
  element.textContent = text;
  element.classList.toggle("looking", Boolean(looking));
}

// ---- places

const firstChannel = () => state.channels.keys().next().value;

function drawPlaces() {
  const item = (id, name, mark) => {
    const unread = state.unread.has(id);
    const label = h("span", { class: "place-label" }, name);
    const dot = unread ? h("span", { class: "unread" }, h("span", { class: "unseen" }, " (new messages)")) : null;
    const current = id === here ? "page" : null;
    return h("li", {}, h("a", { class: "place", href: `#${id}`, "aria-current": current }, h("span", { class: "place-mark", "aria-hidden": true }, mark), label, dot));
  };
  const channels = [...state.channels.values()];
  $("app-places").replaceChildren(item("home", "Home", "⌂"));
  $("channel-places").replaceChildren(...channels.filter((c) => !c.is_im).map((c) => item(c.id, c.name, "#")));
  $("direct-places").replaceChildren(...channels.filter((c) => c.is_im).map((c) => item(c.id, c.name, "●")));
}

function go(id) {
  location.hash = id;
  arrive(); // the event comes later, and then finds nothing left to do
}

function arrive() {
  const [place, root] = decodeURIComponent(location.hash.slice(1)).split("/");
  const next = place === "home" || state.channels.has(place) ? place : firstChannel();
  const moved = next !== here;
  here = next;
  state.unread.delete(here);
  if (moved) {
    notices.clear();
    drawPlace();
    closeSidebar();
  }
  showThread(here !== "home" && root && message(here, root) ? root : null);
  drawPlaces();
  drawStatus();
}

function drawPlace() {
  const channel = state.channels.get(here);
  const name = channel ? (channel.is_im ? channel.name : `#${channel.name}`) : "Home";
  $("place-name").textContent = name;
  $("place-topic").textContent = channel?.topic ?? "What the bot shows of itself";
  document.title = `${name} · TME bot playground`;
  $("log").hidden = $("below").hidden = !channel;
  $("home").hidden = $("home-status").hidden = Boolean(channel);
  $("newer").hidden = true;
  if (!channel) {
    drawHome();
    act({ kind: "home" });
    return;
  }
  $("log").setAttribute("aria-label", `Messages in ${name}`);
  $("composer").querySelector("label").textContent = `Message to ${name}`;
  const empty = channel.is_im ? "Write to the bot as you would to a colleague: plain words are a question." : "Nothing here yet.";
  log.fill(roots(here), (message) => replyCount(message), empty);
}

function drawHome() {
  const view = state.home?.view;
  const body = view ? renderBlocks(view.blocks, desk, { view: state.home.id, values: () => readAll($("home")) }) : h("p", { class: "empty" }, "Asking the bot for its home page …");
  $("home").replaceChildren(h("div", { class: "home-page" }, body));
}

// ---- messages and threads

const all = (channel) => [...(state.messages.get(channel)?.values() ?? [])].sort((a, b) => (a.ts < b.ts ? -1 : 1));
const roots = (channel) => all(channel).filter((message) => !message.thread_ts);
const inThread = (channel, root) => all(channel).filter((message) => message.ts === root || message.thread_ts === root);
const message = (channel, ts) => state.messages.get(channel)?.get(ts);
const replyCount = (root) => inThread(root.channel, root.ts).length - 1;

function openThread(ts, { focus = false } = {}) {
  threadOpener = ts;
  go(`${here}/${ts}`);
  if (focus) $("thread-text").focus();
}

function closeThread() {
  go(here);
  const opener = threadOpener && log.find(threadOpener);
  threadOpener = null;
  (opener?.querySelector(".replies, .tool") ?? $("composer-text")).focus();
}

function showThread(root) {
  const changed = root !== thread;
  thread = root;
  $("thread").hidden = !root;
  document.body.classList.toggle("with-thread", Boolean(root));
  if (!root || !changed) return;
  notices.delete("thread");
  $("thread-place").textContent = $("place-name").textContent;
  replies.fill(inThread(here, root));
  log.find(root)?.scrollIntoView({ block: "nearest" }); // the log has become narrower
}

function gotMessage(got) {
  const log_ = state.messages.get(got.channel) ?? new Map();
  state.messages.set(got.channel, log_);
  const isNew = !log_.has(got.ts);
  log_.set(got.ts, got);
  if (got.channel !== here) {
    if (isNew && askedFromHome && here === "home" && state.channels.get(got.channel).is_im) {
      go(got.channel);
    } else if (isNew && got.user !== desk.me) {
      state.unread.add(got.channel);
      drawPlaces();
    }
    return;
  }
  if (got.thread_ts) {
    const root = message(here, got.thread_ts);
    if (root) log.put(root, replyCount(root));
    // Whoever asked here sees the answer at once; on a narrow screen it would cover the channel.
    if (isNew && thread === null && got.user === desk.bot && root?.user === desk.me && WIDE.matches) openThread(got.thread_ts);
    else if (got.thread_ts === thread) replies.put(got);
    return;
  }
  log.put(got, replyCount(got));
  if (got.ts === thread) replies.put(got);
}

function lostMessage({ channel, ts }) {
  const gone = message(channel, ts);
  state.messages.get(channel)?.delete(ts);
  if (channel !== here) return;
  log.remove(ts);
  replies.remove(ts);
  const root = gone?.thread_ts && message(here, gone.thread_ts);
  if (root) log.put(root, replyCount(root));
  if (ts === thread) closeThread();
}

// ---- events

const events = {
  message: (event) => gotMessage(event.message),
  delete: lostMessage,
  busy: (event) => state.busy.set(event.act, event),
  done: (event) => {
    state.busy.delete(event.act);
    finished(event.act, event.silent);
    if (here === "home" && !state.home && !state.busy.size) $("home").replaceChildren(h("p", { class: "empty" }, "The bot has published no home page."));
  },
  view: (event) => event.tab === tab && showView(event, desk, whereFrom()),
  view_closed: (event) => event.tab === tab && hideView(event.id),
  note: (event) => drawNote(event.line),
  home: (event) => {
    state.home = event;
    if (here === "home") drawHome();
  },
};

function drawNote(line) {
  $("note-line").textContent = line;
  $("note").hidden = !line;
}

/** How to find, later, the control that has the focus now: its message may be drawn again. */
function whereFrom() {
  const control = document.activeElement?.closest("[data-action]") ?? document.activeElement;
  const ts = control?.closest("[data-ts]")?.dataset.ts;
  const { block, action } = control?.dataset ?? {};
  return () => {
    if (control?.isConnected) return control;
    const again = ts && document.querySelector(`[data-ts="${ts}"] [data-block="${CSS.escape(block)}"][data-action="${CSS.escape(action)}"]`);
    return again || $("composer-text");
  };
}

follow({
  start(snapshot) {
    desk.me = snapshot.me;
    desk.bot = snapshot.bot;
    state.users = new Map(snapshot.users.map((user) => [user.id, user.name]));
    state.channels = new Map(snapshot.channels.map((channel) => [channel.id, channel]));
    state.messages = new Map(snapshot.channels.map((channel) => [channel.id, new Map()]));
    for (const got of snapshot.messages) state.messages.get(got.channel).set(got.ts, got);
    state.home = snapshot.home;
    drawExamples(snapshot.examples);
    $("week").hidden = !snapshot.weeks;
    drawNote(snapshot.note);
    state.busy.clear();
    for (const name of [...state.mine.keys()]) finished(name);
    here = thread = null;
    arrive();
    document.body.classList.add("ready");
  },
  event(event) {
    events[event.type]?.(event);
    drawStatus();
  },
  online(problem) {
    $("offline").hidden = !problem;
    $("offline").textContent = problem ?? "";
  },
});

// ---- what stands around

addEventListener("hashchange", arrive);
$("thread-close").addEventListener("click", closeThread);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  (here === "home" ? $("home") : $("composer-text")).focus();
});

// ---- what happens elsewhere: a week passes, a file is brought

$("week").addEventListener("click", async () => {
  if ($("week").ariaDisabled === "true") return;
  go(firstChannel());
  await act({ kind: "week" }, { control: $("week") });
});

/** A file goes to the direct message with the bot, where it offers to import it. */
async function bring(file) {
  const direct = [...state.channels.values()].find((channel) => channel.is_im);
  go(direct.id);
  const name = crypto.randomUUID();
  state.mine.set(name, {});
  const answer = await drop(file, name);
  if (answer.notice) notice(answer.notice);
  if (answer.failed) finished(name);
}
async function bringAll(files) {
  for (const file of files) await bring(file);
}
$("note-hide").addEventListener("click", () => (drawNote(""), $("composer-text").focus()));
$("attach").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", async () => {
  await bringAll([...$("file").files]);
  $("file").value = "";
});
const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", (event) => !event.relatedTarget && document.body.classList.remove("dropping"));
addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.classList.remove("dropping");
  bringAll([...event.dataTransfer.files]);
});

function drawExamples(examples) {
  const chip = (text) => h("button", { type: "button", class: "chip", on: { click: () => composer.submit(text) } }, text);
  $("chips").replaceChildren(...examples.map((text) => h("li", {}, chip(text))));
  if (examples[0]) $("composer-text").placeholder = examples[0];
}
function showExamples(shown) {
  $("try").hidden = !shown;
  $("try-show").hidden = shown;
  memory.set("tme-examples", shown ? "shown" : "hidden");
}
showExamples(memory.get("tme-examples") !== "hidden");
$("try-hide").addEventListener("click", () => (showExamples(false), $("composer-text").focus()));
$("try-show").addEventListener("click", () => (showExamples(true), document.querySelector(".chip")?.focus()));

const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const drawTheme = () => $("theme").setAttribute("aria-pressed", String(isDark()));
$("theme").addEventListener("click", () => {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  memory.set("tme-theme", theme);
  drawTheme();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawTheme);
drawTheme();

function openSidebar() {
  document.body.classList.add("with-sidebar");
  $("backdrop").hidden = false;
  $("main").inert = true;
  $("sidebar-open").setAttribute("aria-expanded", "true");
  $("sidebar-close").focus();
}
function closeSidebar() {
  if (!document.body.classList.contains("with-sidebar")) return;
  document.body.classList.remove("with-sidebar");
  $("backdrop").hidden = true;
  $("main").inert = false;
  $("sidebar-open").setAttribute("aria-expanded", "false");
  $("sidebar-open").focus();
}
$("sidebar-open").addEventListener("click", openSidebar);
$("sidebar-close").addEventListener("click", closeSidebar);
$("backdrop").addEventListener("click", closeSidebar);
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (document.body.classList.contains("with-sidebar")) closeSidebar();
  else if (thread && $("thread").contains(document.activeElement)) closeThread();
});
