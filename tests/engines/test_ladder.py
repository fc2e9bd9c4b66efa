"""The ladder: which settings come after which deaths."""

import signal

import pytest

from offline_digest.engines.llama.settings import Ladder, LlamaSettings

SEGV, KILL, HUNG = -signal.SIGSEGV, -signal.SIGKILL, None
SETTINGS = LlamaSettings(threads=4, gpu_layers=0)


def descend(deaths, settings=SETTINGS, lasting=()):
    ladder = Ladder(settings, lasting)
    went = [ladder.died(status, progress=progress, early=early) for status, progress, early in deaths]
    return ladder, went


@pytest.mark.parametrize(
    ("deaths", "taken"),
    [
        ([(SEGV, True, False)] * 50, ()),
        ([(KILL, True, False), (KILL, False, False), (KILL, True, False), (KILL, False, True)], ()),
        ([(SEGV, False, True)], ("no repacking",)),
        ([(-signal.SIGILL, False, True)], ("no repacking",)),
        ([(-signal.SIGABRT, False, True)], ("no repacking",)),
        ([(SEGV, False, False)], ()),
        ([(SEGV, False, False)] * 2, ("no repacking",)),
        ([(HUNG, False, True)] * 2, ("no repacking",)),
        ([(KILL, False, True)] * 2, ("fewer branches",)),
        ([(KILL, False, True)] * 4, ("fewer branches", "no repacking")),
        ([(SEGV, False, True)] * 2, ("no repacking", "fewer branches")),
        ([(SEGV, False, True)] * 3, ("no repacking", "fewer branches", "fewer threads")),
    ],
)
def test_deaths_lead_down(deaths, taken):
    """Progress keeps the rung, an early crash leaves it at once, two barren deaths leave it, and a kill first suspects memory."""
    ladder, went = descend(deaths)
    assert ladder.taken == taken
    assert all(went)


def test_each_step_changes_what_it_says():
    """Repacking off, half the branches and cells, half the threads, no GPU layers."""
    ladder, went = descend([(SEGV, False, True)] * 4, LlamaSettings(threads=4, gpu_layers=99, branches=24))
    settings = ladder.settings
    assert (settings.extra_buffers, settings.branches, settings.branch_cells, settings.threads, settings.gpu_layers) == (
        False,
        12,
        2048,
        2,
        0,
    )
    assert all(went)


def test_the_ladder_ends_and_the_next_paper_begins_on_the_last_rung():
    """Steps that would change nothing are left out; below the last one the death is final, and the count begins anew."""
    ladder, went = descend([(SEGV, False, True)] * 3, LlamaSettings(threads=1, gpu_layers=0))
    assert went == [True, True, False]
    assert ladder.taken == ("no repacking", "fewer branches")
    assert ladder.died(KILL, progress=False, early=False)


def test_what_early_crashes_taught_holds_for_later_runs():
    """Only crashes in native code before the first token are a property of CPU, build and model; the rest is this run's bad luck."""
    ladder, _ = descend([(KILL, False, False)] * 2)
    assert (ladder.taken, ladder.lasting) == (("fewer branches",), ())
    ladder, _ = descend([(SEGV, False, True)])
    later, _ = descend([], lasting=ladder.lasting)
    assert later.settings == ladder.settings
    assert not later.settings.extra_buffers
