"""Pictures: what is drawn is what the run says, on the axes given, told apart without colour."""

import datetime as dt
import itertools
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import caravana as cv
from caravana.plotting import style
from caravana.results.caravan import nights, whereabouts
from caravana.results.members import quantiles

CSS = Path(style.__file__).parents[1] / "reporting" / "templates" / "report.css"


@pytest.fixture(autouse=True)
def unseen():
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


@pytest.fixture
def axes():
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def line(ax, label):
    """Heights of the line of a label."""
    return np.asarray(next(one for one in ax.get_lines() if one.get_label() == label).get_ydata(), float)


def test_a_headcount_is_the_middle_of_those_together_and_every_report(run, axes):
    ax = run.plot.headcount(ax=axes)
    assert ax is axes
    where = nights(run)
    middle = quantiles(where.persons.astype(float), given=where.together)[2]
    np.testing.assert_array_equal(line(ax, "middle"), middle)
    assert ax.get_ylabel() == "persons"
    assert ax.get_ylim()[0] == 0
    reports = [o for o in run.scenario.observations if o.kind == "headcount" and o.qualifier != "planned"]
    drawn = sum(len(one.get_xdata()) for one in ax.get_lines() if str(one.get_label()).startswith("report"))
    within = [o for o in reports if o.date <= run.days[-1].date() and (o.low is not None or o.high is not None)]
    assert drawn == len(within) > 0


def test_a_headcount_of_a_displacement_is_of_the_camps_counted(displaced, axes):
    ax = displaced.plot.headcount(ax=axes)
    frame = displaced.to_dataframe()
    inside = frame[frame["place"].isin(["West_Camp", "South_Camp"])]
    by_member = inside.groupby(["member", "day"], observed=True)["persons"].sum().unstack("day")
    np.testing.assert_allclose(line(ax, "middle"), np.round(by_member.median()), atol=0.5)


def test_a_fan_is_of_one_place_and_counts_those_in_caravans(run, axes):
    place = "huixtla"
    ax = run.plot.fan(place, ax=axes)
    people = run.query(
        "SELECT member, day, sum(persons) AS n FROM (SELECT member, day, place, persons FROM people UNION ALL"
        " SELECT c.member, c.day, c.place, p.persons FROM people p JOIN caravans c ON c.member = p.member"
        " AND c.day = p.day AND c.caravan = p.place) WHERE place = 'huixtla' GROUP BY ALL"
    )
    wide = people.pivot_table(index="member", columns="day", values="n").reindex(
        index=run.member_ids, columns=run.days, fill_value=0
    )
    np.testing.assert_allclose(line(ax, "middle"), wide.fillna(0).median())


def test_a_map_shows_the_share_of_members_that_sleep_at_each_place(run, axes):
    day = run.days[6]
    ax = run.plot.map(day.date(), ax=axes)
    shares = {run.scenario.places[at].id: share for at, share in whereabouts(nights(run), 6).items()}
    discs = ax.collections[0].get_offsets()
    assert len(discs) == sum(share > 0 for share in shares.values())
    most = max(shares, key=lambda one: shares[one])
    place = next(one for one in run.scenario.places if one.id == most)
    np.testing.assert_allclose(discs[0], [place.lon, place.lat])
    assert f"{shares[most]:.0%}" in " ".join(text.get_text() for text in ax.texts)


def test_a_map_of_a_displacement_shows_people(displaced, axes):
    ax = displaced.plot.map(ax=axes)
    people = displaced.to_dataframe().query("day == day.max()")
    middle = (
        people.groupby(["place", "member"], observed=True)["persons"].sum().groupby("place", observed=True).median()
    )
    assert f"{middle['West_Camp']:,.0f}" in " ".join(text.get_text() for text in ax.texts)


def test_arrivals_only_grow_and_come_later_further_on(run, axes):
    ax = run.plot.arrivals(ax=axes)
    shares = [np.asarray(one.get_ydata(), float) for one in ax.get_lines()]
    assert len(shares) > 1
    assert all((np.diff(one) >= 0).all() for one in shares)
    assert all((near >= far).all() for near, far in itertools.pairwise(shares))
    assert len({one.get_linestyle() if isinstance(one.get_linestyle(), str) else i for i, one in
                enumerate(ax.get_lines())}) > 1  # fmt: skip


def test_arrivals_of_a_displacement_are_of_its_fullest_places(displaced):
    assert "West Camp" in [text.get_text() for text in displaced.plot.arrivals().get_legend().get_texts()]


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda run: run.plot.fan("huixtlaa"), "no place 'huixtlaa' (did you mean 'huixtla'?)"),
        (lambda run: run.plot.fan("huixtla", status="on_fot"), "did you mean 'on_foot'"),
        (lambda run: run.plot.arrivals("hixtla"), "did you mean 'huixtla'"),
        (lambda run: run.plot.map("2031-01-01"), "outside the run"),
        (lambda run: run.plot.map("soon"), "day 'soon' is no date"),
        (lambda run: run.plot.headcount(ax=3), "ax: int; expected axes of matplotlib, one and flat"),
        (lambda run: run.plot.headcount(ax=np.array([None, None])), "ax: ndarray; expected axes of matplotlib"),
        (lambda run: run.plot.fan(ax=mpl.figure.Figure().add_subplot(projection="3d")), "ax: 3d; expected axes"),
    ],
)
def test_what_cannot_be_drawn_is_said(run, draw, said):
    with pytest.raises(cv.UsageError) as refused:
        draw(run)
    assert said in str(refused.value)


def test_colours_are_those_of_the_pages():
    sheet = CSS.read_text("utf-8")
    colours = [style.INK, style.SOFT, style.RULE, style.ACCENT, style.BAND_90, style.BAND_50, style.MIDDLE, style.WARN]
    assert [one for one in (*colours, *(one for one, _ in style.SIDES.values())) if one not in sheet] == []


def test_sides_and_bands_are_told_apart_without_hue():
    def luminance(colour):
        return float(np.dot(mpl.colors.to_rgb(colour), (0.2126, 0.7152, 0.0722)))

    assert luminance(style.BAND_90) - luminance(style.BAND_50) > 0.15
    assert luminance(style.BAND_50) - luminance(style.MIDDLE) > 0.15
    assert len({marker for _, marker in style.SIDES.values()}) == len(style.SIDES)


def test_without_matplotlib_the_extra_is_named(run, monkeypatch):
    import importlib

    real = importlib.import_module

    def absent(name, *rest):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(cv.UsageError, match=r"pip install 'caravana\[plot\]'"):
        run.plot.headcount()


def test_a_forecast_shows_what_came_since_and_a_backtest_its_line_of_nought(axes):
    forecast = cv.forecast("tapachula-2021", on=dt.date(2021, 11, 3), horizon=3)
    ax = forecast.plot(ax=axes)
    wide = forecast.to_dataframe().query("target == 'position_km' and quantile == 0.5")
    np.testing.assert_allclose(line(ax, "middle"), wide["value"])
    assert ax.get_ylabel() == "km along the road"
    with pytest.raises(cv.UsageError, match="did you mean 'persons'"):
        forecast.plot(target="person")


def test_a_single_day_is_seen_with_its_bands_and_the_days_beside_it(axes):
    run = cv.simulate("tapachula-2021", members=64, until="2021-10-23", workers=1)
    run.plot.headcount(ax=axes)
    low, high = axes.get_xlim()
    assert high - low == pytest.approx(2)
    bands = [one for one in axes.collections if isinstance(one, mpl.collections.LineCollection)]
    assert [one.get_linewidth()[0] for one in bands[:2]] == [9, 9]
    heights = [np.ptp(one.get_segments()[0][:, 1]) for one in bands[:2]]
    assert heights[0] > heights[1] > 0
    assert cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1).plot.arrivals()


def test_a_forecast_of_one_day_shows_that_day(axes):
    forecast = cv.forecast("tapachula-2021", on="2021-11-03", horizon=1)
    forecast.plot(ax=axes)
    tomorrow = mpl.dates.date2num(dt.date(2021, 11, 4))
    bands = [one for one in axes.collections if isinstance(one, mpl.collections.LineCollection)]
    assert any(one.get_segments()[0][0][0] == tomorrow and np.ptp(one.get_segments()[0][:, 1]) > 0 for one in bands)


def test_a_legend_is_not_cut_off(run, axes):
    import matplotlib.pyplot as plt

    run.plot.headcount(ax=axes)
    _, roomy = plt.subplots(layout="constrained")
    run.plot.headcount(ax=roomy)
    for ax in (axes, roomy):
        ax.figure.canvas.draw()
        box = ax.get_legend().get_window_extent()
        assert box.y0 >= 0
        assert box.x0 >= 0


def test_arrivals_of_a_caravan_that_comes_nowhere_are_refused():
    run = cv.simulate("tapachula-2021", members=1, until="2021-10-23", workers=1)
    with pytest.raises(cv.UsageError, match="the caravan comes to no town in this run"):
        run.plot.arrivals()


def test_a_parameter_may_be_named_alone():
    drawn = cv.calibrate("tapachula-2021", budget=128, draws=10, workers=1)
    assert drawn.plot_posterior("walk_km").get_title() == drawn.plot_posterior(["walk_km"]).get_title()
