"""Side by side: the training step of `needlepoint bench step` and of PyTorch, in turns.

    python Benchmarks/compare.py [--config NAME ...] [--program .build/release/needlepoint]

Needs a Python with PyTorch. For each configuration every mode of PyTorch and both precisions of
needlepoint run one after the other, each in a process of its own; the table gives needlepoint's speed
and its ratio to the best mode of PyTorch (bfloat16: of all four; float32: of the two in float32).
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from torch_step import CONFIGURATIONS, MODES

FOLDER = pathlib.Path(__file__).resolve().parent


def run(command):
    """The last line of a program's output, as JSON."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit status {result.returncode}")
    return json.loads(result.stdout.splitlines()[-1])


def compare(config, program, threads, seconds):
    common = ["--threads", str(threads), "--seconds", str(seconds)]
    other = {
        mode: run([sys.executable, FOLDER / "torch_step.py", "--config", config, "--mode", mode,
                   *common])["tokens_per_second"]
        for mode in MODES}
    print(f"| {config} |", " | ".join(f"{other[mode]:,.0f}" for mode in MODES), end=" |")
    for precision in ["float32", "bfloat16"]:
        own = run([program, "bench", "step", "--json", "--config", config, "--precision",
                   precision, *common])
        rivals = [v for k, v in other.items() if precision == "bfloat16" or k.startswith(precision)]
        speed = own["tokens_per_second"]
        print(f" {speed:,.0f} ({100 * own['share_of_peak']:.0f} %) |", end="")
        print(f" {speed / max(rivals):.2f} |", end="", flush=True)
    print()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--config", action="append", choices=CONFIGURATIONS)
    arguments.add_argument("--program", default=FOLDER.parent / ".build/release/needlepoint")
    arguments.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments.add_argument("--seconds", type=float, default=6)
    chosen = arguments.parse_args()
    print("Tokens/s; share of the register-only rate in brackets.\n")
    print("| config |", " | ".join(f"PyTorch {mode}" for mode in MODES),
          "| float32 | ratio | bfloat16 | ratio |")
    print("|---" * 9 + "|")
    for config in chosen.config or CONFIGURATIONS:
        compare(config, chosen.program, chosen.threads, chosen.seconds)
