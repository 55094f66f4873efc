"""`make audit`: has what the lock installs known holes? Says so too when nobody could tell.

pip-audit finds no holes where it finds no list of holes, and ends well. So one requirement with a
hole that everybody knows is looked up in the same run: only who finds that one has looked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

LOCK: Final = Path(__file__).parents[1] / "requirements.lock"
KNOWN_HOLE: Final = ("flask", "0.5")  # nothing of ours, and never installed
WITHIN_S: Final = 600
FINE, HOLES = 0, 1


class Verdict(NamedTuple):
    """What to say, and the code to end with."""

    code: int
    says: str


def judged(found: dict[str, Any]) -> Verdict:
    """What pip-audit's JSON comes to."""
    of_all = {one["name"].lower(): one for one in found["dependencies"]}
    proof = of_all.pop(KNOWN_HOLE[0], {})
    if not proof.get("vulns"):
        return Verdict(
            FINE,
            "NOT CHECKED: the list of known holes could not be reached. Try again with a network.",
        )
    holes = [
        f"{name} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or '-'}"
        for name, one in of_all.items()
        for hole in one.get("vulns", ())
    ]
    unknown = [name for name, one in of_all.items() if "skip_reason" in one]
    if holes or unknown:
        return Verdict(HOLES, "\n".join([*holes, *(f"{name}: NOT CHECKED" for name in unknown)]))
    return Verdict(FINE, f"{len(of_all)} packages checked: no known holes.")


def audited(lock: Path, *options: str) -> Verdict:
    """Run pip-audit over a lock, and over what must be found."""
    name, version = KNOWN_HOLE
    with TemporaryDirectory() as folder:
        proof = Path(folder, "known-hole.txt")
        proof.write_text(f"{name}=={version} --hash=sha256:{'0' * 64}\n")
        told = ["--disable-pip", "--require-hashes", "--format", "json", "--desc", "off"]
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", *told, *options, "-r", lock, "-r", proof],
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
    try:
        return judged(json.loads(done.stdout))
    except ValueError:
        why = done.stderr.strip().rpartition("\n")[2]
        return Verdict(FINE, f"NOT CHECKED: {why or 'pip-audit said nothing'}")


if __name__ == "__main__":
    verdict = audited(LOCK, *sys.argv[1:])
    print(verdict.says)
    sys.exit(verdict.code)
