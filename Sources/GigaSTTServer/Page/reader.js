// Reads a text beside its recording: the spoken word is lit, a word that is clicked is heard, captions are edited.

import { captionsOf, clock, indexAt, merged, partsOf, split, written } from "./captions.js";
export { divided, mediaTypes, render } from "./captions.js";

const phrases = {
  ru: {
    edit: "Править", finish: "Готово", player: "Запись", click: "Нажмите на слово, чтобы услышать его.", keys: " Стрелки ← и → ведут по словам, пробел включает и останавливает.",
    editing: "Enter делит субтитр у курсора, Backspace в его начале соединяет с предыдущим. Скачивается исправленный текст.",
    speaker: (number) => `Говорящий ${number}`, listen: (at) => `Слушать с ${at}`, caption: (at) => `Субтитр, ${at}`,
  },
  en: {
    edit: "Edit", finish: "Done", player: "Recording", click: "Click a word to hear it.", keys: " The arrows ← and → move by words, the space bar plays and stops.",
    editing: "Enter splits a caption at the caret, Backspace at its beginning joins it to the one before. Downloads have the edited text.",
    speaker: (number) => `Speaker ${number}`, listen: (at) => `Listen from ${at}`, caption: (at) => `Caption, ${at}`,
  },
};

// `page` is what page.js lends: its language, its elements, and its transcript.
export function showReader(page) {
  const phrase = (name, ...values) => {
    const text = phrases[page.language()][name];
    return typeof text === "function" ? text(...values) : text;
  };
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const { paper, text } = page;
  const sound = make("audio", { controls: true, preload: "metadata" });
  const hint = make("p", { className: "note", id: "player-hint" });
  const player = make("div", { id: "player", hidden: true }, sound, hint);
  const list = make("ol"), note = make("p", { className: "note" });
  const editor = make("div", { id: "editor", hidden: true, lang: "ru" }, note, list);
  const edit = make("button", { type: "button", id: "edit" });
  paper.append(editor);
  page.tools.before(player);
  page.actions.prepend(edit);

  // ---- The text ----------------------------------------------------------------------------------------------------

  // Turns the text of a segment into words that have times, and heads its paragraph.
  function mark(element, segment) {
    const parts = partsOf(segment), paragraph = element.parentElement;
    if (parts.length === 0 || parts.map(({ word }) => word).join(" ") !== segment.text) return;
    element.replaceChildren(...parts.flatMap(({ word, start }) => {
      const span = make("span", { textContent: word });
      span.dataset.at = start;
      return [span, " "];
    }));
    moments = null;
    if (paragraph.firstElementChild !== element) return;
    const head = make("button", { type: "button", className: "time", onclick: () => play(parts[0].start) });
    Object.assign(head.dataset, { start: parts[0].start, speaker: parts[0].speaker ?? "" });
    paragraph.prepend(head);
    showHead(head);
  }

  // The label is drawn by the style sheet: text that is selected and copied has no times in it.
  function showHead(head) {
    const { start, speaker } = head.dataset, at = clock(Number(start));
    head.dataset.label = speaker === "" ? at : `${at} · ${phrase("speaker", Number(speaker) + 1)}`;
    head.setAttribute("aria-label", hasSound() ? `${head.dataset.label}. ${phrase("listen", at)}` : head.dataset.label);
    head.disabled = !hasSound();
  }

  // ---- The recording -----------------------------------------------------------------------------------------------

  const hasSound = () => sound.duration > 0;
  let address = null, moments = null, lit = null, litRow = null;

  function attach(file) {
    if (address) URL.revokeObjectURL(address);
    address = file ? URL.createObjectURL(file) : null;
    if (address) sound.src = address; else sound.removeAttribute("src");
    if (!address) sound.load();
    showSound();
  }

  function showSound() {
    player.hidden = !hasSound();
    paper.classList.toggle("sounding", hasSound());
    if (hasSound()) paper.setAttribute("aria-describedby", hint.id); else paper.removeAttribute("aria-describedby");
    for (const head of text.querySelectorAll(".time")) showHead(head);
    light();
  }

  // The words in the order of their times, which is not that of the text where two speak at once.
  function allMoments() {
    if (!moments) {
      const words = [...text.querySelectorAll("[data-at]")].map((element) => ({ element, at: Number(element.dataset.at) }));
      words.sort((a, b) => a.at - b.at);
      moments = { elements: words.map(({ element }) => element), starts: words.map(({ at }) => at) };
    }
    return moments;
  }

  function light() {
    const { elements, starts } = allMoments();
    // A little early: a seek to the start of a word lands a few samples before it.
    const seconds = sound.currentTime + 0.02;
    const next = hasSound() && !(sound.paused && sound.currentTime === 0) ? elements[indexAt(starts, seconds)] ?? null : null;
    if (next !== lit) {
      lit?.classList.remove("lit");
      next?.classList.add("lit");
      lit = next;
      if (next && !sound.paused && !text.hidden) next.scrollIntoView({ block: "nearest" });
    }
    const row = editor.hidden || !lit ? null : list.children[indexAt(captions.map(({ words }) => words[0].start), seconds)] ?? null;
    if (row !== litRow) {
      litRow?.classList.remove("lit");
      row?.classList.add("lit");
      litRow = row;
    }
  }

  function follow() {
    light();
    if (!sound.paused) requestAnimationFrame(follow);
  }

  function seek(seconds) {
    sound.currentTime = seconds;
  }

  function play(seconds) {
    if (!hasSound()) return;
    seek(seconds);
    sound.play();
  }

  sound.onloadedmetadata = sound.onemptied = sound.onerror = showSound;
  sound.onplay = follow;
  sound.onseeked = sound.onpause = light;

  text.addEventListener("click", ({ target }) => {
    const word = target.closest("[data-at]");
    // A selection of text is not a click.
    if (word && getSelection().isCollapsed) play(Number(word.dataset.at));
  });

  paper.addEventListener("keydown", (event) => {
    if (!hasSound() || event.target !== paper || event.ctrlKey || event.altKey || event.metaKey) return;
    const { starts } = allMoments(), step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === " ") {
      if (sound.paused) sound.play(); else sound.pause();
    } else if (step) {
      const place = indexAt(starts, sound.currentTime + 0.02) + step;
      if (place >= 0 && place < starts.length) seek(starts[place]);
    } else {
      return;
    }
    event.preventDefault();
  });

  // ---- Captions ----------------------------------------------------------------------------------------------------

  let captions = [];

  function toggle(isOpen) {
    editor.hidden = !isOpen;
    if (isOpen) fill(captionsOf(page.transcript()));
    page.show();
    show();
  }

  // A change that leaves the number of captions keeps their rows, and with them the place of the keyboard.
  function change(next, focus = null, caret = 0) {
    if (next === captions) return;
    const isSameLength = next.length === captions.length;
    captions = next;
    page.rewrite(next);
    if (!isSameLength) fill(next);
    const field = focus === null ? null : list.children[focus]?.querySelector("textarea");
    field?.focus();
    field?.setSelectionRange(caret, caret);
    if (next.length === 0) toggle(false);
  }

  function fill(next) {
    // A field that is removed reports a change of a caption that may be another one by then.
    for (const field of list.querySelectorAll("textarea")) field.onchange = null;
    captions = next;
    litRow = null;
    list.replaceChildren(...next.map(({ text: content, words }, index) => {
      const at = clock(words[0].start), { speaker } = words[0];
      const name = speaker === undefined ? at : `${at} · ${phrase("speaker", speaker + 1)}`;
      const button = make("button", { type: "button", className: "time", disabled: !hasSound(), onclick: () => play(captions[index].words[0].start) });
      button.dataset.label = name;
      button.setAttribute("aria-label", hasSound() ? `${name}. ${phrase("listen", at)}` : name);
      const field = make("textarea", { value: content, rows: 1, spellcheck: true });
      field.setAttribute("aria-label", phrase("caption", name));
      field.onchange = () => change(written(captions, index, field.value));
      field.onkeydown = (event) => key(event, field, index);
      return make("li", {}, button, field);
    }));
  }

  function key(event, field, index) {
    if (event.isComposing) return;
    const { selectionStart: from, selectionEnd: to, value } = field;
    // What was typed first, and then the change of the rows; a text without words only removes the caption.
    const own = () => written(captions, index, value);
    if (event.key === "Enter") {
      event.preventDefault();
      const next = own(), count = value.slice(0, from).split(/\s+/u).filter(Boolean).length;
      if (next.length === captions.length) change(split(next, index, count), index + 1);
    } else if (event.key === "Backspace" && from === 0 && to === 0 && index > 0) {
      event.preventDefault();
      const next = own();
      if (next.length < captions.length) change(next, index - 1, captions[index - 1].text.length);
      else change(merged(next, index), index - 1, captions[index - 1].text.length + 1);
    }
  }

  edit.onclick = () => toggle(editor.hidden);

  function show() {
    edit.textContent = phrase(editor.hidden ? "edit" : "finish");
    edit.setAttribute("aria-expanded", String(!editor.hidden));
    edit.disabled = page.isBusy() || (page.transcript().segments.length === 0 && editor.hidden);
    sound.setAttribute("aria-label", phrase("player"));
    hint.replaceChildren(phrase("click"), make("span", { textContent: phrase("keys") }));
    note.textContent = phrase("editing");
  }

  // The language changed.
  function translate() {
    show();
    for (const head of text.querySelectorAll(".time")) showHead(head);
    if (!editor.hidden) fill(captions);
  }

  show();
  return {
    mark, attach, show, translate, close: () => { if (!editor.hidden) toggle(false); },
    isEditing: () => !editor.hidden, seconds: () => hasSound() ? sound.duration : 0,
  };
}
