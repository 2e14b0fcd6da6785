// The page of the server. It uses no library and no other host. The access key and the text are kept in the storage of
// the tab, which ends with the tab. Every address is relative, so that the page works below any path prefix.
"use strict";

(() => {
  const $ = (id) => document.getElementById(id);

  // ---- Texts in both languages ------------------------------------------------------------------------------------

  const languages = {
    ru: {
      welcome: "Говорите — текст появится здесь",
      welcomeFile: "Нажмите на микрофон. Запись можно перетащить на страницу или выбрать кнопкой «Файл». Звук не уходит дальше этого сервера.",
      insecure: "Микрофона здесь нет: браузер даёт его только страницам по https или с адреса localhost, а эта открыта по http. Откройте страницу на самой машине с сервером или по https. Файлы работают и так.",
      settings: "Настройки", key: "Ключ доступа", otherLanguage: "English",
      writing: "Как записывать текст", numbers: "Числа цифрами", punctuation: "Знаки препинания и заглавные буквы",
      speakers: "Говорящие", split: "Каналы стерео — разные говорящие", microphone: "Микрофон", anyMicrophone: "Выбранный в системе",
      sent: (part) => `отправлено ${part}`, recognised: (part) => `распознано ${part}`, recognising: "распознаётся",
      keyNote: "Нужен, только если сервер его требует. Остаётся в этой вкладке до её закрытия.",
      transcript: "Расшифровка", format: "Формат", copy: "Копировать", copied: "Скопировано", download: "Скачать",
      clear: "Очистить", file: "Файл", talk: "Говорить", stop: "Остановить", progress: "Ход работы",
      dropHere: "Отпустите запись здесь", dismiss: "Закрыть", again: "Повторить", undo: "Вернуть текст",
      reconnect: "Подключиться снова", enterKey: "Ввести ключ",
      loading: "модель загружается…", offline: "сервер не отвечает",
      word: (s) => `слово через ${s} с`, phrase: (s) => `фраза через ${s} с`,
      latencyTitle: "Сколько времени проходит от конца слова до его появления и от конца фразы до окончательного текста",
      replaced: "Прежний текст убран.", nothing: "Речи не слышно.",
      noPermission: "Браузер не дал доступ к микрофону. Разрешите его для этой страницы и попробуйте снова.",
      noMicrophone: "Микрофон не найден или занят другой программой.",
      microphoneGone: "Микрофон отключился.",
      microphoneFailed: "Браузер не смог открыть микрофон.",
      noAudioClock: "Браузер не запустил обработку звука. Firefox нужно для этого устройство вывода: подключите наушники или колонки.",
      busy: (s) => s > 0 ? `Сервер занят. Повторить можно через ${s} с.` : "Сервер занят. Можно повторить.",
      limited: (s) => s > 0 ? `Слишком много запросов с этого адреса. Повторить можно через ${s} с.` : "Слишком много запросов с этого адреса. Можно повторить.",
      starting: "Сервер ещё загружает модель. Повторите через несколько секунд.",
      lost: "Связь с сервером прервалась. Сказанное сохранено.",
      unreachable: "Сервер не отвечает или оборвал соединение. Проверьте, что он работает.",
      slow: "Сеть не успевает передавать звук. Сказанное сохранено.",
      stopping: "Сервер останавливается.", stoppingLive: "Сервер останавливается. Сказанное сохранено.",
      cutOff: "Сервер остановился раньше конца записи: текст неполон.",
      idle: "Сервер закончил сеанс: долго не было звука.",
      tooLong: "Сеанс достиг предельной длины. Нажмите на микрофон, чтобы продолжить.",
      needsKey: "Сервер требует ключ доступа.", badKey: "Сервер не принял этот ключ доступа.",
      unusableKey: "Ключ не принят: в ключах доступа только латинские буквы, цифры и знаки без пробелов.",
      badOrigin: (origin) => `Сервер не принимает запросы со страниц адреса ${origin}. Запустите его с --public-url ${origin}.`,
      tooLarge: "Файл больше, чем принимает сервер.", recordingTooLong: "Запись длиннее, чем принимает сервер.",
      emptyFile: "Файл пуст.", unreadableFile: "Браузер не может прочитать этот файл. Папки не подходят.",
      unreadable: "Не удалось прочитать запись. Подходят WAV, MP3, M4A, OGG, Opus, FLAC, WebM, MKV и MP4.",
      timedOut: "Распознавание заняло слишком много времени.", broken: "Сбой на сервере. Причина записана в его журнале.",
      notRecognised: "Сбой распознавания. Причина записана в журнале сервера.", gap: "Часть речи распознать не удалось.",
      slowUpload: "Запись передавалась слишком медленно.", storageFull: "На диске сервера нет места для записей.",
      noVoices: "Сервер сейчас не может прочитать голоса говорящих.", noMarks: "Сервер больше не ставит знаки препинания. Выключите их в настройках.",
      outdated: "Эта страница от другой версии сервера. Обновите её.", noModule: "Форматы и правка ещё не загрузились.",
      cancelling: "Каналы записи гасят друг друга: распознан один из них.", tracks: "В файле есть и другие звуковые дорожки: распознана одна.",
      noSpeakers: "Говорящих различить не удалось.",
      failed: (code) => `Сервер ответил ошибкой (${code}).`,
    },
    en: {
      welcome: "Speak, and the text appears here",
      welcomeFile: "Press the microphone. A recording can be dropped on the page or chosen with the File button. The sound goes no further than this server.",
      insecure: "There is no microphone here: a browser gives it only to pages over https or from localhost, and this one came over http. Open the page on the server's own machine, or over https. Files work all the same.",
      settings: "Settings", key: "Access key", otherLanguage: "Русский",
      writing: "How text is written", numbers: "Numbers in digits", punctuation: "Punctuation and capitals",
      speakers: "Speakers", split: "Stereo channels are different speakers", microphone: "Microphone", anyMicrophone: "As the system chooses",
      sent: (part) => `sent ${part}`, recognised: (part) => `recognised ${part}`, recognising: "being recognised",
      keyNote: "Needed only if the server asks for one. It stays in this tab until the tab is closed.",
      transcript: "Transcript", format: "Format", copy: "Copy", copied: "Copied", download: "Download",
      clear: "Clear", file: "File", talk: "Speak", stop: "Stop", progress: "Progress",
      dropHere: "Drop the recording here", dismiss: "Dismiss", again: "Try again", undo: "Restore the text",
      reconnect: "Connect again", enterKey: "Enter the key",
      loading: "the model is loading…", offline: "the server does not answer",
      word: (s) => `word after ${s} s`, phrase: (s) => `phrase after ${s} s`,
      latencyTitle: "From the end of a word until it appears, and from the end of a phrase until its final text",
      replaced: "The previous text was removed.", nothing: "No speech was heard.",
      noPermission: "The browser did not give access to the microphone. Allow it for this page and try again.",
      noMicrophone: "There is no microphone, or another program uses it.",
      microphoneGone: "The microphone was disconnected.",
      microphoneFailed: "The browser could not open the microphone.",
      noAudioClock: "The browser did not start processing sound. Firefox needs an output device for it: connect headphones or speakers.",
      busy: (s) => s > 0 ? `The server is busy. Try again in ${s} s.` : "The server is busy. You can try again.",
      limited: (s) => s > 0 ? `Too many requests from this address. Try again in ${s} s.` : "Too many requests from this address. You can try again.",
      starting: "The server is still loading its model. Try again in a few seconds.",
      lost: "The connection to the server was lost. What was said is kept.",
      unreachable: "The server does not answer, or closed the connection. Check that it is running.",
      slow: "The network is too slow for the sound. What was said is kept.",
      stopping: "The server is stopping.", stoppingLive: "The server is stopping. What was said is kept.",
      cutOff: "The server stopped before the end of the recording: the text is incomplete.",
      idle: "The server ended the session: there was no sound for long.",
      tooLong: "The session is as long as it may be. Press the microphone to go on.",
      needsKey: "The server asks for an access key.", badKey: "The server did not accept this access key.",
      unusableKey: "The key is not accepted: access keys have Latin letters, digits and marks only, without spaces.",
      badOrigin: (origin) => `The server accepts no requests from pages of ${origin}. Start it with --public-url ${origin}.`,
      tooLarge: "The file is larger than the server accepts.", recordingTooLong: "The recording is longer than the server accepts.",
      emptyFile: "The file is empty.", unreadableFile: "The browser cannot read this file. Folders are not supported.",
      unreadable: "The recording could not be read. WAV, MP3, M4A, OGG, Opus, FLAC, WebM, MKV and MP4 can.",
      timedOut: "The recognition took too long.", broken: "An error of the server. Its log has the cause.",
      notRecognised: "The recognition failed. The log of the server has the cause.", gap: "Some of the speech could not be recognised.",
      slowUpload: "The recording was sent too slowly.", storageFull: "The disk of the server has no space for recordings.",
      noVoices: "The server cannot read the voices of speakers now.", noMarks: "The server sets no punctuation any more. Switch it off in the settings.",
      outdated: "This page is of another version of the server. Load it again.", noModule: "Formats and editing have not been loaded yet.",
      cancelling: "The channels of the recording cancel each other: one of them was recognised.", tracks: "The file has further audio tracks: one was recognised.",
      noSpeakers: "The speakers could not be told apart.",
      failed: (code) => `The server answered with an error (${code}).`,
    },
  };
  let language = (navigator.language ?? "").toLowerCase().startsWith("ru") ? "ru" : "en";
  const t = (name, ...values) => {
    const phrase = languages[language][name];
    return typeof phrase === "function" ? phrase(...values) : phrase;
  };

  function translate() {
    document.documentElement.lang = language;
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
    for (const element of document.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", t(element.dataset.label));
    }
    $("language").lang = language === "ru" ? "en" : "ru";
    $("latency").title = t("latencyTitle");
    showState();
    showLatency();
    showMicrophones();
    jobs?.show();
    reader?.translate();
  }

  // ---- The transcript --------------------------------------------------------------------------------------------

  // A pause that begins a paragraph, in seconds.
  const paragraphPause = 2;
  const emptyTranscript = () => ({ segments: [], duration: 0 });
  let transcript = emptyTranscript(), previous = null;
  const textOf = ({ segments }) => segments.map((segment) => segment.text).join(" ");
  const shifted = (words, shift) =>
    words.map((word) => ({ ...word, start: round(word.start + shift), end: round(word.end + shift) }));

  function append({ text, words, spans, isCue }, shift = 0) {
    const segment = { text, words: shifted(words, shift), spans, isCue };
    for (const piece of reader?.divided(segment) ?? [segment]) write(piece);
    showTranscript();
  }

  function write(segment) {
    const before = transcript.segments.at(-1)?.words.at(-1), { words } = segment;
    transcript.segments.push(segment);
    const beginsParagraph = before && (words[0]?.start - before.end > paragraphPause || words[0]?.speaker !== before.speaker);
    let paragraph = $("text").lastElementChild;
    if (!paragraph || beginsParagraph) paragraph = $("text").appendChild(document.createElement("p"));
    const span = paragraph.appendChild(document.createElement("span"));
    span.textContent = `${segment.text} `;
    reader?.mark(span, segment);
    transcript.duration = Math.max(transcript.duration, words.at(-1)?.end ?? 0);
  }

  // The words that stay, and those that may still change.
  function showPartial({ committed, tentative }) {
    const words = tentative.trimStart();
    $("committed").textContent = committed + tentative.slice(0, tentative.length - words.length);
    $("tentative").textContent = words;
    showTranscript();
  }
  const clearPartial = () => { $("committed").textContent = $("tentative").textContent = ""; };

  function showTranscript() {
    const isEmpty = transcript.segments.length === 0, isEdited = reader?.isEditing() ?? false;
    const format = reader ? chosenFormat() : "txt";
    $("welcome").hidden = !isEmpty || $("partial").textContent.trim() !== "" || session !== null;
    $("text").hidden = format !== "txt" || isEdited;
    $("rendering").hidden = format === "txt" || isEmpty || isEdited;
    if (!$("rendering").hidden) $("rendering").textContent = render(format);
    reader?.show();
    for (const id of ["copy", "download"]) $(id).disabled = isEmpty;
    $("clear").disabled = isEmpty || session !== null;
    follow();
  }

  // Follows the end of the text until the user scrolls up.
  let follows = true, lastTop = 0;
  function follow() {
    if (follows) $("paper").scrollTop = $("paper").scrollHeight;
  }
  // A player that appears later must not bring the end back.
  function showBeginning() {
    follows = false;
    $("paper").scrollTop = 0;
  }
  $("paper").onscroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = $("paper");
    if (scrollHeight - scrollTop - clientHeight < 40) follows = true;
    // A change of the height is not a scroll of the user; an upward movement is.
    else if (scrollTop < lastTop) follows = false;
    lastTop = scrollTop;
  };
  new ResizeObserver(follow).observe($("paper"));

  function replaceTranscript(next) {
    const old = transcript;
    transcript = emptyTranscript();
    reader?.close();
    rewrite(next.segments);
    clearPartial();
    Object.assign(transcript, { duration: next.duration, name: next.name, file: next.file });
    reader?.attach(next.file);
    storeTranscript();
    if (old.segments.length > 0) previous = old;
    showTranscript();
  }

  // Writes the segments from an index on anew; those before it stay as they are.
  function rewrite(segments, from = 0) {
    transcript.segments.length = from;
    for (const span of [...$("text").querySelectorAll("p > span")].slice(from)) span.remove();
    while ($("text").lastElementChild && !$("text").lastElementChild.querySelector("span")) $("text").lastElementChild.remove();
    for (const segment of segments) write(segment);
  }

  // The storage of the tab. A browser may refuse it, and it may be full: the page works without.
  function stored(name) {
    try {
      return sessionStorage.getItem(name);
    } catch {
      return null;
    }
  }
  function store(name, value) {
    try {
      if (value) sessionStorage.setItem(name, value); else sessionStorage.removeItem(name);
    } catch {
      // Kept by the page alone.
    }
  }

  // The text survives a reload; one that was neither copied nor downloaded asks before the tab is closed.
  const storageName = "gigastt.transcript";
  let isUnsaved = false;

  function storeTranscript() {
    const { segments } = transcript, open = session?.openSegment?.();
    const all = open ? [...segments, open] : segments;
    isUnsaved = all.length > 0;
    store(storageName, isUnsaved && JSON.stringify({ ...transcript, file: undefined, segments: all }));
  }

  function restoreTranscript() {
    try {
      const kept = JSON.parse(stored(storageName));
      if (kept) replaceTranscript(kept);
    } catch {
      // Not written by this version of the page.
    }
  }

  addEventListener("pagehide", () => { if (session) storeTranscript(); });
  addEventListener("beforeunload", (event) => { if (session || isUnsaved) event.preventDefault(); });

  // The action of a notice that brings the earlier text back, where there is one.
  function undo() {
    if (!previous) return [];
    const old = previous;
    previous = null;
    return ["undo", () => replaceTranscript(old)];
  }

  function offerUndo() {
    if (previous) showNotice("replaced", [], ...undo());
  }

  // What a recording leaves that did not come to its end: its text so far, or else the text before it.
  function abandonRecording() {
    if (transcript.segments.length > 0) return storeTranscript();
    replaceTranscript(previous ?? emptyTranscript());
    previous = null;
  }

  // A module that did not arrive is asked for again, at last every half minute. Some browsers remember the failure of an
  // address, so each attempt has its own.
  const attemptLimit = 20, attempts = {};

  async function arrival(name, load) {
    const count = attempts[name] = (attempts[name] ?? -1) + 1;
    const module = await import(`./${name}.js${count > 0 ? `?${count}` : ""}`).catch(() => null);
    if (!module && count < attemptLimit) setTimeout(load, Math.min(1000 * 2 ** count, 30000));
    return module;
  }

  // The modules that read and write a text.
  let reader = null, readerLoad = null;

  function loadReader() {
    if (!reader) readerLoad ??= startReader().finally(() => { readerLoad = null; });
    return readerLoad;
  }

  async function startReader() {
    const module = await arrival("reader", loadReader);
    if (!module) return;
    const { render, divided, mediaTypes } = module;
    reader = { render, divided, mediaTypes, ...module.showReader({
      language: () => language, paper: $("paper"), text: $("text"), tools: $("tools"), actions: document.querySelector(".actions"),
      transcript: () => transcript, isBusy: () => session !== null, show: showTranscript,
      rewrite: (segments) => {
        rewrite(segments);
        storeTranscript();
        showTranscript();
      },
    }) };
    rewrite(transcript.segments.flatMap((segment) => reader.divided(segment)));
    reader.attach(transcript.file);
    if ($("notice-text").textContent === t("noModule")) hideNotice();
    showTranscript();
  }

  // ---- Formats -----------------------------------------------------------------------------------------------------

  const chosenFormat = () => document.querySelector("input[name=format]:checked").value;
  const round = (seconds) => Math.round(seconds * 1000) / 1000;
  const render = (format) => reader ? reader.render(transcript, format) : textOf(transcript);

  async function copy() {
    const text = render(chosenFormat());
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Over plain HTTP there is no clipboard API; copy a selection instead.
      const area = document.body.appendChild(document.createElement("textarea"));
      area.value = text;
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    isUnsaved = false;
    $("copy").textContent = t("copied");
    setTimeout(() => { $("copy").textContent = t("copy"); }, 1500);
  }

  function download() {
    const format = chosenFormat();
    save(render(format), reader?.mediaTypes[format] ?? "text/plain", transcript.name ?? "transcript");
    isUnsaved = false;
  }

  function save(text, type, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: `${type.split(";")[0]};charset=utf-8` }));
    const format = Object.entries(reader?.mediaTypes ?? {}).find(([, known]) => type.startsWith(known));
    link.download = `${name}.${format?.[0] ?? "txt"}`;
    link.click();
    // The browser has read the content by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  // ---- Errors ----------------------------------------------------------------------------------------------------

  let noticeTimer = null;

  // Remarks and what can be undone: no failures.
  const calm = ["replaced", "nothing", "gap", "cancelling", "tracks", "noSpeakers"];

  // The names of one text or of several.
  function showNotice(name, values = [], action = null, act = null) {
    clearInterval(noticeTimer);
    const names = [name].flat();
    $("notice").classList.toggle("calm", names.every((name) => calm.includes(name)));
    $("notice-text").textContent = names.map((name) => t(name, ...values)).join(" ");
    $("notice-action").hidden = !action;
    $("notice-action").disabled = false;
    if (action) $("notice-action").textContent = t(action);
    $("notice-action").onclick = () => { hideNotice(); act?.(); };
    $("notice").hidden = false;
    // In a low window it may be out of sight.
    $("notice").scrollIntoView({ block: "nearest" });
  }

  function hideNotice() {
    clearInterval(noticeTimer);
    $("notice").hidden = true;
  }

  // A refusal with a time to try again: counts the seconds down, then enables the button.
  function showWait(name, seconds, act) {
    showNotice(name, [seconds], "again", act);
    if (seconds <= 0) return;
    $("notice-action").disabled = true;
    noticeTimer = setInterval(() => {
      seconds -= 1;
      $("notice-text").textContent = t(name, seconds);
      if (seconds > 0) return;
      clearInterval(noticeTimer);
      $("notice-action").disabled = false;
    }, 1000);
  }

  function askForKey() {
    $("settings").open = true;
    $("key").focus();
  }

  // The texts of the errors of docs/api.md that the page can meet, in an answer, in mid-stream or on a WebSocket.
  const causes = {
    initializing: "starting", pool_closed: "stopping", shutting_down: "stopping", cancelled: "stopping", forbidden: "badKey",
    empty_body: "emptyFile", audio_too_long: "recordingTooLong", payload_too_large: "tooLarge", transcription_error: "unreadable",
    invalid_audio: "unreadable", inference_error: "notRecognised", inference_timeout: "timedOut", internal: "broken",
    request_timeout: "slowUpload", storage_full: "storageFull", speakers_unavailable: "noVoices",
    punctuation_not_available: "noMarks", unsupported_protocol_version: "outdated", policy_violation: "broken",
    idle_timeout: "idle", max_session_duration_exceeded: "tooLong",
  };
  // Answers without a code, as those of a proxy.
  const statuses = { 408: "slowUpload", 413: "tooLarge", 422: "unreadable", 500: "broken", 504: "timedOut", 507: "storageFull" };

  // An error of the server as the name of its text and the values in it: one table for recordings, live sessions, jobs and
  // refused connections. The code says more than the status, which is 200 in mid-stream. Status 0: no answer.
  function causeOf(status, body) {
    const code = body?.code ?? body?.error?.code;
    if (status === 0) return ["unreachable"];
    if (code === "rate_limited") return ["limited", Math.ceil((body.retry_after_ms ?? 1000) / 1000)];
    if (code === "origin_denied" || code === "host_denied") return ["badOrigin", location.origin];
    if (causes[code]) return [causes[code]];
    if (code === "timeout" || body?.retry_after_ms) return ["busy", Math.ceil((body.retry_after_ms ?? 0) / 1000)];
    if (status === 401) return [key() ? "badKey" : "needsKey"];
    if (!code && statuses[status]) return [statuses[status]];
    return ["failed", code ?? status];
  }

  // Failures that the same request would meet again, and ends of a session that ask for nothing.
  const lasting = ["badOrigin", "emptyFile", "unreadableFile", "recordingTooLong", "tooLarge", "unreadable", "noMarks", "outdated", "idle", "tooLong"];

  function showFailure(status, body, again) {
    if (status === 0 || status >= 500) pollHealth();
    showCause(causeOf(status, body), again);
  }

  // `otherwise` is the action where there is nothing to try again.
  function showCause([name, ...values], again, otherwise = []) {
    if (name === "limited" || name === "busy") return showWait(name, values[0], again);
    if (name === "badKey" || name === "needsKey") return showNotice(name, [], "enterKey", askForKey);
    return lasting.includes(name) ? showNotice(name, values, ...otherwise) : showNotice(name, values, "again", again);
  }

  async function isReadable(file) {
    try {
      await file.slice(0, 1).arrayBuffer();
      return true;
    } catch {
      return false;
    }
  }

  // The texts of the remarks of the server on a recording.
  function remarksOn({ notes = [], diarization }) {
    const known = { cancelling_channels: "cancelling", other_tracks: "tracks" };
    return [...notes.map(({ code }) => known[code]).filter(Boolean), ...(diarization?.status === "unavailable" ? ["noSpeakers"] : [])];
  }

  // At the end of a recording: what was remarked, and how to get the earlier text back.
  function conclude(body) {
    const names = remarksOn(body), action = undo();
    if (transcript.segments.length === 0) names.push("nothing");
    if (action.length > 0) names.push("replaced");
    if (names.length > 0) showNotice(names, [], ...action);
  }

  // ---- Access ----------------------------------------------------------------------------------------------------

  const keyName = "gigastt.key";
  // Of what keys are made, and headers can carry.
  const isUsable = (text) => /^[\x21-\x7e]*$/.test(text);
  let accessKey = stored(keyName) ?? "";
  if (!isUsable(accessKey)) accessKey = "";
  const key = () => accessKey;
  const bearer = () => key() ? { Authorization: `Bearer ${key()}` } : {};

  // A browser's WebSocket cannot send custom fields; the key is an offered subprotocol.
  function subprotocols() {
    if (!key()) return [];
    const bytes = String.fromCharCode(...new TextEncoder().encode(key()));
    return ["gigastt.v1", `gigastt.key.${btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`];
  }

  // ---- State -----------------------------------------------------------------------------------------------------

  // The live session or recording in progress.
  let session = null;

  function showState() {
    document.body.classList.toggle("busy", session !== null);
    document.body.classList.toggle("listening", session instanceof Live);
    $("talk").setAttribute("aria-label", t(session ? "stop" : "talk"));
    $("talk").disabled = session?.isStopping || (!session && !canListen());
    $("choose").disabled = session !== null;
    $("key").disabled = session !== null;
    $("progress").hidden = !(session?.isFile);
    $("insecure").hidden = canListen();
    showTranscript();
  }

  function begin(next) {
    hideNotice();
    reader?.close();
    session = next;
    follows = true;
    latencies = { word: [], phrase: [] };
    showLatency();
    showState();
    showClock();
    return next;
  }

  function end() {
    session = null;
    clearPartial();
    showLatency();
    showState();
  }

  function showClock() {
    if (!session) return;
    const seconds = Math.floor((performance.now() - session.began) / 1000);
    $("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    setTimeout(showClock, 250);
  }

  let latencies = { word: [], phrase: [] };
  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

  function showLatency() {
    const number = (ms) => (ms / 1000).toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    if (session?.isFile) return $("latency").replaceChildren(session.progress);
    $("latency").replaceChildren(...["word", "phrase"].filter((name) => latencies[name].length > 0).flatMap((name) =>
      [t(name, number(median(latencies[name]))), document.createElement("br")]));
  }

  // ---- How the text is written -------------------------------------------------------------------------------------

  // A switch that was not touched leaves the choice to the server.
  const switches = { numbers: "itn", punctuation: "punctuation", speakers: "diarization" };
  const touched = new Set();
  for (const id of Object.keys(switches)) $(id).onchange = () => {
    touched.add(id);
    // Speakers are found by voice or by channel.
    if (id === "speakers" && $(id).checked) $("split").checked = false;
  };
  $("split").onchange = () => { if ($("split").checked) $("speakers").checked = false; };

  const writing = () => Object.fromEntries(
    [["spans", true], ...[...touched].map((id) => [switches[id], $(id).checked])]);
  const recordingOptions = () => ({ ...writing(), ...($("split").checked ? { channels: "split" } : {}) });

  function showSwitches(health) {
    for (const id of ["numbers", "punctuation"]) if (!touched.has(id)) $(id).checked = health[switches[id]] === true;
    // Without its model there is nothing to switch on.
    for (const id of ["punctuation", "speakers"]) $(id).disabled = health[switches[id]] !== true;
  }

  // ---- Live speech -----------------------------------------------------------------------------------------------

  const canListen = () => isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode);
  const rates = [8000, 16000, 24000, 44100, 48000];
  // Blocks kept while the connection opens: 10 s.
  const waitingLimit = 200;
  // The largest unsent amount, in bytes: about 20 s.
  const unsentLimit = 2000000;
  // Blocks whose time is remembered: 2 min, longer than an utterance.
  const markLimit = 2400;
  // The longest wait for the last final.
  const finalTimeout = 30000;
  // Without an output device, a browser may never start the clock of its sound. Milliseconds.
  const clockTimeout = 5000;

  // The names of microphones are known after the first permission.
  async function showMicrophones() {
    const devices = canListen() ? await navigator.mediaDevices.enumerateDevices().catch(() => []) : [];
    const known = devices.filter(({ kind, deviceId, label }) => kind === "audioinput" && label && deviceId !== "default");
    const chosen = $("microphone").value;
    $("microphone").replaceChildren(new Option(t("anyMicrophone"), ""), ...known.map(({ label, deviceId }) => new Option(label, deviceId)));
    $("microphone").value = known.some(({ deviceId }) => deviceId === chosen) ? chosen : "";
    $("microphones").hidden = !canListen();
  }
  navigator.mediaDevices?.addEventListener("devicechange", showMicrophones);

  class Live {
    constructor() {
      this.began = performance.now();
      this.waiting = [];
      this.marks = [];
      this.heardSeconds = 0;
      this.shift = transcript.duration;
      this.first = transcript.segments.length;
      this.isStopping = false;
    }

    async start() {
      try {
        const deviceId = $("microphone").value && { exact: $("microphone").value };
        this.stream = await navigator.mediaDevices.getUserMedia({
          audio: { ...(deviceId && { deviceId }), channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true },
        });
        // Stopped during the permission prompt.
        if (session !== this) return this.cancel();
        showMicrophones();
        this.context = new AudioContext();
        if (!rates.includes(this.context.sampleRate)) {
          await this.context.close();
          this.context = new AudioContext({ sampleRate: 48000 });
        }
        if (!await this.loadWorklet()) return;
        if (session !== this) return this.cancel();
        this.node = new AudioWorkletNode(this.context, "gigastt-microphone", { channelCount: 1, channelCountMode: "explicit" });
        this.node.port.onmessage = ({ data }) => this.receiveBlock(data);
        this.context.createMediaStreamSource(this.stream).connect(this.node).connect(this.context.destination);
        this.stream.getAudioTracks()[0].onended = () => { showNotice("microphoneGone"); this.stop(); };
        await Promise.race([this.context.resume(), new Promise((_, refuse) => setTimeout(refuse, clockTimeout, { name: "clock" }))]);
      } catch (error) {
        const isStopped = session !== this;
        this.cancel();
        if (isStopped) return;
        const names = { NotAllowedError: "noPermission", NotFoundError: "noMicrophone", NotReadableError: "noMicrophone", OverconstrainedError: "noMicrophone", clock: "noAudioClock" };
        return showNotice(names[error?.name] ?? "microphoneFailed");
      }
      if (session !== this) return this.cancel();
      this.connect();
      requestWakeLock();
      draw();
    }

    // False when the server did not give the script, which is no fault of the microphone.
    async loadWorklet() {
      try {
        await this.context.audioWorklet.addModule("worklet.js");
        return true;
      } catch {
        if (session === this) {
          this.cancel();
          await showRefusal();
        }
        return false;
      }
    }

    connect() {
      const address = new URL("v1/ws", document.baseURI);
      address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(address, subprotocols());
      socket.onopen = () => {
        this.isOpen = true;
        const configure = { type: "configure", sample_rate: this.context.sampleRate, protocol_version: "1.2" };
        Object.assign(configure, writing());
        socket.send(JSON.stringify(configure));
        for (const block of this.waiting.splice(0)) this.send(block);
        if (this.isLastSent) socket.send(JSON.stringify({ type: "stop" }));
      };
      socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
      socket.onclose = ({ code }) => this.closed(code);
      this.socket = socket;
    }

    receiveBlock({ pcm, peak, isLast }) {
      levels.push(peak);
      $("talk").style.setProperty("--level", Math.min(1, peak * 2.5).toFixed(3));
      if (this.isLastSent) return;
      if (pcm.byteLength > 0) {
        this.heardSeconds += pcm.byteLength / 2 / this.context.sampleRate;
        // When each block was recorded, for the latency.
        this.marks.push([this.heardSeconds, performance.now()]);
        if (this.marks.length > markLimit) this.marks.shift();
        if (this.isOpen) this.send(pcm);
        else if (this.waiting.length < waitingLimit) this.waiting.push(pcm);
      }
      if (!isLast) return;
      this.isLastSent = true;
      if (this.isOpen) this.socket.send(JSON.stringify({ type: "stop" }));
    }

    send(pcm) {
      if (this.socket.readyState !== WebSocket.OPEN) return;
      if (this.socket.bufferedAmount > unsentLimit) {
        this.cancel();
        return showNotice("slow", [], "reconnect", startTalking);
      }
      this.socket.send(pcm);
    }

    // Milliseconds since the audio at `seconds` was recorded.
    age(seconds) {
      const mark = this.marks.find(([end]) => end >= seconds);
      return mark ? performance.now() - mark[1] : null;
    }

    note(name, words) {
      const age = words.length > 0 ? this.age(words.at(-1).end) : null;
      if (age === null) return;
      latencies[name].push(age);
      if (latencies[name].length > 200) latencies[name].shift();
      showLatency();
    }

    receive(message) {
      switch (message.type) {
        case "partial": {
          // Only a new word measures the latency.
          if (message.words.length > (this.shownCount ?? 0)) this.note("word", message.words);
          this.shownCount = message.words.length;
          this.partial = message;
          showPartial(message);
          break;
        }
        case "final":
          this.shownCount = 0;
          this.partial = null;
          if (message.endpoint_reason !== "stop") this.note("phrase", message.words);
          clearPartial();
          if (message.text) {
            append(message, this.shift);
            storeTranscript();
          }
          showTranscript();
          break;
        case "speakers": this.label(message.spans ?? []); break;
        // The session goes on: what is lost is an utterance.
        case "error": if (message.code === "inference_error") this.hasGap = true; else this.error = message; break;
      }
    }

    // Gives the words whose middle lies in a span to its speaker, and writes anew from the first of them on.
    label(spans) {
      const segments = transcript.segments.slice(this.first);
      let changed = segments.length;
      segments.forEach((segment, index) => {
        for (const word of segment.words) {
          const middle = (word.start + word.end) / 2 - this.shift;
          const span = spans.findLast(({ start, end }) => start <= middle && middle < end);
          if (!span || span.speaker === word.speaker) continue;
          word.speaker = span.speaker;
          changed = Math.min(changed, index);
        }
      });
      if (changed === segments.length) return;
      rewrite(segments.slice(changed).flatMap((segment) => reader?.divided(segment) ?? [segment]), this.first + changed);
      storeTranscript();
      showTranscript();
    }

    // The words that have no final yet.
    openSegment() {
      return this.partial?.text ? { text: this.partial.text, words: shifted(this.partial.words, this.shift) } : null;
    }

    stop() {
      if (this.isStopping) return;
      this.isStopping = true;
      this.release();
      if (this.node && this.socket) {
        this.node.port.postMessage("end");
        this.timer = setTimeout(() => this.socket.close(), finalTimeout);
        showState();
      } else {
        this.cancel();
      }
    }

    async closed(code) {
      clearTimeout(this.timer);
      if (session !== this) return;
      const { error, hasGap, isOpen, isStopping } = this, open = this.openSegment();
      this.cancel();
      // Words whose final did not come are kept as they were last shown.
      if (open) append(open);
      transcript.duration = Math.max(transcript.duration, round(this.shift + this.heardSeconds));
      storeTranscript();
      if (isStopping && isOpen && code === 1000) {
        return hasGap ? showNotice("gap") : transcript.segments.length === 0 ? showNotice("nothing") : undefined;
      }
      if (error) return showFailure(503, error, startTalking);
      // After several utterances in a row the server ends the session.
      if (hasGap && code === 1011) return showCause(["notRecognised"], startTalking);
      pollHealth();
      if (code === 1001) return showNotice("stoppingLive", [], "reconnect", startTalking);
      if (isOpen) return showNotice("lost", [], "reconnect", startTalking);
      await showRefusal();
    }

    // Releases the microphone; the connection may still deliver the last words.
    release() {
      for (const track of this.stream?.getTracks() ?? []) {
        track.onended = null;
        track.stop();
      }
      $("talk").style.removeProperty("--level");
      wakeLock?.release();
    }

    cancel() {
      this.release();
      clearTimeout(this.timer);
      // One that was closed before refuses.
      this.context?.close().catch(() => {});
      if (this.socket) {
        this.socket.onclose = this.socket.onmessage = null;
        this.socket.close();
      }
      if (session === this) end();
    }
  }

  // Browsers give no reason for a refused WebSocket or worklet. A request with the same origin and key does; it
  // carries no recording, so the server answers `empty_body` when it would have accepted one.
  async function showRefusal() {
    try {
      const answer = await fetch("v1/transcribe", { method: "POST", headers: bearer() });
      const body = await answer.json().catch(() => null);
      showFailure(body?.code === "empty_body" ? 0 : answer.status, body, startTalking);
    } catch {
      showFailure(0, null, startTalking);
    }
  }

  function startTalking() {
    if (session || !canListen()) return;
    begin(new Live()).start();
  }

  // ---- The wave --------------------------------------------------------------------------------------------------

  const levels = [];
  const barWidth = 6;

  function draw() {
    const canvas = $("wave"), scale = devicePixelRatio || 1;
    const { width, height } = canvas.getBoundingClientRect();
    if (canvas.width !== Math.round(width * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const count = Math.ceil(width / barWidth);
    levels.splice(0, Math.max(0, levels.length - count));
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (!session || session.isFile) {
      levels.length = 0;
      return;
    }
    pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
    levels.forEach((level, index) => {
      const bar = Math.max(2, Math.min(1, Math.sqrt(level)) * height);
      pen.fillRect(width - (levels.length - index) * barWidth, (height - bar) / 2, barWidth / 2, bar);
    });
    requestAnimationFrame(draw);
  }

  let wakeLock = null;
  async function requestWakeLock() {
    try {
      wakeLock = await navigator.wakeLock?.request("screen");
    } catch {
      // Refused at a low battery; not needed.
    }
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || !(session instanceof Live)) return;
    session.context?.resume();
    requestWakeLock();
  });

  // ---- Recordings ------------------------------------------------------------------------------------------------

  // From this size on, each final is shown as it arrives, unless speakers are to be told apart: they are known at the end.
  const longBytes = 1000000;

  // The complete events of an answer, each parsed once.
  const answers = new WeakMap();
  function eventsOf(request) {
    const known = answers.get(request) ?? { read: 0, events: [] }, text = request.responseText;
    const whole = Math.max(known.read, text.lastIndexOf("\n\n") + 2);
    for (const line of text.slice(known.read, whole).split("\n\n")) {
      if (line.startsWith("data: ")) known.events.push(JSON.parse(line.slice(6)));
    }
    known.read = whole;
    answers.set(request, known);
    return known.events;
  }

  // How long a recording is, as the browser reads it; 0 when it cannot.
  function secondsOf(file) {
    const sound = new Audio(), address = URL.createObjectURL(file);
    return new Promise((found) => {
      sound.onloadedmetadata = sound.onerror = () => {
        URL.revokeObjectURL(address);
        found(Number.isFinite(sound.duration) ? sound.duration : 0);
      };
      sound.src = address;
    });
  }

  class Recording {
    // `before` is the text that a first attempt replaced.
    constructor(file, before = null) {
      this.began = performance.now();
      this.file = file;
      this.before = before;
      this.isFile = true;
      this.isLong = file.size >= longBytes && !recordingOptions().diarization;
      this.read = 0;
      this.notes = [];
      this.progress = "";
    }

    start() {
      replaceTranscript({ ...emptyTranscript(), name: this.file.name.replace(/\.[^.]*$/, ""), file: this.file });
      previous = this.before ?? previous;
      const request = this.request = new XMLHttpRequest();
      const options = new URLSearchParams({ ...recordingOptions(), ...(this.isLong && { end: true }) });
      request.open("POST", `v1/transcribe${this.isLong ? "/stream" : ""}?${options}`);
      for (const [name, value] of Object.entries(bearer())) request.setRequestHeader(name, value);
      request.upload.onprogress = ({ loaded, total }) => this.showProgress("sent", total ? loaded / total : 0);
      // Uploaded; how long the rest takes is unknown until there are words.
      request.upload.onload = () => {
        $("progress").removeAttribute("value");
        this.progress = t("recognising");
        showLatency();
      };
      request.onprogress = () => this.receive(request);
      request.onload = () => this.loaded(request);
      request.onerror = async () => this.failed(await isReadable(this.file) ? causeOf(0) : ["unreadableFile"]);
      request.onabort = () => {
        end();
        abandonRecording();
        offerUndo();
      };
      $("progress").value = 0;
      request.send(this.file);
    }

    showProgress(name, part) {
      $("progress").value = part;
      this.progress = t(name, part.toLocaleString(language, { style: "percent" }));
      showLatency();
    }

    stop() { this.request.abort(); }

    receive(request) {
      if (!this.isLong || request.status !== 200) return;
      for (const event of eventsOf(request).slice(this.read)) {
        this.read += 1;
        if (event.type === "final") append(event);
        else if (event.type === "error") this.error = event;
        else if (event.type === "note") this.notes.push(event);
        else if (event.type === "end") this.duration = event.duration;
      }
      const seconds = reader?.seconds();
      if (seconds > 0 && transcript.duration > 0) this.showProgress("recognised", Math.min(1, transcript.duration / seconds));
    }

    loaded(request) {
      this.receive(request);
      let body = null;
      if (!this.isLong || request.status !== 200) {
        try { body = JSON.parse(request.responseText); } catch { /* Not JSON: the page of a proxy. */ }
      }
      if (request.status !== 200) return this.failed(causeOf(request.status, body));
      if (this.error) return this.failed(causeOf(request.status, this.error));
      // A server that stops ends its streams without an event.
      if (this.isLong && this.duration === undefined) return this.failed(["cutOff"]);
      if (body?.words.length > 0) append(body);
      transcript.duration = body?.duration ?? this.duration;
      end();
      storeTranscript();
      // Read from its beginning, unless it was followed as it came.
      if (!this.isLong) showBeginning();
      conclude(body ?? { notes: this.notes });
    }

    failed(cause) {
      end();
      abandonRecording();
      const isLasting = lasting.includes(cause[0]), before = previous;
      if (!isLasting) pollHealth();
      showCause(cause, () => transcribe(this.file, before), isLasting ? undo() : []);
    }
  }

  function transcribe(file, before) {
    if (session || !file) return;
    begin(new Recording(file, before)).start();
  }

  // ---- Jobs ------------------------------------------------------------------------------------------------------

  let jobs = null, jobsLoad = null, hasJobs = false;

  function loadJobs() {
    if (!jobs) jobsLoad ??= startJobs().finally(() => { jobsLoad = null; });
    return jobsLoad;
  }

  async function startJobs() {
    const module = await arrival("jobs", () => { if (hasJobs) loadJobs(); });
    if (!module) return;
    jobs = module.showJobs({
      isLocal: !hasJobs, secondsOf, eventsOf, isReadable, remarksOn, t, writing: recordingOptions, bearer, causeOf, save, read,
      language: () => language, accepted: $("picker").accept, keyField: $("key"), tools: $("tools"),
    });
  }

  // Opens a text that the server has, unless one is being written.
  function read(next) {
    if (session) return false;
    hideNotice();
    replaceTranscript(next);
    isUnsaved = false;
    $("paper").focus();
    showBeginning();
    conclude(next);
    return true;
  }

  // One recording is read at once; several, and those that come meanwhile, are jobs where the server has them, or else a list.
  async function take(files) {
    const all = [...files];
    if (all.length === 0 || (all.length === 1 && !session)) return transcribe(all[0]);
    if (!jobs) await loadJobs();
    if (jobs) jobs.submit(all); else showNotice("unreachable", [], "again", () => take(all));
  }

  // ---- The page --------------------------------------------------------------------------------------------------

  // Asks until the server has a model, and again after a connection was lost.
  let healthTimer = null;
  async function pollHealth() {
    let isReady = false;
    try {
      const health = await (await fetch("health")).json();
      isReady = health.model !== "loading";
      $("model").textContent = isReady ? health.model : t("loading");
      $("version").textContent = `gigastt ${health.version}`;
      loadReader();
      if (isReady) showSwitches(health);
      hasJobs = Boolean(health.jobs);
      if (isReady && hasJobs) loadJobs();
    } catch {
      $("model").textContent = t("offline");
    }
    clearTimeout(healthTimer);
    if (!isReady) healthTimer = setTimeout(pollHealth, 1500);
  }

  $("talk").onclick = () => session ? session.stop() : startTalking();
  $("choose").onclick = () => $("picker").click();
  $("picker").onchange = () => {
    take($("picker").files);
    $("picker").value = "";
  };
  $("copy").onclick = copy;
  $("download").onclick = download;
  $("clear").onclick = () => {
    replaceTranscript(emptyTranscript());
    offerUndo();
  };
  $("notice-close").onclick = hideNotice;
  $("formats").onchange = async () => {
    if (!reader) await loadReader();
    if (!reader) showNotice("noModule", [], "again", $("formats").onchange);
    showTranscript();
    if (!session) $("paper").scrollTop = 0;
  };
  $("language").onclick = () => {
    language = language === "ru" ? "en" : "ru";
    translate();
  };
  $("key").value = key();
  $("key").onchange = () => {
    const entered = $("key").value.trim();
    accessKey = isUsable(entered) ? entered : "";
    store(keyName, accessKey);
    $("key").setAttribute("aria-invalid", String(!isUsable(entered)));
    if (!isUsable(entered)) showNotice("unusableKey", [], "enterKey", askForKey);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!$("settings").open) return session?.stop();
    const isInside = $("settings").contains(document.activeElement);
    $("settings").open = false;
    // What is closed cannot have the keyboard.
    if (isInside) $("settings").querySelector("summary").focus();
  });
  $("settings").addEventListener("toggle", showMicrophones);
  document.addEventListener("pointerdown", (event) => {
    if (!$("settings").contains(event.target)) $("settings").open = false;
  });

  let dragDepth = 0;
  const showDrop = (change) => {
    dragDepth = Math.max(0, dragDepth + change);
    document.body.classList.toggle("dropping", dragDepth > 0);
  };
  // Text that is dragged into a field is the browser's.
  const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files") === true;
  document.addEventListener("dragenter", (event) => { if (hasFiles(event)) showDrop(1); });
  document.addEventListener("dragleave", (event) => { if (hasFiles(event)) showDrop(-1); });
  document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    showDrop(-dragDepth);
    take(event.dataTransfer?.files ?? []);
  });

  translate();
  restoreTranscript();
  loadReader();
  pollHealth();
})();
