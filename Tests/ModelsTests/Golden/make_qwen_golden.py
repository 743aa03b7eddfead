"""Writes qwen.json and qwen.bin: golden values of transformers' own Qwen2ForCausalLM and Qwen3ForCausalLM.

    python3 Tests/ModelsTests/Golden/make_qwen_golden.py

Origin: written for this project. Sizes, batches and weights are those of make_golden.py: tensors by number in the order of
the layout, biases as matrices; a head is wider than width / heads. Passes, gradients and AdamW steps are in float64, but
transformers' norms, softmax and angles are in float32. The versions used are stored in qwen.json.
"""
import json, os
import numpy as np
import torch
import transformers
import make_golden as g

STEPS = 8
HERE = os.path.dirname(os.path.abspath(__file__))
THEIRS = {"attention_norm": "input_layernorm.weight", "attention/query": "self_attn.q_proj.weight",
          "attention/key": "self_attn.k_proj.weight", "attention/value": "self_attn.v_proj.weight",
          "attention/query_bias": "self_attn.q_proj.bias", "attention/key_bias": "self_attn.k_proj.bias",
          "attention/value_bias": "self_attn.v_proj.bias", "attention/query_norm": "self_attn.q_norm.weight",
          "attention/key_norm": "self_attn.k_norm.weight", "attention/output": "self_attn.o_proj.weight",
          "feed_forward_norm": "post_attention_layernorm.weight", "feed_forward/gate": "mlp.gate_proj.weight",
          "feed_forward/up": "mlp.up_proj.weight", "feed_forward/down": "mlp.down_proj.weight"}
OUTER = {"embedding": "model.embed_tokens.weight", "final_norm": "model.norm.weight", "head": "lm_head.weight"}


def theirs(name):
    if name in OUTER:
        return OUTER[name]
    _, layer, part = name.split("/", 2)
    return f"model.layers.{int(layer)}.{THEIRS[part]}"


def names(kind):
    """Names and shapes in the order of the layout; Qwen2 is tied, Qwen3 is not."""
    out = []
    for name, shape in g.names(kind == "qwen2"):
        out.append((name, shape))
        if name.endswith("attention/value"):
            p = name[: -len("value")]
            if kind == "qwen2":
                out += [(p + "query_bias", (g.H * g.E,)), (p + "key_bias", (g.K * g.E,)), (p + "value_bias", (g.K * g.E,))]
            else:
                out += [(p + "query_norm", (g.E,)), (p + "key_norm", (g.E,))]
    return out


def make(kind):
    """The model with its parameters by our names."""
    config = {"qwen2": transformers.Qwen2Config, "qwen3": transformers.Qwen3Config}[kind](
        vocab_size=g.V, hidden_size=g.D, intermediate_size=g.FF, num_hidden_layers=g.L, num_attention_heads=g.H,
        num_key_value_heads=g.K, head_dim=g.E, rms_norm_eps=g.EPS, tie_word_embeddings=kind == "qwen2",
        rope_parameters={"rope_type": "default", "rope_theta": g.BASE}, attn_implementation="eager")
    model = {"qwen2": transformers.Qwen2ForCausalLM, "qwen3": transformers.Qwen3ForCausalLM}[kind](config).double()
    have, ours = dict(model.named_parameters()), {}
    for seed, (name, shape) in enumerate(names(kind)):
        u = g.unit(seed, int(np.prod(shape)))
        value = 1 + 0.4 * (u - 0.5) if name.endswith("norm") else 0.6 * (u - 0.5)
        ours[name] = have.pop(theirs(name))
        assert tuple(ours[name].shape) == shape, (name, ours[name].shape)
        ours[name].data.copy_(torch.tensor(value.astype(np.float32).astype(np.float64).reshape(shape)))
    assert not have, have.keys()
    return model, ours


def passed(model, step):
    """Logits, losses of the tokens and their weighted mean."""
    tokens, targets, positions, weights = g.batch(step)
    least = torch.finfo(torch.float64).min
    mask = torch.zeros(g.B, 1, g.T, g.T, dtype=torch.float64).masked_fill(~g.mask()[:, None], least)
    logits = model(torch.tensor(tokens), attention_mask=mask, position_ids=torch.tensor(positions)).logits
    losses = g.token_losses(logits, targets)
    return logits, losses, (losses * torch.tensor(weights).reshape(-1)).sum() / weights.sum()


def main():
    arrays, blob = {}, []

    def store(name, value):
        flat = np.asarray(value.detach() if torch.is_tensor(value) else value, dtype=np.float32).reshape(-1)
        arrays[name] = {"offset": sum(len(b) for b in blob), "count": int(flat.size)}
        blob.append(flat)

    for kind in ("qwen2", "qwen3"):
        model, p = make(kind)
        logits, losses, loss = passed(model, 0)
        loss.backward()
        store(f"{kind}/logits", logits)
        store(f"{kind}/losses", losses)
        for name, value in p.items():
            store(f"{kind}/gradient/{name}", value.grad)
        groups = [[v for v in p.values() if v.dim() > 1], [v for v in p.values() if v.dim() == 1]]
        optimizer = torch.optim.AdamW(
            [{"params": groups[0], "weight_decay": 0.1}, {"params": groups[1], "weight_decay": 0.0}],
            lr=g.PEAK, betas=(0.9, 0.95), eps=1e-8)
        norms = []
        for step in range(STEPS):
            for group in optimizer.param_groups:
                group["lr"] = g.PEAK * min(1.0, (step + 1) / g.WARMUP)
            optimizer.zero_grad()
            passed(model, step)[2].backward()
            norms.append(float(torch.nn.utils.clip_grad_norm_(list(p.values()), 1.0)))
            optimizer.step()
        store(f"{kind}/norms", np.array(norms))
        for name, value in p.items():
            store(f"{kind}/after/{name}", value)
    np.concatenate(blob).astype("<f4").tofile(os.path.join(HERE, "qwen.bin"))
    header = {
        "origin": "Tests/ModelsTests/Golden/make_qwen_golden.py", "torch": torch.__version__, "numpy": np.__version__,
        "transformers": transformers.__version__, "steps": STEPS, "rate": g.PEAK, "warmup": g.WARMUP,
        "document_starts": sum(g.STARTS, []), "arrays": arrays}
    with open(os.path.join(HERE, "qwen.json"), "w") as f:
        json.dump(header, f, indent=1)
        f.write("\n")
    print({k: v for k, v in header.items() if k not in ("arrays", "document_starts")})


if __name__ == "__main__":
    main()
