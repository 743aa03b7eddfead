"""One training step of the models of `needlepoint bench step`, in PyTorch on the processor.

The step is the same: forward, mean cross entropy, backward, clipping to norm 1, AdamW, on random tokens;
operations are counted as `bench step` counts them. Modes: float32 and bfloat16 (autocast), eager, and
the same compiled. Each line of output is a JSON object.
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

# vocabulary, width, layers, heads, key-value heads, feed-forward, rows, tokens of a row
CONFIGURATIONS = {
    "tiny-256": (4096, 256, 6, 4, 4, 688, 16, 256),
    "tiny-1024": (4096, 256, 6, 4, 4, 688, 4, 1024),
    "tiny-8192": (4096, 256, 6, 4, 4, 688, 1, 8192),
    "small-2048": (8192, 512, 8, 8, 8, 1376, 1, 2048),
    "smollm135m-2048": (49152, 576, 30, 9, 3, 1536, 1, 2048),
}
MODES = ["float32", "float32-compiled", "bfloat16", "bfloat16-compiled"]


class Layer(nn.Module):
    """Grouped-query attention with half-split rotary positions, then SwiGLU, each behind an RMSNorm."""

    def __init__(self, width, heads, kv_heads, feed_forward):
        super().__init__()
        self.sizes = [heads, kv_heads, kv_heads]
        self.head_width = width // heads
        self.attention_norm = nn.RMSNorm(width, eps=1e-5)
        self.query_key_value = nn.Linear(width, sum(self.sizes) * self.head_width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.feed_forward_norm = nn.RMSNorm(width, eps=1e-5)
        self.gate = nn.Linear(width, feed_forward, bias=False)
        self.up = nn.Linear(width, feed_forward, bias=False)
        self.down = nn.Linear(feed_forward, width, bias=False)

    def forward(self, stream, cosine, sine):
        rows, length, width = stream.shape
        packed = self.query_key_value(self.attention_norm(stream))
        heads = packed.view(rows, length, -1, self.head_width).transpose(1, 2)
        query, key, value = heads.split(self.sizes, dim=1)

        def turn(x):
            first, second = x.chunk(2, dim=-1)
            return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)

        attended = F.scaled_dot_product_attention(
            turn(query), turn(key), value, is_causal=True,
            enable_gqa=self.sizes[0] != self.sizes[1])
        stream = stream + self.output(attended.transpose(1, 2).reshape(rows, length, width))
        x = self.feed_forward_norm(stream)
        return stream + self.down(F.silu(self.gate(x)) * self.up(x))


class Model(nn.Module):
    """A Llama-style decoder whose embedding is also the output matrix."""

    def __init__(self, vocabulary, width, layers, heads, kv_heads, feed_forward, length):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList(
            Layer(width, heads, kv_heads, feed_forward) for _ in range(layers))
        self.norm = nn.RMSNorm(width, eps=1e-5)
        half = width // heads // 2
        angles = torch.outer(torch.arange(length), 10000.0 ** (-torch.arange(half) / half))
        self.register_buffer("cosine", angles.cos())
        self.register_buffer("sine", angles.sin())

    def forward(self, tokens, targets):
        stream = self.embedding(tokens)
        for layer in self.layers:
            stream = layer(stream, self.cosine, self.sine)
        logits = F.linear(self.norm(stream), self.embedding.weight).float()
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


class Step:
    """One training step of a configuration in a mode, ready to be timed again and again."""

    def __init__(self, name, mode):
        vocabulary, width, layers, heads, kv_heads, feed_forward, rows, length = (
            CONFIGURATIONS[name])
        torch.manual_seed(0)
        self.model = Model(vocabulary, width, layers, heads, kv_heads, feed_forward, length)
        self.call = torch.compile(self.model) if mode.endswith("compiled") else self.model
        self.rounded = mode.startswith("bfloat16")
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3, fused=True)
        self.batch = torch.randint(vocabulary, (2, rows, length))
        self.tokens = rows * length
        parameters = sum(p.numel() for p in self.model.parameters())
        self.flops = self.tokens * (6 * parameters + 6 * layers * width * length)
        for _ in range(2):
            self()

    def __call__(self):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.rounded):
            loss = self.call(*self.batch)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def times(self, seconds):
        """Seconds of each of at least two steps."""
        # One thread is timed by its processor time, which other programs do not lengthen.
        clock = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter
        times, begin = [], time.perf_counter()
        while len(times) < 2 or time.perf_counter() - begin < seconds:
            start = clock()
            self()
            times.append(clock() - start)
        return times


def measure(name, mode, seconds):
    step = Step(name, mode)
    times = step.times(seconds)
    median = statistics.median(times)
    return {
        "config": name, "mode": mode, "tokens_per_second": step.tokens / median,
        "gflops": step.flops / median / 1e9, "steps": len(times)}


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--config", action="append", choices=CONFIGURATIONS)
    arguments.add_argument("--mode", action="append", choices=MODES)
    arguments.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments.add_argument("--seconds", type=float, default=6)
    chosen = arguments.parse_args()
    torch.set_num_threads(chosen.threads)
    for config in chosen.config or CONFIGURATIONS:
        for mode in chosen.mode or MODES:
            print(json.dumps(measure(config, mode, chosen.seconds)), flush=True)
