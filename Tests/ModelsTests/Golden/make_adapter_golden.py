"""Writes adapters.json: golden values of low-rank adapters and of 4-bit weights from PyTorch, in float64.

    python3 Tests/ModelsTests/Golden/make_adapter_golden.py

Origin: written for this project. The adapters are the model of make_golden.py with W + (alpha / rank) B A in place of the
targets; losses, gradients and three AdamW steps come from autograd. The 4-bit weights follow QLoRA (arXiv:2305.14314):
blocks of 64, the 16 quantiles of its appendix E, scales less their mean in blocks of 256; scales are signed bytes here.
"""
import json, os
import torch
import make_golden as g

RANK, ALPHA, RATE, STEPS = 3, 6.0, 1e-2, 3
TARGETS = ["query", "value", "output", "gate", "down"]
LEVELS = [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
          -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
          0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0]
HERE = os.path.dirname(os.path.abspath(__file__))


def adapters():
    """Adapters by name, in the order of the layout; values from the integer formula of make_golden.py."""
    out = {}
    for name, shape in g.names(True):
        if name == "embedding" or len(shape) == 1:
            out[name] = g.parameters(True)[name].detach().clone()
        elif name.split("/")[-1] in TARGETS:
            for suffix, size in (("lora_a", (RANK, shape[1])), ("lora_b", (shape[0], RANK))):
                value = 0.6 * (g.unit(500 + len(out), size[0] * size[1]) - 0.5)
                out[f"{name}/{suffix}"] = torch.tensor(value).float().double().reshape(size)
    return {name: value.requires_grad_() for name, value in out.items()}


def adapted(frozen, trained):
    p = {}
    for name, value in frozen.items():
        p[name] = trained.get(name, value.detach())
        if name + "/lora_a" in trained:
            p[name] = p[name] + ALPHA / RANK * trained[name + "/lora_b"] @ trained[name + "/lora_a"]
    return p


def loss_of(p, step):
    tokens, targets, positions, weights = g.batch(step)
    losses = g.token_losses(g.forward(p, tokens, positions), targets)
    return losses, (losses * torch.tensor(weights).reshape(-1)).sum() / weights.sum()


def pack(x):
    """Codes, scales and the numbers they stand for."""
    levels = torch.tensor(LEVELS, dtype=torch.float32)
    blocks = [x[i:i + 64] for i in range(0, len(x), 64)]
    scales = torch.stack([b.abs().max() for b in blocks])
    mean = scales.double().mean().float()
    borders = (levels[:-1] + levels[1:]) / 2
    codes, values, bytes_ = [], [], []
    for i, block in enumerate(blocks):
        codes.append(torch.bucketize(block / scales[i], borders) if scales[i] > 0 else torch.full(block.shape, 7))
    for i in range(0, len(scales), 256):
        difference = scales[i:i + 256] - mean
        largest = difference.abs().max()
        small = (difference / largest * 127).round() if largest > 0 else difference
        bytes_ += small.int().tolist()
        values += (small / 127 * largest + mean).tolist()
    found = torch.cat([levels[c] * torch.tensor(s, dtype=torch.float32) for c, s in zip(codes, values)])
    return torch.cat(codes).tolist(), bytes_, found.tolist()


def main():
    frozen, trained = g.parameters(True), adapters()
    losses, loss = loss_of(adapted(frozen, trained), 0)
    loss.backward()
    arrays = {"losses": losses.tolist()}
    for name, value in trained.items():
        arrays["gradient/" + name] = value.grad.reshape(-1).tolist()
        value.grad = None
    groups = [[v for v in trained.values() if v.dim() > 1], [v for v in trained.values() if v.dim() == 1]]
    optimizer = torch.optim.AdamW(
        [{"params": groups[0], "weight_decay": 0.1}, {"params": groups[1], "weight_decay": 0.0}],
        lr=RATE, betas=(0.9, 0.95), eps=1e-8)
    for step in range(STEPS):
        _, loss = loss_of(adapted(frozen, trained), step)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(trained.values()), 1.0)
        optimizer.step()
    for name, value in trained.items():
        arrays["after/" + name] = value.detach().reshape(-1).tolist()
    # 64 * 256 + 101 numbers, each seventh stored: a second group of scales and a block that is not full; one block of zeros.
    x = torch.tensor(0.6 * (g.unit(900, 64 * 256 + 101) - 0.5) ** 3).float()
    x[640:704] = 0
    codes, scales, values = pack(x)
    arrays["packed/codes"] = codes[::7]
    arrays["packed/scales"] = scales
    arrays["packed/values"] = values[::7]
    header = {"origin": "Tests/ModelsTests/Golden/make_adapter_golden.py", "torch": torch.__version__, "rank": RANK,
              "alpha": ALPHA, "rate": RATE, "steps": STEPS, "targets": TARGETS,
              "arrays": {k: [float(f"{v:.7g}") for v in a] for k, a in arrays.items()}}
    with open(os.path.join(HERE, "adapters.json"), "w") as f:
        json.dump(header, f)
        f.write("\n")


if __name__ == "__main__":
    main()
