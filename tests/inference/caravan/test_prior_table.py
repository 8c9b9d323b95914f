"""The table of the prior over caravans is what its tool fits from the bundled records as they are now."""

import pytest
from tools.fit_caravan_prior import read_caravan

from caravana.inference.caravan.hierarchy import fit_hierarchy
from caravana.inference.caravan.prior import COMMON, FITTED, TABLE


@pytest.mark.statistical
def test_the_set_that_has_not_seen_october_2021_is_fitted_again_from_the_other_two():
    """Two short records: seconds. A change of evidence rows or of how they are read asks for the tool to be run."""
    others = [name for name in FITTED if name != "tapachula-2021"]
    prior = fit_hierarchy(COMMON, [read_caravan(name) for name in others])
    assert prior.mean == pytest.approx([m for m, _ in TABLE["tapachula-2021"]], abs=0.01)
    assert prior.spread == pytest.approx([s for _, s in TABLE["tapachula-2021"]], abs=0.01)


def test_every_set_is_of_all_parameters_and_none_knows_more_than_the_assumptions():
    assert set(TABLE) == {"none", *FITTED}
    for rows in TABLE.values():
        assert len(rows) == len(COMMON)
        for (_, spread), common in zip(rows, COMMON.values(), strict=True):
            assert spread >= (common.mean_spread**2 + common.between**2) ** 0.5 - 0.001
