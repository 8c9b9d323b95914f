"""A stream is a pure function of its name: seed, block, process, day, sub-step."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from caravana.models.caravan.order import ORDER
from caravana.streams import Pool, Stream, process_key, stream

words = st.integers(0, 2**64 - 1)


@given(words, words, words, st.integers(0, 10_000), st.integers(0, 99))
def test_the_same_name_gives_the_same_numbers(seed, block, process, day, substep):
    first, second = (Stream(seed, block, process, day).at(substep).random(5) for _ in range(2))
    assert np.array_equal(first, second)


def test_neither_the_order_of_asking_nor_what_was_drawn_before_matters():
    names = list(itertools.product((0, 1), (0, 7), ("advance", "choice"), (0, 3), (0, 1)))
    asked = {name: stream(*name).random(4) for name in names}
    pool = Pool()
    for seed, block, process, day, substep in reversed(names):
        pool.put_back()
        keyed = Stream(seed, block, process_key(process), day, pool)
        keyed.at(substep + 1).standard_normal(3)
        keyed.at(substep).binomial(10, 0.3, 11)
        assert np.array_equal(keyed.at(substep).random(4), asked[seed, block, process, day, substep])


def test_generators_of_one_process_do_not_disturb_one_another():
    keyed = Stream(1, 0, process_key("advance"), 4, Pool())
    first, second = keyed.at(0), keyed.at(1)
    mixed = [generator.random() for _ in range(3) for generator in (first, second)]
    assert mixed[::2] == list(stream(1, 0, "advance", 4, 0).random(3))
    assert mixed[1::2] == list(stream(1, 0, "advance", 4, 1).random(3))


@pytest.mark.parametrize("changed", range(5))
def test_every_part_of_the_name_counts(changed):
    name = [1, 2, "advance", 4, 5]
    other = list(name)
    other[changed] = "advances" if changed == 2 else name[changed] + 1
    assert not np.array_equal(stream(*name).random(4), stream(*other).random(4))


def test_seed_and_block_do_not_change_places():
    assert not np.array_equal(stream(1, 2, "advance", 0).random(4), stream(2, 1, "advance", 0).random(4))


def test_keys_of_processes_stay_as_they_are():
    """They are written into every run: another hash would change all numbers of all seeds."""
    assert process_key("advance") == int.from_bytes(bytes.fromhex("d0262489621613de"), "little")
    assert len({process_key(p.name) for p in ORDER}) == len(ORDER)


def test_numbers_of_neighbouring_names_are_uniform_and_unrelated():
    drawn = np.array([[stream(1, b, "advance", d).random() for d in range(100)] for b in range(100)])
    assert stats.kstest(drawn.reshape(-1), "uniform").pvalue > 1e-4
    for a, b in ((drawn[:-1], drawn[1:]), (drawn[:, :-1], drawn[:, 1:])):
        assert abs(np.corrcoef(a.reshape(-1), b.reshape(-1))[0, 1]) < 0.04
