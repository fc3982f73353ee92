// A box to write in: Enter sends, Shift+Enter makes a line, ↑ brings back what was sent before.
const KEPT = 50;

export class Composer {
  /** `send(text)` gives a promise; true when the text was taken. */
  constructor(form, send) {
    this.text = form.querySelector("textarea");
    this.send = send;
    this.sent = [];
    this.at = 0;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("input", () => this.#grow());
  }

  async submit(given) {
    const text = (given ?? this.text.value).trim();
    if (!text) return;
    this.sent = [...this.sent.filter((old) => old !== text), text].slice(-KEPT);
    this.at = this.sent.length;
    if (given === undefined) this.#put("");
    const taken = await this.send(text);
    if (!taken && given === undefined && !this.text.value) this.#put(text);
  }

  #key(event) {
    if (event.isComposing) return; // a key of an input method is not ours
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && this.#recalling()) {
      event.preventDefault();
      this.#recall(-1);
    } else if (event.key === "ArrowDown" && this.text.value && this.#recalling()) {
      event.preventDefault();
      this.#recall(1);
    }
  }

  /** Nothing was typed since the last recall. */
  #recalling() {
    return this.text.value === "" || this.text.value === this.sent[this.at];
  }

  #recall(step) {
    if (!this.sent.length) return;
    this.at = Math.min(Math.max(this.at + step, 0), this.sent.length);
    this.#put(this.sent[this.at] ?? "");
  }

  #put(text) {
    this.text.value = text;
    this.#grow();
    this.text.setSelectionRange(text.length, text.length);
  }

  #grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 180)}px`;
  }
}
