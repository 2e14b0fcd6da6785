// The list of recordings of the page. A module: the page loads it when `/health` says that the server has jobs, or for several
// recordings at once, which it then sends one after the other and keeps the texts of (`page.isLocal`).

const phrases = {
  ru: {
    jobs: "Задания", add: "Добавить записи", newest: "К новым", older: "Более старые",
    note: "Несколько записей можно перетащить на страницу. Их распознаёт сервер, страницу можно закрыть, когда они отправлены.",
    recordings: "Записи",
    noteLocal: "Записи распознаются одна за другой. Их тексты остаются в этой вкладке до её закрытия.",
    none: "Заданий нет.", read: "Читать", cancel: "Отменить", erase: "Стереть", surely: "Стереть навсегда?",
    again: "Повторить", remove: "Убрать",
    waiting: "ждёт отправки", sending: (percent) => `отправляется: ${percent} %`,
    states: { queued: "в очереди", done: "готово", failed: "не распознано", cancelled: "отменено" },
    recognising: (percent, heard) => percent > 0 ? `распознаётся: ${percent} %` : `распознаётся: ${heard}`,
    counts: (counts) => [["отправляется", counts.uploads], ["в работе", counts.processing], ["в очереди", counts.queued],
      ["готово", counts.done], ["не распознано", counts.failed], ["отменено", counts.cancelled]],
    unnamed: (when) => `Запись от ${when}`,
    tooMany: (limit) => `За один раз отправляется не больше ${limit} записей; остальные не взяты.`,
    afterwards: "Сначала остановите текущую запись.",
    queueFull: "Сервер хранит столько заданий, сколько ему разрешено. Сотрите готовые или подождите.",
    unavailable: "Сервер сейчас не может прочитать или сохранить задания.",
    gone: "Задания больше нет: оно стёрто, или истёк срок его хранения.",
    ended: "Задание уже завершилось.",
    noAudio: "Не удалось прочитать запись: в ней нет звука, или она повреждена.",
    tooLong: "Запись длиннее, чем принимает сервер.", stuck: "Распознавание слишком долго не продвигалось.",
    broken: "Сбой распознавания. Причина записана в журнале сервера.", noFile: "Файла записи на сервере больше нет.",
    crashes: "Эта запись каждый раз завершает работу сервера.",
  },
  en: {
    jobs: "Jobs", add: "Add recordings", newest: "Newest", older: "Older",
    note: "Several recordings can be dropped on the page. The server recognises them; the page can be closed when they are sent.",
    recordings: "Recordings",
    noteLocal: "The recordings are recognised one after the other. Their texts stay in this tab until it is closed.",
    none: "There are no jobs.", read: "Read", cancel: "Cancel", erase: "Erase", surely: "Erase for good?",
    again: "Try again", remove: "Remove",
    waiting: "waits to be sent", sending: (percent) => `being sent: ${percent}%`,
    states: { queued: "queued", done: "done", failed: "failed", cancelled: "cancelled" },
    recognising: (percent, heard) => percent > 0 ? `being recognised: ${percent}%` : `being recognised: ${heard}`,
    counts: (counts) => [["being sent", counts.uploads], ["in progress", counts.processing], ["queued", counts.queued],
      ["done", counts.done], ["failed", counts.failed], ["cancelled", counts.cancelled]],
    unnamed: (when) => `Recording of ${when}`,
    tooMany: (limit) => `At most ${limit} recordings are sent at a time; the others were not taken.`,
    afterwards: "Stop the present recording first.",
    queueFull: "The server stores as many jobs as it may. Erase finished ones, or wait.",
    unavailable: "The server cannot read or store jobs now.",
    gone: "The job does not exist any more: it was erased, or its time is over.",
    ended: "The job has already ended.",
    noAudio: "The recording could not be read: it has no audio, or it is damaged.",
    tooLong: "The recording is longer than the server accepts.", stuck: "The recognition made no progress for too long.",
    broken: "The recognition failed. The log of the server has the cause.", noFile: "The file of the recording is not on the server any more.",
    crashes: "This recording ends the server each time.",
  },
};

// The errors of failed jobs (docs/jobs.md), by their beginning.
const jobErrors = {
  "Failed to decode": "noAudio", "Audio too long": "tooLong", "Inference timed out": "stuck",
  "Transcription failed": "broken", "The recording is not there": "noFile", "The recognition of this recording ends": "crashes",
};
const refusals = {
  queue_full: "queueFull", jobs_unavailable: "unavailable", job_not_found: "gone", job_not_cancellable: "ended",
};
// The faults of one recording, and not of the server, the network or the key: the recordings behind it go on.
const ownFaults = ["unreadableFile", "emptyFile", "unreadable", "recordingTooLong", "tooLarge", "timedOut", "notRecognised"];
// Jobs on a page of the list; recordings that wait to be sent; names that are remembered.
const pageSize = 20, uploadLimit = 200, nameLimit = 500;
// Milliseconds between two looks at the list: from the first, while something changes, to the last; longer after failures.
const firstDelay = 1000, lastDelay = 15000, failureDelay = 30000;
// How often a recording is sent again by itself, and the longest time that a request may take.
const tryLimit = 5, requestLimit = 30000;
const namesKey = "gigastt.jobs";

const isActive = ({ status }) => status === "queued" || status === "processing";

// `page` is what page.js lends: its languages, access, errors and transcript.
export function showJobs(page) {
  const phrase = (name, ...values) => {
    const text = phrases[page.language()][name] ?? page.t(name, ...values);
    return typeof text === "function" ? text(...values) : text;
  };

  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  // ---- What is shown ---------------------------------------------------------------------------------------------

  const title = make("summary"), note = make("p", { className: "note" }), list = make("ul");
  const button = (onclick) => make("button", { type: "button", onclick });
  const picker = make("input", { id: "jobs-picker", type: "file", multiple: true, hidden: true, accept: page.accepted });
  const add = button(() => picker.click()), newest = button(() => turn(null)), older = button(() => turn(next));
  const panel = make("details", { id: "jobs-panel" }, title, list, make("div", { className: "actions" }, add, newest, older), note);
  const status = make("p", { id: "jobs-status", className: "note" });
  status.setAttribute("role", "status");
  page.tools.after(make("section", { id: "jobs" }, panel, status, picker));
  picker.onchange = () => {
    submit([...picker.files]);
    picker.value = "";
  };

  // A row stays the same element, so that the keyboard's place in the list is kept.
  const rows = new Map();

  function row(key) {
    const known = rows.get(key);
    if (known) return known;
    const made = { name: make("span", { className: "name" }), state: make("span", { className: "note" }) };
    for (const name of ["read", "stop", "erase"]) {
      made[name] = button(() => {
        const asks = name === "erase" && made.needsSurety && !made.isSure;
        made.isSure = asks;
        if (asks) show(); else made.act[name]();
      });
    }
    made.erase.onblur = () => {
      if (!made.isSure) return;
      made.isSure = false;
      queueMicrotask(show);
    };
    made.element = make("li", {}, make("div", {}, made.name, made.state), made.read, made.stop, made.erase);
    rows.set(key, made);
    return made;
  }

  // Writes a row; `labels` has the text of each button that is there.
  function write(key, name, state, labels, act, needsSurety) {
    const made = row(key);
    Object.assign(made, { act, needsSurety });
    if (made.isSure) labels.erase = phrase("surely");
    made.name.textContent = name;
    made.state.textContent = state;
    for (const button of ["read", "stop", "erase"]) {
      made[button].hidden = !labels[button];
      made[button].textContent = labels[button] || "";
      if (labels[button]) made[button].setAttribute("aria-label", `${labels[button]}: ${name}`);
    }
    return made.element;
  }

  let jobs = [], next = null, before = null, uploads = [], trouble = null;

  function show() {
    const focused = document.activeElement, place = [...list.children].findIndex((element) => element.contains(focused));
    const shown = [...uploads.map(showUpload), ...jobs.map(showJob)];
    const keys = new Set([...uploads.map(({ key }) => key), ...jobs.map(({ job_id }) => job_id)]);
    for (const [key, { element }] of rows) {
      if (keys.has(key)) continue;
      rows.delete(key);
      element.remove();
    }
    shown.forEach((element, index) => {
      if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
    });
    // A button that is not there any more hands the keyboard to the nearest one.
    if (place >= 0 && (document.activeElement !== focused || focused.hidden)) {
      (list.children[Math.min(place, shown.length - 1)]?.querySelector("button:not([hidden])") ?? add).focus();
    }
    title.textContent = phrase(page.isLocal ? "recordings" : "jobs");
    note.textContent = phrase(page.isLocal ? "noteLocal" : "note");
    for (const [element, name] of [[add, "add"], [newest, "newest"], [older, "older"]]) element.textContent = phrase(name);
    newest.hidden = before === null;
    older.hidden = next === null;
    showStatus();
  }

  // Announced when it changes: the numbers of jobs, not their progress.
  function showStatus() {
    const done = uploads.filter(({ result }) => result).length, refused = uploads.filter(({ isRefused }) => isRefused).length;
    const counts = page.isLocal ? { processing: uploads.length - done - refused, done, failed: refused } : { uploads: uploads.length };
    for (const job of jobs) counts[job.status] = (counts[job.status] ?? 0) + 1;
    const numbers = phrase("counts", counts).filter(([, count]) => count > 0).map(([name, count]) => `${name} ${count}`);
    const text = trouble ? phrase(...trouble) : numbers.join(" · ") || (page.isLocal ? "" : phrase("none"));
    if (status.textContent !== text) status.textContent = text;
  }

  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  function stateOf(job) {
    if (job.status === "processing") return phrase("recognising", job.percent, clock(job.processed_seconds));
    const state = phrase("states")[job.status] ?? job.status;
    if (!job.error) return state;
    const known = Object.keys(jobErrors).find((start) => job.error.startsWith(start));
    return `${state}: ${known ? phrase(jobErrors[known]) : job.error}`;
  }

  function showJob(job) {
    const hasText = job.status === "done" || (!isActive(job) && job.processed_seconds > 0);
    const labels = {
      read: hasText && phrase("read"), stop: isActive(job) && phrase("cancel"), erase: !isActive(job) && phrase("erase"),
    };
    const act = {
      read: () => read(job), stop: () => change(job, "DELETE", ""), erase: () => change(job, "POST", "/erase"),
    };
    return write(job.job_id, nameOf(job), stateOf(job), labels, act, true);
  }

  function showUpload(upload) {
    const { cause, result } = upload;
    const state = cause ? phrase(...cause) : result ? [phrase("states").done, ...result.remarks.map((name) => phrase(name))].join(". ")
      : upload.heard > 0 ? phrase("recognising", percentOf(upload), clock(upload.heard))
      : upload.isSent ? phrase("recognising", 0, clock(0))
      : upload.request ? phrase("sending", upload.percent) : phrase("waiting");
    const labels = {
      read: cause ? phrase("again") : result && phrase("read"), stop: !cause && !result && phrase("cancel"),
      erase: (cause || result) && phrase("remove"),
    };
    const act = {
      read: () => result ? open({ ...result, name: upload.file.name.replace(/\.[^.]*$/, ""), file: upload.file }) : retry(upload),
      stop: () => drop(upload), erase: () => drop(upload),
    };
    return write(upload.key, upload.file.name, state, labels, act, false);
  }

  const percentOf = ({ heard, seconds }) => seconds > 0 ? Math.min(100, Math.floor(heard / seconds * 100)) : 0;

  function open(transcript) {
    trouble = page.read(transcript) ? null : ["afterwards"];
    show();
  }

  // ---- Names -----------------------------------------------------------------------------------------------------

  // The server stores no names of files; the tab remembers those that it sent, and the files themselves until it is left.
  const files = new Map();
  let names = {};
  try {
    names = JSON.parse(sessionStorage.getItem(namesKey)) ?? {};
  } catch {
    // Not written by this version of the page.
  }

  function remember(id, name) {
    names = Object.fromEntries([...Object.entries(names), [id, name]].slice(-nameLimit));
    try {
      sessionStorage.setItem(namesKey, JSON.stringify(names));
    } catch {
      // The storage is full or not allowed.
    }
  }

  const nameOf = ({ job_id, created_at }) => names[job_id]
    ?? phrase("unnamed", new Date(created_at * 1000).toLocaleString(page.language()));

  // ---- Requests --------------------------------------------------------------------------------------------------

  // The answer of the server; status 0 is none.
  async function ask(path, method = "GET") {
    try {
      const answer = await fetch(path, { method, headers: page.bearer(), signal: AbortSignal.timeout(requestLimit) });
      const type = answer.headers.get("Content-Type") ?? "", text = await answer.text();
      return { status: answer.status, isOK: answer.ok, type, text, body: parsed(text) };
    } catch {
      return { status: 0, isOK: false, body: null };
    }
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  // The cause as the name of a phrase with its values.
  const causeOf = ({ status, body }) => refusals[body?.code] ? [refusals[body.code]] : page.causeOf(status, body);

  // ---- The list --------------------------------------------------------------------------------------------------

  let timer = null, due = 0, delay = firstDelay, seen = "", asked = 0, isLookFailed = false;

  // One request at a time for the whole list, never from a tab that is not visible.
  function lookIn(milliseconds) {
    const at = performance.now() + milliseconds;
    if (timer !== null && due <= at) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(look, milliseconds);
  }

  async function look() {
    clearTimeout(timer);
    timer = null;
    if (document.hidden || page.isLocal) return;
    const mine = asked += 1;
    const answer = await ask(`v1/jobs?${new URLSearchParams({ limit: pageSize, ...(before && { before }) })}`);
    if (mine !== asked) return;
    if (answer.isOK && answer.body?.jobs) {
      if (isLookFailed) trouble = null;
      isLookFailed = false;
      ({ jobs, next = null } = answer.body);
      delay = answer.text === seen ? Math.min(delay * 1.6, lastDelay) : firstDelay;
      seen = answer.text;
      if (jobs.some(isActive)) lookIn(delay);
    } else {
      isLookFailed = true;
      trouble = causeOf(answer);
      delay = Math.max(answer.body?.retry_after_ms ?? 0, Math.min(delay * 2, failureDelay));
      // A missing key does not appear by itself.
      if (answer.status === 0 || answer.status === 429 || answer.status >= 500) lookIn(delay);
    }
    show();
  }
  function lookNow() {
    delay = firstDelay;
    return look();
  }

  function turn(to) {
    before = to;
    return lookNow();
  }

  async function change(job, method, path) {
    const answer = await ask(`v1/jobs/${job.job_id}${path}`, method);
    trouble = answer.isOK ? null : causeOf(answer);
    await lookNow();
  }

  async function read(job) {
    trouble = null;
    const isDone = job.status === "done", name = nameOf(job).replace(/\.[^.]*$/, "");
    const answer = await ask(`v1/jobs/${job.job_id}${isDone ? "/result" : ""}`);
    if (!answer.isOK) {
      trouble = causeOf(answer);
    } else if (isDone && !Array.isArray(answer.body?.words)) {
      // A job of another client, which chose another format.
      page.save(answer.text, answer.type, name);
    } else {
      const { text = answer.body.partial, words = [], spans, duration = job.processed_seconds, notes, diarization } = answer.body;
      return open({ segments: text ? [{ text, words, spans }] : [], duration, notes, diarization, name, file: files.get(job.job_id) });
    }
    show();
  }

  // ---- Sending ---------------------------------------------------------------------------------------------------

  let count = 0;

  function submit(files) {
    const room = Math.max(0, uploadLimit - uploads.length);
    trouble = files.length > room ? ["tooMany", uploadLimit] : null;
    for (const file of files.slice(0, room)) {
      // Sent again after an answer that was lost, the same recording is the same job.
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      const identity = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      const query = new URLSearchParams(page.writing());
      uploads.push({ key: `file ${count += 1}`, file, identity, percent: 0, heard: 0, tries: 0, query });
    }
    panel.open = true;
    sendNext();
    show();
  }

  // One recording at a time. One that cannot be sent now holds the others until it is sent again or removed.
  function sendNext() {
    const upload = uploads.find(({ isRefused, result }) => !isRefused && !result);
    if (!upload || upload.cause || upload.request) return;
    const request = upload.request = new XMLHttpRequest();
    // Speakers are known at the end of a recording, so the events do not have them.
    upload.isWhole = upload.query.get("diarization") === "true";
    const path = page.isLocal ? upload.isWhole ? "transcribe?" : "transcribe/stream?end=true&" : "jobs?";
    request.open("POST", `v1/${path}${upload.query}`);
    const identity = page.isLocal ? {} : { "Idempotency-Key": upload.identity };
    for (const [name, value] of Object.entries({ ...page.bearer(), ...identity })) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded, total }) => {
      upload.percent = total ? Math.floor(loaded / total * 100) : 0;
      show();
    };
    if (page.isLocal) {
      Object.assign(upload, { heard: 0, isSent: false });
      page.secondsOf(upload.file).then((seconds) => { upload.seconds = seconds; });
      request.upload.onload = () => {
        upload.isSent = true;
        show();
      };
      request.onprogress = () => {
        upload.heard = page.eventsOf(request).findLast(({ type }) => type === "final")?.words.at(-1)?.end ?? 0;
        show();
      };
    }
    request.onload = () => page.isLocal && request.status === 200 ? heard(upload, request)
      : sent(upload, request.status, parsed(request.responseText));
    request.onerror = () => sent(upload, 0, null);
    request.send(upload.file);
  }

  // The whole text of a recording that is no job.
  function heard(upload, request) {
    const events = upload.isWhole ? [] : page.eventsOf(request), ofType = (wanted) => events.filter(({ type }) => type === wanted);
    const [failure] = ofType("error"), [end] = ofType("end");
    if (failure) return sent(upload, request.status, failure);
    const body = upload.isWhole ? parsed(request.responseText) : end && { ...end, notes: ofType("note") };
    // A server that stops ends its streams without an event.
    if (!body) return refuse(upload, ["cutOff"]);
    const segments = (upload.isWhole ? [body] : ofType("final")).filter(({ text, words }) => text && words)
      .map(({ text, words, spans }) => ({ text, words, spans }));
    const { duration, notes, diarization } = body;
    upload.result = { segments, duration, notes, diarization, remarks: page.remarksOn(body) };
    upload.request = null;
    sendNext();
    show();
  }

  async function sent(upload, status, body) {
    if (status === 202 && body?.job_id) {
      uploads = uploads.filter((other) => other !== upload);
      remember(body.job_id, upload.file.name);
      // No bytes are kept: the browser reads the file when it is played.
      files.set(body.job_id, upload.file);
      if (!rows.has(body.job_id)) {
        rows.set(body.job_id, rows.get(upload.key));
        rows.delete(upload.key);
      }
      if (before === null && !jobs.some(({ job_id }) => job_id === body.job_id)) {
        jobs = [{ percent: 0, processed_seconds: 0, ...body }, ...jobs].slice(0, pageSize);
      }
      delay = firstDelay;
      lookIn(delay);
      sendNext();
      show();
    } else {
      const cause = status === 0 && !await page.isReadable(upload.file) ? ["unreadableFile"] : causeOf({ status, body });
      if (body?.retry_after_ms && upload.tries < tryLimit) {
        upload.tries += 1;
        upload.timer = setTimeout(() => retry(upload), Math.min(body.retry_after_ms, 60000));
      }
      refuse(upload, cause, status);
    }
  }

  function refuse(upload, cause, status) {
    Object.assign(upload, { request: null, cause, isRefused: status === 400 || ownFaults.includes(cause[0]) });
    sendNext();
    show();
  }

  function retry(upload) {
    clearTimeout(upload.timer);
    if (!uploads.includes(upload)) return;
    upload.cause = null;
    upload.isRefused = false;
    sendNext();
    show();
  }

  function drop(upload) {
    clearTimeout(upload.timer);
    if (upload.request) upload.request.onload = upload.request.onerror = null;
    upload.request?.abort();
    uploads = uploads.filter((other) => other !== upload);
    sendNext();
    show();
  }

  addEventListener("beforeunload", (event) => { if (uploads.length > 0) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) lookNow(); });
  page.keyField.addEventListener("change", lookNow);
  panel.addEventListener("toggle", () => { if (panel.open) lookNow(); });

  lookNow().then(() => { panel.open ||= jobs.some(isActive); });
  return { submit, show };
}
