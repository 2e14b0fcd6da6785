"""OpenAI's own Python library against a running server: only its base address is changed.

usage: openai_client.py http://127.0.0.1:PORT/v1 RECORDING.wav EXPECTED_TEXT DIALOGUE.wav

Prints a line that begins with PASS for each check, and fails at the first that does not hold.
"""

import sys

import openai

URL, RECORDING, EXPECTED, DIALOGUE = sys.argv[1:5]
client = openai.OpenAI(base_url=URL, api_key="unused", max_retries=0)


def check(name, holds, found=None):
    if not holds:
        sys.exit(f"FAIL {name}: {found!r}")
    print(f"PASS {name}")


def create(**options):
    with open(RECORDING, "rb") as file:
        return client.audio.transcriptions.create(**{"model": "whisper-1", "file": file} | options)


def refusal(call):
    """What the library raises."""
    try:
        call()
    except openai.APIStatusError as error:
        return error
    return None


models = [model.id for model in client.models.list()]
check("models.list", len(models) == 1, models)
model = client.models.retrieve(models[0])
check("models.retrieve", model.object == "model" and model.id == models[0] and model.created > 0, model)
error = refusal(lambda: client.models.retrieve("gpt-none"))
check("models.retrieve of another", isinstance(error, openai.NotFoundError) and error.code == "model_not_found", error)

answer = create()
check("json", answer.text == EXPECTED, answer)
check("text", create(response_format="text") == EXPECTED)
check("srt", create(response_format="srt").startswith("1\n00:00:0"))
check("vtt", create(response_format="vtt").startswith("WEBVTT\n\n00:00:0"))

answer = create(
    response_format="verbose_json", timestamp_granularities=["word", "segment"], language="ru", prompt="x", temperature=0
)
check("verbose_json", answer.text == EXPECTED and answer.language == "ru" and answer.duration > 1, answer)
check("words", " ".join(word.word for word in answer.words) == EXPECTED, answer.words)
check("segments", "".join(segment.text for segment in answer.segments).strip() == EXPECTED, answer.segments)
check("avg_logprob", all(-1 <= segment.avg_logprob <= 0 for segment in answer.segments), answer.segments)
answer = create(response_format="verbose_json")
check("segments by default", answer.segments and answer.words is None, answer)

events = list(create(stream=True))
deltas = [event.delta for event in events if event.type == "transcript.text.delta"]
check("deltas", "".join(deltas) == EXPECTED and deltas, events)
check("done", events[-1].type == "transcript.text.done" and events[-1].text == EXPECTED, events[-1])

answer = create(include=["logprobs"], keywords=["Алиса"], languages=["ru"], chunking_strategy="auto")
check("logprobs", "".join(token.token for token in answer.logprobs) == EXPECTED, answer.logprobs)
check("at most 0", all(token.logprob <= 0 for token in answer.logprobs), answer.logprobs)
check("bytes", all(bytes(map(int, token.bytes)).decode() == token.token for token in answer.logprobs), answer.logprobs)
check("usage", answer.usage.type == "duration" and answer.usage.seconds > 1, answer.usage)
events = list(create(stream=True, include=["logprobs"]))
tokens = [token.token for event in events if event.type == "transcript.text.delta" for token in event.logprobs]
check("logprobs of deltas", "".join(tokens) == EXPECTED, tokens)
check("logprobs of done", [token.token for token in events[-1].logprobs] == tokens, events[-1])
answer = create(chunking_strategy={"type": "server_vad", "silence_duration_ms": 2_000, "threshold": 0.5})
check("chunking_strategy", answer.text.split(), answer)
error = refusal(lambda: create(chunking_strategy={"type": "server_vad", "silence_duration_ms": 1}))
check("bad chunking", error and error.code == "invalid_chunking_strategy" and error.param == "chunking_strategy", error)
error = refusal(lambda: create(include=["logprobs"], response_format="verbose_json"))
check("bad include", isinstance(error, openai.BadRequestError) and error.param == "include[]", error)

answer = create(response_format="diarized_json", chunking_strategy="auto")
check("diarized_json", answer.text == EXPECTED and answer.duration > 1 and answer.task == "transcribe", answer)
check("its segments", " ".join(segment.text for segment in answer.segments) == EXPECTED, answer.segments)
check("its speaker", {segment.speaker for segment in answer.segments} == {"A"}, answer.segments)
with open(DIALOGUE, "rb") as file:
    options = {"model": "gpt-4o-transcribe-diarize", "response_format": "diarized_json"}
    dialogue = client.audio.transcriptions.create(file=file, **options)
    file.seek(0)
    events = list(client.audio.transcriptions.create(file=file, stream=True, **options))
check("two speakers", {segment.speaker for segment in dialogue.segments} == {"A", "B"}, dialogue.segments)
check("typed events", all(type(event).__name__.startswith("TranscriptionText") for event in events), events)
segments = [event for event in events if event.type == "transcript.text.segment"]
check("segment events", [segment.to_dict() for segment in segments]
      == [segment.to_dict() for segment in dialogue.segments] and segments[0].id, segments)
check("end of events", events[-1].type == "transcript.text.done" and events[-1].text == dialogue.text, events[-1])

error = refusal(lambda: create(response_format="docx"))
check("bad format", isinstance(error, openai.BadRequestError) and error.code == "invalid_response_format", error)
check("its envelope", error.type == "invalid_request_error" and error.param == "response_format", error)
error = refusal(lambda: create(file=("noise.wav", b"this is no sound")))
check("bad recording", isinstance(error, openai.UnprocessableEntityError) and error.param == "file", error)
error = refusal(lambda: create(file=("empty.wav", b"")))
check("empty recording", isinstance(error, openai.BadRequestError) and error.code == "empty_body", error)
with open(RECORDING, "rb") as file:
    error = refusal(lambda: client.audio.translations.create(model="whisper-1", file=file))
check("translation", isinstance(error, openai.BadRequestError) and error.code == "unsupported_task", error)
