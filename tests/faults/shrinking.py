"""The shortest story of a seed that fails: people, faults and hours are left out for as long as the
same check still fails. Knows no halls.
"""

from __future__ import annotations

from dataclasses import replace

from tests.faults.process import Parts
from tests.faults.simulation import BAD_LINE as LINE
from tests.faults.simulation import EVERYBODY, FAULTS, PEOPLE, SOUND, Cast, Failed, simulate

A_MOMENT_S = 1.0


def shortest(failed: Failed, parts: Parts = SOUND) -> tuple[Failed, Cast]:
    """The same failure with the fewest who take part, and who they are."""
    cast = replace(EVERYBODY, for_s=failed.after_s + A_MOMENT_S)
    for part in (*FAULTS, LINE, *PEOPLE, *FAULTS):
        if part in cast:
            smaller = cast.without(part)
            again = fails_again(failed, parts, smaller)
            if again is not None:
                failed, cast = again, replace(smaller, for_s=again.after_s + A_MOMENT_S)
    return failed, cast


def fails_again(failed: Failed, parts: Parts, cast: Cast) -> Failed | None:
    """The failure, if the same check fails with these, and the story got no longer."""
    try:
        simulate(failed.seed, parts, cast)
    except Failed as again:
        same = again.what == failed.what
        return again if same and len(again.story) <= len(failed.story) else None
    return None


def told(failed: Failed, cast: Cast) -> str:
    """For whoever has to mend it."""
    lines = "\n  ".join(failed.story)
    takes_part = ", ".join(sorted(cast.parts)) or "nobody"
    return (
        f"seed {failed.seed} breaks {failed.what} (MOTCUA_SEED={failed.seed} reruns it)\n"
        f"with {takes_part}, in {len(failed.story)} lines:\n  {lines}\n{failed.why!r}"
    )
