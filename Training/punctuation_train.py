"""Trains the punctuation model: WordPiece vocabulary, then two bidirectional LSTM layers that label each word.

    punctuation_train.py --texts FOLDER --out RUN [--minutes 35]

Run it again to go on after an interruption: the state is saved every minute. One thread by default.
"""
import argparse
import math
import os
import random
import time

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn

from punctuation_labels import CASES, CLS, MARKS, PAD, SEP, SPECIAL, UNK, labelled

LONGEST = 220       # words of a training sample; the program's windows have 250
BATCH_TOKENS = 2600


class Punctuation(nn.Module):
    """`input_ids`, `attention_mask`, `token_type_ids` to scores of the 33 labels, case and mark added."""

    def __init__(self, vocabulary, width=128, hidden=144, drop=0.25):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width, padding_idx=PAD)
        self.types = nn.Embedding(2, width)
        nn.init.zeros_(self.types.weight)
        nn.init.normal_(self.embedding.weight, std=0.3)
        self.first = nn.LSTM(width, hidden, batch_first=True, bidirectional=True)
        self.second = nn.LSTM(2 * hidden, hidden, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(drop)
        self.case = nn.Linear(4 * hidden, len(CASES))
        self.mark = nn.Linear(4 * hidden, len(MARKS))

    def states(self, ids, mask, types):
        x = self.drop(self.embedding(ids) + self.types(types)) * mask.unsqueeze(-1).to(torch.float32)
        if not self.training:
            a, _ = self.first(x)
            return torch.cat([a, self.second(a)[0]], -1)
        pack = lambda x: nn.utils.rnn.pack_padded_sequence(x, mask.sum(1), batch_first=True, enforce_sorted=False)
        unpack = lambda x: nn.utils.rnn.pad_packed_sequence(x, batch_first=True)[0]
        a = self.drop(unpack(self.first(pack(x))[0]))
        return torch.cat([a, self.drop(unpack(self.second(pack(a))[0]))], -1)

    def forward(self, ids, mask, types):
        x = self.states(ids, mask, types)
        return (self.case(x).unsqueeze(-1) + self.mark(x).unsqueeze(-2)).flatten(-2)


def train_vocabulary(texts, size, path):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    alphabet = list("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?-+/%°₽$€№'")
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=SPECIAL, initial_alphabet=alphabet, continuing_subword_prefix="##",
                                        show_progress=False)
    tokenizer.train_from_iterator((" ".join(w for w, _, _ in labelled(t)) for t in texts), trainer)
    # A letter inside a word needs its own entry, or the word becomes [UNK].
    vocabulary = tokenizer.get_vocab()
    ordered = sorted(vocabulary, key=vocabulary.get) + [f"##{c}" for c in alphabet if f"##{c}" not in vocabulary]
    tokenizer.model = models.WordPiece({word: i for i, word in enumerate(ordered)}, unk_token="[UNK]", max_input_chars_per_word=100)
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)])
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    tokenizer.save(path)


def encode(tokenizer, words, cache):
    """Ids, and the place of each word's first id."""
    ids, first = [CLS], []
    for word in words:
        if word not in cache:
            cache[word] = tokenizer.encode(word, add_special_tokens=False).ids or [UNK]
        first.append(len(ids))
        ids += cache[word]
    return ids + [SEP], first


def samples(texts, rng):
    """Runs of one or more texts; most begin and end where texts do, as recordings do, some are cut, as windows are."""
    order = list(range(len(texts)))
    rng.shuffle(order)
    joined, wanted = [], 1
    for number in order:
        words = labelled(texts[number], split_hyphens=0.5)
        sentence_ends = [i + 1 for i, w in enumerate(words) if MARKS[w[2]] in ("PERIOD", "QUESTION")]
        if sentence_ends and rng.random() < 0.35:
            words = words[:rng.choice(sentence_ends)]
        joined += words
        if len(joined) < wanted:
            continue
        while joined:
            part, joined = joined[:LONGEST], joined[LONGEST:]
            if len(part) > 20 and rng.random() < 0.12:
                part = part[rng.randrange(len(part) // 3):][:-rng.randrange(1, len(part) // 3)]
            yield part
        wanted = 1 if rng.random() < 0.5 else rng.randrange(10, 150)


def batches(texts, tokenizer, cache, rng):
    pool = sorted((encode(tokenizer, [w for w, _, _ in s], cache) + (s,) for s in samples(texts, rng) if s), key=lambda s: len(s[0]))
    groups, group = [], []
    for sample in pool:
        if group and (len(group) + 1) * len(sample[0]) > BATCH_TOKENS:
            groups.append(group)
            group = []
        group.append(sample)
    groups.append(group)
    rng.shuffle(groups)
    for group in groups:
        longest = max(len(ids) for ids, _, _ in group)
        ids = torch.full((len(group), longest), PAD)
        case, mark = torch.full_like(ids, -100), torch.full_like(ids, -100)
        for row, (tokens, first, words) in enumerate(group):
            ids[row, :len(tokens)] = torch.tensor(tokens)
            case[row, first] = torch.tensor([w[1] for w in words])
            mark[row, first] = torch.tensor([w[2] for w in words])
        yield ids, case, mark


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--vocabulary", type=int, default=7000)
    parser.add_argument("--minutes", type=float, default=35)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    os.makedirs(arguments.out, exist_ok=True)
    with open(os.path.join(arguments.texts, "train.txt"), encoding="utf-8") as file:
        texts = file.read().splitlines()
    path = os.path.join(arguments.out, "tokenizer.json")
    if not os.path.exists(path):
        train_vocabulary(texts, arguments.vocabulary, path)
    tokenizer, cache = Tokenizer.from_file(path), {}
    torch.manual_seed(1)
    model = Punctuation(tokenizer.get_vocab_size())
    average = {k: v.clone() for k, v in model.state_dict().items()}
    # Questions are rare: without the weight the model hardly writes the mark.
    weight = torch.ones(len(MARKS))
    weight[MARKS.index("QUESTION")] = 2
    optimiser = torch.optim.AdamW(model.parameters(), lr=arguments.lr, weight_decay=0.01)
    step, epoch, spent, state = 0, 0, 0.0, os.path.join(arguments.out, "last.pt")
    if os.path.exists(state):
        saved = torch.load(state)
        model.load_state_dict(saved["raw"])
        optimiser.load_state_dict(saved["optimiser"])
        average, step, epoch, spent = saved["ema"], saved["step"], saved["epoch"], saved["spent"]

    def save(name):
        torch.save({"raw": model.state_dict(), "ema": average, "optimiser": optimiser.state_dict(), "step": step, "epoch": epoch,
                    "spent": spent, "vocabulary": tokenizer.get_vocab_size()}, name + ".part")
        os.replace(name + ".part", name)

    print(f"{sum(p.numel() for p in model.parameters())} parameters, {tokenizer.get_vocab_size()} entries, {len(texts)} texts", flush=True)
    model.train()
    limit, clock, saved_at, total, tokens = arguments.minutes * 60, time.monotonic(), time.monotonic(), 0.0, 0
    while spent < limit:
        epoch += 1
        for ids, case, mark in batches(texts, tokenizer, cache, random.Random(epoch)):
            share = min(spent / limit, 1)
            for group in optimiser.param_groups:
                group["lr"] = arguments.lr * min(1, (step + 1) / 100) * max(0.02, 0.5 * (1 + math.cos(math.pi * share)))
            mask = (ids != PAD).long()
            noisy = torch.where((torch.rand(ids.shape) < 0.03) & (ids > SEP), UNK, ids)
            x = model.states(noisy, mask, torch.zeros_like(ids))
            chosen = case != -100
            x = x[chosen]
            loss = nn.functional.cross_entropy(model.mark(x), mark[chosen], weight, label_smoothing=0.03) + \
                0.6 * nn.functional.cross_entropy(model.case(x), case[chosen], label_smoothing=0.03)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
            keep = min(0.998, step / (step + 20))
            for name, value in model.state_dict().items():
                average[name].mul_(keep).add_(value, alpha=1 - keep)
            total, tokens = total + loss.item(), tokens + int(mask.sum())
            now = time.monotonic()
            spent, clock = spent + now - clock, now
            if step % 100 == 0:
                print(f"step {step} epoch {epoch} minute {spent / 60:.1f} loss {total / 100:.4f} tokens {tokens}", flush=True)
                total = 0.0
            if now - saved_at > 60:
                save(state)
                saved_at = now
            if spent >= limit:
                break
    save(os.path.join(arguments.out, "final.pt"))


if __name__ == "__main__":
    main()
