"""Makes the model folders beside this file, and golden.json in each: what transformers computes with it.

Run by hand with torch 2.15, transformers 5.24 and tokenizers 0.23.3: python make.py
Weights are random (seed 1) and rounded to the type of the file before anything is computed; logits are
float32 at the last three of 48 random tokens.
"""

import json
import pathlib

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

here = pathlib.Path(__file__).parent
sizes = dict(
    vocab_size=320, hidden_size=32, intermediate_size=48, num_attention_heads=2,
    num_key_value_heads=1, rms_norm_eps=1e-5, bos_token_id=0, eos_token_id=1,
)
# name: (model_type, element type, bytes of a shard, keys)
folders = {
    "llama3": ("llama", torch.float32, "60KB", dict(
        num_hidden_layers=2, head_dim=16, tie_word_embeddings=False, max_position_embeddings=512,
        rope_parameters=dict(
            rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0,
            high_freq_factor=4.0, original_max_position_embeddings=64))),
    "mistral-yarn": ("mistral", torch.float16, "5GB", dict(
        num_hidden_layers=2, head_dim=16, sliding_window=None, max_position_embeddings=256,
        rope_parameters=dict(
            rope_type="yarn", rope_theta=10000.0, factor=4.0, beta_fast=8.0,
            original_max_position_embeddings=64))),
    "qwen2": ("qwen2", torch.bfloat16, "5GB", dict(
        num_hidden_layers=2, tie_word_embeddings=True, max_position_embeddings=128,
        rope_parameters=dict(rope_type="default", rope_theta=1000000.0))),
    "qwen3-longrope": ("qwen3", torch.bfloat16, "5GB", dict(
        num_hidden_layers=2, head_dim=24, max_position_embeddings=256,
        rope_parameters=dict(
            rope_type="longrope", rope_theta=10000.0, original_max_position_embeddings=64,
            short_factor=[1.0 + i / 16 for i in range(12)],
            long_factor=[1.0 + i / 4 for i in range(12)], attention_factor=1.25))),
    "smollm3": ("smollm3", torch.bfloat16, "5GB", dict(
        num_hidden_layers=4, max_position_embeddings=128, pad_token_id=1,
        rope_parameters=dict(rope_type="default", rope_theta=2000000.0))),
}


def tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    text = (here / "make.py").read_text()
    tokenizer.train_from_iterator([text], trainers.BpeTrainer(
        vocab_size=320, special_tokens=["<|begin|>", "<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|begin|> $A", special_tokens=[("<|begin|>", 0)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|begin|>", eos_token="<|end|>")


for name, (kind, element, shard, keys) in folders.items():
    torch.manual_seed(1)
    # 256 positions and more make longrope take its long list, which is the one for the model's context.
    tokens = torch.randint(2, 320, (1, 300 if "longrope" in name else 48))
    config = AutoConfig.for_model(kind, **sizes, **keys)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for part, parameter in model.named_parameters():
            drawn = 0.2 * torch.randn_like(parameter)
            parameter.copy_(1 + drawn if "norm" in part else drawn)
    model = model.to(element)
    model.save_pretrained(here / name, max_shard_size=shard)
    tokenizer().save_pretrained(here / name)
    # Read back, since the change of type has rounded the rotary frequencies too.
    model = AutoModelForCausalLM.from_pretrained(
        here / name, dtype=torch.float32, attn_implementation="eager")
    with torch.no_grad():
        logits = model.eval()(tokens).logits[0, -3:]
    golden = dict(
        tokens=tokens[0].tolist(), logits=[[float(f"{x:.8g}") for x in row] for row in logits.tolist()])
    (here / name / "golden.json").write_text(json.dumps(golden) + "\n")
