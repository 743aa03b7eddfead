"""Writes llama.json and llama.bin: golden values of a small Llama from PyTorch, in float64.

    python3 Tests/ModelsTests/Golden/make_golden.py

Origin: written for this project; the model is spelled out below with torch operations and autograd, and its logits are
checked here against transformers' LlamaForCausalLM when that package is present. The versions used are stored in llama.json.
Parameters come from an integer formula that GoldenFixture.swift repeats, so they need not be stored. llama.bin holds
float32, little endian; llama.json says where each array starts (in floats).
"""
import json, os
import numpy as np
import torch
import torch.nn.functional as F

V, D, L, H, K, E, FF, T, B = 61, 32, 2, 4, 2, 16, 48, 24, 2
BASE, EPS = 10000.0, 1e-5
STEPS, PEAK, WARMUP = 20, 3e-3, 5
STARTS = [[0] * 9 + [9] * 8 + [17] * 7, [0] * 5 + [5] * 19]
HERE = os.path.dirname(os.path.abspath(__file__))


def unit(seed, count):
    """Uniform values in [0, 1), multiples of 2^-24: a 32-bit integer mix of (seed, index)."""
    i = np.arange(count, dtype=np.uint64)
    h = (i * np.uint64(2654435761) + np.uint64(seed) * np.uint64(40503) + np.uint64(12345)) & np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        h ^= h >> np.uint64(shift)
        h = (h * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    h ^= h >> np.uint64(16)
    return (h >> np.uint64(8)).astype(np.float64) / 2.0**24


def names(tied):
    out = [("embedding", (V, D))]
    for l in range(L):
        p = f"layers/{l:02d}/"
        out += [(p + "attention_norm", (D,)), (p + "attention/query", (H * E, D)), (p + "attention/key", (K * E, D)),
                (p + "attention/value", (K * E, D)), (p + "attention/output", (D, H * E)),
                (p + "feed_forward_norm", (D,)), (p + "feed_forward/gate", (FF, D)), (p + "feed_forward/up", (FF, D)),
                (p + "feed_forward/down", (D, FF))]
    out.append(("final_norm", (D,)))
    return out if tied else out + [("head", (V, D))]


def parameters(tied):
    out = {}
    for seed, (name, shape) in enumerate(names(tied)):
        u = unit(seed, int(np.prod(shape)))
        value = 1 + 0.4 * (u - 0.5) if name.endswith("norm") else 0.6 * (u - 0.5)
        value = value.astype(np.float32).astype(np.float64).reshape(shape)
        out[name] = torch.tensor(value, requires_grad=True)
    return out


def batch(step):
    """Tokens, targets (-1 ignored), positions, weights of one step; every first token of a document is no target."""
    draw = (unit(1000 + step, B * (T + 1)) * V).astype(np.int64).reshape(B, T + 1)
    tokens, targets = draw[:, :-1], draw[:, 1:].copy()
    gaps = (unit(2000, B * T) * 7).astype(np.int64).reshape(B, T)
    positions = np.cumsum(1 + gaps, 1) - 1
    for b in range(B):
        for t in range(T):
            if t + 1 < T and STARTS[b][t + 1] != STARTS[b][t]:
                targets[b, t] = -1
    targets[1, 11] = -1
    weights = np.where(unit(3000, B * T).reshape(B, T) < 0.25, 4.0, 1.0) * (targets >= 0)
    return tokens, targets, positions, weights


def norm(x, w):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + EPS) * w


def mask():
    starts = torch.tensor(STARTS)
    i = torch.arange(T)
    return (i[None, None, :] <= i[None, :, None]) & (i[None, None, :] >= starts[:, :, None])


def forward(p, tokens, positions):
    inv = BASE ** (-torch.arange(0, E, 2, dtype=torch.float64) / E)
    angle = torch.tensor(positions, dtype=torch.float64)[..., None] * inv
    cos, sin = angle.cos()[:, None], angle.sin()[:, None]

    def rotate(a):
        lo, hi = a.chunk(2, -1)
        return torch.cat([lo * cos - hi * sin, hi * cos + lo * sin], -1)

    x = p["embedding"][torch.tensor(tokens)]
    for l in range(L):
        n = f"layers/{l:02d}/"
        y = norm(x, p[n + "attention_norm"])
        heads = lambda a, c: a.view(B, T, c, E).transpose(1, 2)
        q, k = heads(y @ p[n + "attention/query"].T, H), heads(y @ p[n + "attention/key"].T, K)
        v = heads(y @ p[n + "attention/value"].T, K)
        q, k = rotate(q), rotate(k)
        k, v = k.repeat_interleave(H // K, 1), v.repeat_interleave(H // K, 1)
        s = (q @ k.transpose(-1, -2)) / E**0.5
        s = s.masked_fill(~mask()[:, None], float("-inf"))
        o = (s.softmax(-1) @ v).transpose(1, 2).reshape(B, T, H * E)
        x = x + o @ p[n + "attention/output"].T
        y = norm(x, p[n + "feed_forward_norm"])
        x = x + (F.silu(y @ p[n + "feed_forward/gate"].T) * (y @ p[n + "feed_forward/up"].T)) @ p[n + "feed_forward/down"].T
    return norm(x, p["final_norm"]) @ p.get("head", p["embedding"]).T


def token_losses(logits, targets):
    return F.cross_entropy(logits.reshape(-1, V), torch.tensor(targets).reshape(-1), ignore_index=-1, reduction="none")


def check_with_transformers(p, tokens, positions, logits, tied):
    try:
        import transformers
    except ImportError:
        return None
    config = transformers.LlamaConfig(
        vocab_size=V, hidden_size=D, intermediate_size=FF, num_hidden_layers=L, num_attention_heads=H,
        num_key_value_heads=K, head_dim=E, rms_norm_eps=EPS, rope_parameters={"rope_type": "default", "rope_theta": BASE},
        tie_word_embeddings=tied, attn_implementation="eager")
    model = transformers.LlamaForCausalLM(config).double()
    state = {"model.embed_tokens.weight": p["embedding"], "model.norm.weight": p["final_norm"]}
    for l in range(L):
        n, m = f"layers/{l:02d}/", f"model.layers.{l}."
        for ours, theirs in [("attention_norm", "input_layernorm"), ("attention/query", "self_attn.q_proj"),
                             ("attention/key", "self_attn.k_proj"), ("attention/value", "self_attn.v_proj"),
                             ("attention/output", "self_attn.o_proj"), ("feed_forward_norm", "post_attention_layernorm"),
                             ("feed_forward/gate", "mlp.gate_proj"), ("feed_forward/up", "mlp.up_proj"),
                             ("feed_forward/down", "mlp.down_proj")]:
            state[m + theirs + ".weight"] = p[n + ours]
    state["lm_head.weight"] = p.get("head", p["embedding"])
    model.load_state_dict({k: v.detach() for k, v in state.items()}, strict=True)
    bias = torch.zeros(B, 1, T, T, dtype=torch.float64).masked_fill(~mask()[:, None], torch.finfo(torch.float64).min)
    with torch.no_grad():
        theirs = model(torch.tensor(tokens), attention_mask=bias, position_ids=torch.tensor(positions)).logits
    worst = (theirs - logits).abs().max().item()
    assert worst < 1e-3, worst  # transformers keeps its angles in float32
    print("tied" if tied else "untied", "largest difference to transformers:", worst)
    return transformers.__version__


def main():
    arrays, blob, version = {}, [], None

    def store(name, value):
        flat = np.asarray(value.detach() if torch.is_tensor(value) else value, dtype=np.float32).reshape(-1)
        arrays[name] = {"offset": sum(len(b) for b in blob), "count": int(flat.size)}
        blob.append(flat)

    for tied in (True, False):
        prefix = "tied/" if tied else "untied/"
        p = parameters(tied)
        tokens, targets, positions, weights = batch(0)
        logits = forward(p, tokens, positions)
        version = check_with_transformers(p, tokens, positions, logits.detach(), tied)
        losses = token_losses(logits, targets)
        loss = (losses * torch.tensor(weights).reshape(-1)).sum() / weights.sum()
        loss.backward()
        if tied:
            store(prefix + "logits", logits)
        store(prefix + "losses", losses)
        for name, value in p.items():
            store(prefix + "gradient/" + name, value.grad)
            value.grad = None
        decay = [v for n, v in p.items() if not n.endswith("norm")]
        plain = [v for n, v in p.items() if n.endswith("norm")]
        optimizer = torch.optim.AdamW(
            [{"params": decay, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}],
            lr=PEAK, betas=(0.9, 0.95), eps=1e-8)
        norms = []
        for step in range(STEPS):
            for group in optimizer.param_groups:
                group["lr"] = PEAK * min(1.0, (step + 1) / WARMUP)
            tokens, targets, positions, weights = batch(step)
            losses = token_losses(forward(p, tokens, positions), targets)
            loss = (losses * torch.tensor(weights).reshape(-1)).sum() / weights.sum()
            optimizer.zero_grad()
            loss.backward()
            norms.append(float(torch.nn.utils.clip_grad_norm_(list(p.values()), 1.0)))
            optimizer.step()
        store(prefix + "norms", np.array(norms))
        for name, value in p.items():
            store(prefix + "after/" + name, value)
    np.concatenate(blob).astype("<f4").tofile(os.path.join(HERE, "llama.bin"))
    header = {
        "origin": "Tests/ModelsTests/Golden/make_golden.py", "torch": torch.__version__, "numpy": np.__version__,
        "transformers": version, "steps": STEPS, "rate": PEAK, "warmup": WARMUP, "document_starts": sum(STARTS, []),
        "arrays": arrays}
    with open(os.path.join(HERE, "llama.json"), "w") as f:
        json.dump(header, f, indent=1)
        f.write("\n")
    print({k: v for k, v in header.items() if k not in ("arrays", "document_starts")})


if __name__ == "__main__":
    main()
