"""What ``import lapor_core`` costs, beside ``import attrs, pluggy, jinja2``, in the same run.

The bound is three times. Each import runs in a fresh interpreter; the best of all runs counts, since noise only adds.
"""

import argparse
import subprocess
import sys

BOUND = 3.0
PROBE = "import time; began = time.perf_counter(); import {modules}; print(time.perf_counter() - began)"


def seconds(modules: str) -> float:
    code = PROBE.format(modules=modules)
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(answer.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few runs, and no verdict: only show that it works")
    small = parser.parse_args().small
    pairs = [(seconds("attrs, pluggy, jinja2"), seconds("lapor_core")) for _ in range(3 if small else 30)]
    base, ours = (min(column) for column in zip(*pairs, strict=True))
    print(f"import attrs, pluggy, jinja2  {base * 1e3:7.1f} ms")
    print(f"import lapor_core             {ours * 1e3:7.1f} ms  ({ours / base:.2f} times; bound {BOUND:.0f})")
    return 0 if small or ours <= BOUND * base else 1


if __name__ == "__main__":
    sys.exit(main())
