// Talking to the playground's server: acts, the state, and the long poll for what happens.
const token = document.querySelector('meta[name="playground-token"]').content;
const OFFLINE = "The playground does not answer. Is `tme demo` still running?";

/** Names this tab, so that a modal opens where its button was pressed. */
export const tab = crypto.randomUUID();

async function call(path, options = {}) {
  const headers = { "X-Playground-Token": token, ...options.headers };
  const response = await fetch(path, { ...options, headers, cache: "no-store" });
  const answer = await response.json();
  return { status: response.status, ...answer };
}

/** Do something; the answer has `notice` when there is a line to show. Never throws. */
export async function send(act) {
  const headers = { "Content-Type": "application/json" };
  try {
    const answer = await call("/page/act", { method: "POST", headers, body: JSON.stringify({ ...act, tab }) });
    if (answer.status === 200) return answer;
    return { failed: true, notice: answer.message ?? "The playground stumbled over this." };
  } catch {
    return { failed: true, notice: OFFLINE };
  }
}

/** Bring a file into the direct message with the bot. Never throws. */
export async function drop(file, act) {
  const query = new URLSearchParams({ name: file.name, act, tab });
  try {
    const answer = await call(`/page/drop?${query}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
    return answer.status === 200 ? answer : { failed: true, notice: answer.message ?? "The playground stumbled over this." };
  } catch {
    return { failed: true, notice: OFFLINE };
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Load the state, then follow the events for ever. `page` has start, event, online. */
export async function follow(page) {
  let after = null;
  for (let wait = 500; ; ) {
    try {
      if (after === null) {
        const state = await call("/page/state");
        if (state.status !== 200) throw state;
        page.start(state);
        after = state.seq;
      }
      const answer = await call(`/page/events?after=${after}`);
      if (answer.status !== 200) throw answer;
      page.online(null);
      wait = 500;
      if (answer.reload) after = null;
      for (const event of answer.events) {
        after = event.seq;
        page.event(event);
      }
    } catch (problem) {
      // The server was started again: its page has another secret.
      if (problem?.status === 403 && (await restarted())) return;
      if (problem instanceof Error && !(problem instanceof TypeError) && !(problem instanceof SyntaxError)) throw problem;
      page.online(OFFLINE);
      await pause(wait);
      wait = Math.min(wait * 2, 5000);
    }
  }
}

async function restarted() {
  const html = await (await fetch("/", { cache: "no-store" })).text();
  if (html.includes(token)) return false;
  location.reload();
  return true;
}
