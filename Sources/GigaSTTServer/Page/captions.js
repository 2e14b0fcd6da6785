// Formats of a transcript, and the times of an edited one. A module without a document: values in, values out.
//
// A transcript is { segments, duration, name }; a segment { text, words, spans, isCue }, of which `spans` says which words
// each part of the text was made of. A segment with `isCue` is one subtitle as the user left it.

// The server's defaults for subtitles, in bytes, words and seconds (docs/api.md); a test compares both.
const cueBytes = 80, cueWords = 14, cuePause = 0.8 - 1e-6, shortestCue = 0.3, shortestFrame = 0.04;
// A pause that begins a paragraph, in seconds.
const paragraphPause = 2;
// Pairs of words that an alignment compares at most: a second of work. More is treated as a new text.
const alignmentLimit = 4000000;

export const mediaTypes = {
  txt: "text/plain", srt: "application/x-subrip", vtt: "text/vtt", md: "text/markdown", json: "application/json",
};

const byteCount = (text) => new TextEncoder().encode(text).length;
const label = (speaker) => speaker === undefined ? "" : `[SPEAKER_${speaker}] `;
const joined = (words) => words.map(({ word }) => word).join(" ");

// What is written, as words with times.
export function partsOf({ words, spans }) {
  if (!spans) return words;
  return spans.map(({ text, words: indices }) => {
    const first = words[indices[0]], last = words[indices.at(-1)];
    return { ...(indices.length === 1 ? first : {}), word: text, start: first.start, end: last.end,
      ...(first.speaker === undefined ? {} : { speaker: first.speaker }) };
  });
}

// One segment for each paragraph: another speaker, or a long pause, begins one.
export function divided(segment) {
  const { words, spans } = segment, groups = [];
  let before = null;
  partsOf(segment).forEach((part, index) => {
    const isNew = !before || part.speaker !== before.speaker || part.start - before.end > paragraphPause;
    if (isNew) groups.push([]);
    groups.at(-1).push(index);
    before = part;
  });
  if (groups.length < 2) return [segment];
  return groups.map((indices) => {
    if (!spans) return { text: joined(indices.map((index) => words[index])), words: indices.map((index) => words[index]) };
    const own = [];
    const moved = indices.map((index) => {
      const first = own.length;
      own.push(...spans[index].words.map((word) => words[word]));
      return { ...spans[index], words: spans[index].words.map((_, place) => first + place) };
    });
    return { text: moved.map(({ text }) => text).join(" "), words: own, spans: moved };
  });
}

// ---- Subtitles -----------------------------------------------------------------------------------------------------

// The subtitles as segments, each with the words that are written in it.
export function captionsOf({ segments }) {
  const captions = [];
  let open = null;
  for (const segment of segments) {
    const parts = partsOf(segment);
    if (segment.isCue) {
      captions.push({ words: parts });
      open = null;
      continue;
    }
    for (const part of parts) {
      const width = byteCount(part.word);
      const last = open?.words.at(-1);
      if (!open || part.speaker !== last.speaker || part.start - last.end >= cuePause
        || open.width + 1 + width > cueBytes || open.words.length >= cueWords) {
        open = { words: [], width: byteCount(label(part.speaker)) - 1 };
        captions.push(open);
      }
      open.width += 1 + width;
      open.words.push(part);
    }
  }
  return captions.map(({ words }) => ({ text: joined(words), words, isCue: true }));
}

// Where two speak at once, their subtitles overlap.
function cuesOf(transcript) {
  const cues = captionsOf(transcript).map(({ text, words }) =>
    ({ start: words[0].start, end: words.at(-1).end, text: label(words[0].speaker) + text }));
  return cues.map((cue, index) => {
    const next = cues[index + 1]?.start ?? Infinity;
    const wanted = Math.min(cue.start + shortestCue, next < cue.start ? Infinity : next);
    return { ...cue, end: Math.max(cue.end, wanted, cue.start + shortestFrame) };
  }).sort((a, b) => a.start - b.start);
}

function time(seconds, separator) {
  const milliseconds = Math.floor(seconds * 1000 + 0.5);
  const digits = (value, width = 2) => String(Math.floor(value)).padStart(width, "0");
  return [milliseconds / 3600000, milliseconds / 60000 % 60, milliseconds / 1000 % 60].map((n) => digits(n)).join(":")
    + separator + digits(milliseconds % 1000, 3);
}

// Minutes and seconds for people.
export function clock(seconds) {
  const whole = Math.floor(seconds), digits = (value) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60), hours = Math.floor(minutes / 60);
  return (hours > 0 ? `${hours}:${digits(minutes % 60)}` : String(minutes)) + `:${digits(whole % 60)}`;
}

export function render(transcript, format) {
  const { segments, duration } = transcript, text = segments.map((segment) => segment.text).join(" ");
  const words = segments.flatMap((segment) => segment.words).sort((a, b) => a.start - b.start);
  switch (format) {
    case "srt":
      return cuesOf(transcript).map((cue, index) =>
        `${index + 1}\n${time(cue.start, ",")} --> ${time(cue.end, ",")}\n${cue.text}\n`).join("\n");
    case "vtt":
      return "WEBVTT\n\n" + cuesOf(transcript).map((cue) =>
        `${time(cue.start, ".")} --> ${time(cue.end, ".")}\n${cue.text.replaceAll("-->", "--&gt;")}\n\n`).join("");
    case "md": {
      const speakers = words.reduce((most, { speaker = -1 }) => Math.max(most, speaker + 1), 0);
      return `---\nduration: ${duration}\nlanguage: ru\nspeakers: ${speakers}\n---\n\n# Transcript\n\n${text}\n\n`;
    }
    case "json": return JSON.stringify({ text, words, duration }, null, 2);
    default: return text;
  }
}

// ---- Editing -------------------------------------------------------------------------------------------------------

// Capitals and punctuation do not make another word.
const spelling = (word) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") || word;

// The pairs of equal words of both texts: a longest common subsequence.
function matches(old, next) {
  if (old.length * next.length > alignmentLimit) return [];
  const width = next.length + 1, lengths = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = next.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = old[i] === next[j] ? lengths[(i + 1) * width + j + 1] + 1
        : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < old.length && j < next.length;) {
    if (old[i] === next[j]) pairs.push([i++, j++]);
    else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return pairs;
}

// The words of an edited text with times: a word that is still there keeps its own, new ones share the time of those that
// they replace, or else of the pause that they are in, by their lengths. They have no confidence.
export function retimed(words, text) {
  const tokens = text.split(/\s+/u).filter((token) => token !== "");
  if (tokens.length === 0 || words.length === 0) return [];
  const pairs = matches(words.map(({ word }) => spelling(word)), tokens.map(spelling));
  const speaker = words[0].speaker === undefined ? {} : { speaker: words[0].speaker };
  const result = [];
  let i = 0, j = 0;
  for (const [atWord, atToken] of [...pairs, [words.length, tokens.length]]) {
    const fresh = tokens.slice(j, atToken), gone = words.slice(i, atWord);
    if (fresh.length > 0) {
      const start = gone[0]?.start ?? result.at(-1)?.end ?? words[0].start;
      const end = Math.max(start, gone.at(-1)?.end ?? words[atWord]?.start ?? words.at(-1).end);
      const total = fresh.reduce((sum, token) => sum + token.length, 0);
      let passed = 0;
      const at = (length) => Math.round((start + (end - start) * length / total) * 1000) / 1000;
      for (const word of fresh) {
        result.push({ word, start: at(passed), end: at(passed + word.length), ...speaker });
        passed += word.length;
      }
    }
    if (atWord < words.length) result.push({ ...words[atWord], word: tokens[atToken] });
    [i, j] = [atWord + 1, atToken + 1];
  }
  return result;
}

const caption = (words) => ({ text: joined(words), words, isCue: true });

// The subtitles after a change of one: a text without words removes it.
export function written(captions, index, text) {
  const words = retimed(captions[index].words, text);
  return captions.toSpliced(index, 1, ...(words.length > 0 ? [caption(words)] : []));
}

// The subtitle in two, before a word. Both have words, or nothing changes.
export function split(captions, index, count) {
  const { words } = captions[index];
  if (count <= 0 || count >= words.length) return captions;
  return captions.toSpliced(index, 1, caption(words.slice(0, count)), caption(words.slice(count)));
}

// The subtitle and the one before it as one, unless another speaks.
export function merged(captions, index) {
  const before = captions[index - 1], own = captions[index];
  if (!before || before.words[0].speaker !== own.words[0].speaker) return captions;
  return captions.toSpliced(index - 1, 2, caption([...before.words, ...own.words]));
}

// The index of the last of `starts`, which ascend, that is not after a time; -1 when all are.
export function indexAt(starts, seconds) {
  let low = 0, high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= seconds) low = middle + 1; else high = middle;
  }
  return low - 1;
}
