"""Golden rotary frequencies from Hugging Face transformers' own functions.

Run once: python3 Tests/PositionsTests/Golden/make_golden.py > Tests/PositionsTests/Golden/rope.json
Values are float32 there, so tests compare with a relative tolerance of 2e-6.
"""

import json

import torch
import transformers
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.gpt_neox.modeling_gpt_neox import GPTNeoXRotaryEmbedding


def config(width, base, trained, parameters):
    heads = 2
    return LlamaConfig(
        hidden_size=width * heads, num_attention_heads=heads, head_dim=width,
        max_position_embeddings=trained, rope_parameters={"rope_theta": base, **parameters})


def cases():
    shapes = [(64, 1e4, 256, 4096), (128, 5e5, 8192, 65536), (32, 1e4, 1024, 2048), (8, 1e4, 256, 1024)]
    for (width, base, trained, target) in shapes:
        factor = target / trained
        yield width, base, trained, target, "linear", "linear", {"factor": factor}, {}
        yield width, base, trained, target, "dynamic", "dynamic", {"factor": factor}, {}
        yield width, base, trained, target, "dynamic", "dynamic", {"factor": 2.0}, {"factor": 2.0}
        original = {"original_max_position_embeddings": trained}
        for extra in [
            {}, {"truncate": False}, {"beta_fast": 128.0, "beta_slow": 2.0},
            {"attention_factor": 1.25}, {"mscale": 0.707, "mscale_all_dim": 1.0},
        ]:
            yield (width, base, trained, target, "yarn", "yarn",
                   {"factor": factor, **original, **extra}, extra)
        for low, high in [(1.0, 4.0), (0.5, 32.0)]:
            extra = {"low_freq_factor": low, "high_freq_factor": high}
            yield (width, base, trained, target, "llama3", "llama3",
                   {"factor": factor, **original, **extra}, extra)
        for share in [0.0, 0.5, 0.75, 1.0]:
            yield (width, base, trained, target, "proportional", "proportional",
                   {"partial_rotary_factor": share}, {"keep": share})
        for share in [0.25, 0.5, 1.0]:
            yield (width, base, trained, target, "partial", "default",
                   {"partial_rotary_factor": share}, {"share": share})
        long = [1 + (factor - 1) * i / (width // 2) for i in range(width // 2)]
        short = [1 + 0.25 * i / (width // 2) for i in range(width // 2)]
        # Within one model transformers keeps the attention factor of `factor` below the trained context
        # too. Ours belongs to a target: a short one is a model whose own factor is 1.
        for extra in [{}, {"attention_factor": 1.25}]:
            for reach in (target, trained):
                yield (width, base, trained, reach, "longrope", "longrope",
                       {"factor": reach / trained, "long_factor": long, "short_factor": short, **original, **extra},
                       {"factors": long, "short_factors": short, **extra})


def main():
    rows = []
    for width, base, trained, target, kind, rope_type, parameters, settings in cases():
        made = config(width, base, trained, {"rope_type": rope_type, **parameters})
        if rope_type == "default":
            inverse, factor = GPTNeoXRotaryEmbedding.compute_default_rope_parameters(made, "cpu")
        else:
            inverse, factor = ROPE_INIT_FUNCTIONS[rope_type](made, "cpu", seq_len=target)
        # Ours holds a pair that does not turn with frequency 0.
        still = [0.0] * (width // 2 - len(inverse))
        rows.append({
            "kind": kind, "head_width": width, "base": base, "trained": trained, "target": target,
            "settings": settings, "attention_factor": float(factor),
            "inverse": [float(f"{value:.9g}") for value in inverse.tolist() + still]})
    print(json.dumps({
        "origin": f"transformers {transformers.__version__}, torch {torch.__version__}",
        "rows": rows}, indent=None, separators=(",", ":")).replace('{"kind"', '\n{"kind"'))


main()
