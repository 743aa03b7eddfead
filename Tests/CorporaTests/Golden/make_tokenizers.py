"""Tiny tokenizers of every family and what Hugging Face's tokenizers makes of hostile texts.

Run once, in this folder: python3 make_tokenizers.py
It writes corpus.txt, one NAME.json for each family, trained.json, and ids.json with the version.
"""

import json
import random

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers, processors, trainers

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
REST = (r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA3 = CONTRACTIONS + REST % "{1,3}"
QWEN2 = CONTRACTIONS + REST % ""

SENTENCES = """The quick brown fox jumps over the lazy dog, and nobody's watching it.
We don't know what they'll say when it's over; I'm sure you've seen worse.
In 1984 there were 12,345 needles in 678 haystacks, or 3.14159 for each of them.
Der Bär läuft über die Straße, weil das Wetter schön ist.
Где найти иголку в стоге сена? Никто не знает.
针在干草堆里,谁也找不到它。 世界上没有别的针。
שלום עולם, מרחבא بالعالم.
def find(needle, haystack):\n    return haystack.index(needle)  # -1 if there is none
for (int i = 0; i < 10; ++i) {\n\tsum += values[i];\n}
{"name": "needle", "depth": 0.5, "found": true}
Every good needle hides in a better haystack! Does it? It does..."""

TEXTS = [
    "", " ", "  ", "a", "Hello world", " Hello  world ", "Don't DON'T we'LL they'Re I'm'd 'tis",
    "1 12 123 1234 12345678 3.14 1,000", "½²Ⅷ٣๕", "tab\tand\t\ttabs", "line\nbreaks\n\n\nhere\r\nand\r\r\n",
    "spaces   before\n   lines   \n \n", "trailing   ", "naïve über Straße İstanbul ſtop",
    "e\u0301 a\u0308o\u0327\u0323 \u1e9b\u0323 \u212b", "日本語のテキスト、世界。", "가각\u1100\u1161",
    "שלום עולם مرحبا", "नमस्ते दुनिया", "😀👨\u200d👩\u200d👧🏽🇩🇪❤\ufe0f", "\U0001d54f\U00010348",
    "nul\x00in\x01the\x7ftext", "\u00a0no\u2003break\u2028\u0085\u180e\ufeff\u3000x\x0b\x0c",
    "<|endoftext|>", "a<|endoftext|>b <|endoftext|>", "<s>x</s><unk>", "<tool> word <tool>s",
    "x<|begin_of_text|>", "\u2581under\u2581\u2581line", "\u0120dot <0x41>", "fi \ufb01 \uff21",
    "def f(x):\n    return x ** 2\n\n", "https://x.y/z?q=1&r=%20#end", "\"quoted\" 'single' ``tick``",
    "mixed123abc456", "a" * 40, " " * 40, "ab" * 20, "!?!?...---", "needle needles needled",
]


def corpus():
    draw = random.Random(7)
    lines = SENTENCES.split("\n")
    return "\n".join(" ".join(draw.choices(lines, k=draw.randint(1, 4))) for _ in range(120)) + "\n"


def byte_level(normalizer, steps, processor=None, ignore_merges=False, specials=("<|endoftext|>",)):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps) if len(steps) > 1 else steps[0]
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600, min_frequency=2, special_tokens=list(specials), show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train(["corpus.txt"], trainer)
    tokenizer.add_tokens([AddedToken("<tool>", normalized=True), AddedToken("word", single_word=True)])
    if processor:
        tokenizer.post_processor = processor(tokenizer)
    return tokenizer


def trained():
    """What the program's own trainer must make of the whole corpus."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), level(True)])
    trainer = trainers.BpeTrainer(
        vocab_size=600, min_frequency=2, show_progress=False,
        special_tokens=["<|begin_of_text|>", "<|end_of_text|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator([corpus()], trainer)
    return tokenizer


def sentencepiece(normalizer, pre_tokenizer, decoder):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    bytes_ = ["<0x%02X>" % byte for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=700, min_frequency=2, special_tokens=["<unk>", "<s>", "</s>"] + bytes_,
        limit_alphabet=90, show_progress=False)
    tokenizer.train(["corpus.txt"], trainer)
    # The library adds every special token to added_tokens; those of bytes are plain tokens here.
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = [t for t in data["added_tokens"] if not t["content"].startswith("<0x")]
    data["pre_tokenizer"] = json.loads(pre_tokenizer.__getstate__()) if pre_tokenizer else None
    data["decoder"] = json.loads(decoder.__getstate__())
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.post_processor = template("<s>")(tokenizer)
    return tokenizer


def template(begin):
    return lambda tokenizer: processors.TemplateProcessing(
        single=begin + " $A", pair=begin + " $A $B:1",
        special_tokens=[(begin, tokenizer.token_to_id(begin))])


def level(use_regex):
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=use_regex)


def isolated(pattern):
    return pre_tokenizers.Split(Regex(pattern), "isolated")


def families():
    yield "gpt2", byte_level(None, [level(True)], lambda _: processors.ByteLevel())
    yield "smollm", byte_level(
        None, [pre_tokenizers.Digits(individual_digits=True), level(True)],
        specials=["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    yield "llama3", byte_level(
        None, [isolated(LLAMA3), level(False)], template("<|begin_of_text|>"), ignore_merges=True,
        specials=["<|begin_of_text|>", "<|end_of_text|>"])
    yield "qwen2", byte_level(normalizers.NFC(), [isolated(QWEN2), level(False)])
    line = "\u2581"
    yield "llama2", sentencepiece(
        normalizers.Sequence([normalizers.Prepend(line), normalizers.Replace(" ", line)]), None,
        decoders.Sequence([
            decoders.Replace(line, " "), decoders.ByteFallback(), decoders.Fuse(),
            decoders.Strip(" ", 1, 0)]))
    yield "mistral", sentencepiece(
        None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False),
        decoders.Sequence([
            decoders.Replace(line, " "), decoders.ByteFallback(), decoders.Fuse(),
            decoders.Strip(" ", 1, 0)]))
    yield "metaspace", sentencepiece(
        None, pre_tokenizers.Metaspace(prepend_scheme="always", split=True),
        decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()]))


def variants():
    """Other parts in place of those of the family gpt2."""
    for behavior in ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]:
        for invert in [False, True]:
            for pattern in [Regex(r"\s|[0-9]+"), " "]:
                split = pre_tokenizers.Split(pattern, behavior, invert=invert)
                yield "pre_tokenizer", pre_tokenizers.Sequence([split, level(False)])
    yield "pre_tokenizer", pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), level(False)])
    yield "pre_tokenizer", pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), level(False)])
    yield "pre_tokenizer", pre_tokenizers.Sequence([pre_tokenizers.Punctuation(), level(True)])
    yield "pre_tokenizer", pre_tokenizers.Sequence([pre_tokenizers.Digits(False), level(False)])
    yield "pre_tokenizer", pre_tokenizers.ByteLevel(add_prefix_space=True)
    yield "pre_tokenizer", pre_tokenizers.Sequence([isolated(r"(?=\d)"), level(False)])
    for normalizer in [
        normalizers.NFD(), normalizers.NFKC(), normalizers.NFKD(), normalizers.Lowercase(),
        normalizers.Strip(), normalizers.Strip(right=False), normalizers.Replace(Regex(r"\s+"), " "),
        normalizers.Replace("a", "\u00e4\u00e4"),
    ]:
        yield "normalizer", normalizer


def encode(tokenizer, special):
    tokenizer.encode_special_tokens = not special
    return [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]


def main():
    with open("corpus.txt", "w", newline="") as file:
        file.write(corpus())
    golden = {"origin": "tokenizers " + tokenizers.__version__ + ", make_tokenizers.py",
              "texts": TEXTS, "families": {}, "variants": []}
    trained().save("trained.json", pretty=False)
    for name, tokenizer in families():
        tokenizer.save(name + ".json", pretty=False)
        special = encode(tokenizer, True)
        golden["families"][name] = {
            "plain": encode(tokenizer, False), "special": special,
            "decoded": [tokenizer.decode(ids) for ids in special],
            "decoded_special": [tokenizer.decode(ids, skip_special_tokens=False) for ids in special]}
    for key, part in variants():
        tokenizer = Tokenizer.from_file("gpt2.json")
        setattr(tokenizer, key, part)
        golden["variants"].append(
            {"key": key, "part": json.loads(tokenizer.to_str())[key], "plain": encode(tokenizer, False)})
    with open("ids.json", "w") as file:
        json.dump(golden, file, separators=(",", ":"))


main()
