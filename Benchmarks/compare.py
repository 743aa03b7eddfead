"""Side by side: the training step of `needlepoint bench step` and of PyTorch, in turns.

    python Benchmarks/compare.py [--config NAME ...] [--mode MODE ...] [--program .build/release/needlepoint]

Needs a Python with PyTorch. In every round each mode of PyTorch and both precisions of needlepoint take
their turn, since shared machines change their speed from minute to minute. The table gives the medians
over the rounds, and the median of the rounds' ratios to the best mode of PyTorch in that round (bfloat16:
of all; float32: of those in float32), with the lowest and the highest.
"""

import argparse
import collections
import json
import os
import pathlib
import statistics
import subprocess
import sys

import torch

from torch_step import CONFIGURATIONS, MODES, Step

FOLDER = pathlib.Path(__file__).resolve().parent
PRECISIONS = ["float32", "bfloat16"]


def own_speed(program, config, precision, threads, seconds):
    """Tokens/s of `needlepoint bench step`, in a process of its own."""
    command = [program, "bench", "step", "--json", "--config", config, "--precision", precision,
               "--threads", str(threads), "--seconds", str(seconds)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit status {result.returncode}")
    return json.loads(result.stdout.splitlines()[-1])["tokens_per_second"]


def compare(config, modes, program, threads, seconds, rounds):
    steps = {mode: Step(config, mode) for mode in modes}
    speeds, ratios = collections.defaultdict(list), collections.defaultdict(list)
    for _ in range(rounds):
        for mode, step in steps.items():
            speeds[mode].append(step.tokens / statistics.median(step.times(seconds)))
        for precision in PRECISIONS:
            speed = own_speed(program, config, precision, threads, seconds)
            rivals = [m for m in modes if precision == "bfloat16" or m.startswith(precision)]
            speeds["needlepoint " + precision].append(speed)
            ratios[precision].append(speed / max(speeds[mode][-1] for mode in rivals))
    cells = [f"{statistics.median(speeds[mode]):,.0f}" for mode in modes]
    for precision in PRECISIONS:
        r = ratios[precision]
        cells.append(f"{statistics.median(speeds['needlepoint ' + precision]):,.0f}")
        cells.append(f"{statistics.median(r):.2f} ({min(r):.2f} to {max(r):.2f})")
    print(f"| {config} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--config", action="append", choices=CONFIGURATIONS)
    arguments.add_argument("--mode", action="append", choices=MODES,
                           help="of PyTorch; float32 has to be among them")
    arguments.add_argument("--program", default=FOLDER.parent / ".build/release/needlepoint")
    arguments.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--seconds", type=float, default=1.5, help="of each turn, or two steps")
    chosen = arguments.parse_args()
    torch.set_num_threads(chosen.threads)
    print("Tokens/s, medians of", chosen.rounds, "rounds.\n")
    modes = chosen.mode or MODES
    print("| config |", " | ".join(f"PyTorch {mode}" for mode in modes),
          "| float32 | ratio | bfloat16 | ratio |")
    print("|---" * (len(modes) + 5) + "|")
    for config in chosen.config or CONFIGURATIONS:
        compare(config, modes, chosen.program, chosen.threads, chosen.seconds, chosen.rounds)
