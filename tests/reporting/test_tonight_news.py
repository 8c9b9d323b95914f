"""What was last heard stands first: that a caravan has ended, or that for days nobody has said where it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from tests.made.outline import Outline
from tests.reporting.test_tonight import camps, facts, part_of  # noqa: F401 - fixtures

from caravana.language.language import load_language
from caravana.reporting.caravan.map import short_name, short_names
from caravana.reporting.tonight.brief import compile_slide, slide_nodes, without, words_about
from caravana.reporting.tonight.coming import look_ahead, past_card
from caravana.reporting.tonight.news import camps_silence, nights_silence, shut_words
from caravana.reporting.tonight.page import render_tonight, sections_of
from caravana.reporting.tonight.reported import contested, reports_table
from caravana.reporting.tonight.right import by_lead, lead_table
from caravana.reporting.tonight.road import ForecastNight, ReportedNight
from caravana.reporting.tonight.weeks import weeks_headline, weeks_of
from caravana.scenario.model import Event, Observation, Place

EN, ES = load_language("en"), load_language("es-MX")


def with_end(facts, note):  # noqa: F811 - the fixture
    """The same evening, with a report of the day before that it ended."""
    day = facts.origin - dt.timedelta(1)
    row = {**facts.reports.iloc[-1].to_dict(), "id": "end", "date": day, "known_on": day, "kind": "ended", "note": note}
    row |= {"state": "current", "low": float("nan"), "high": float("nan"), "place": None}
    return replace(facts, reports=pd.concat([facts.reports, pd.DataFrame([row])], ignore_index=True)), day


@pytest.mark.parametrize(
    ("note", "english", "spanish"),
    [("papers", "with papers", "con documentos"), ("force; at night", "broken up by force", "disuelta por la fuerza")],
)
def test_a_caravan_that_has_ended_has_no_night_to_come(facts, note, english, spanish):  # noqa: F811
    ended, day = with_end(facts, note)
    keys = [section.key.removesuffix("-en") for section in sections_of(ended, EN, "internal")]
    assert keys[0] == "ended"
    assert not {"coming", "people", "together", "needs", "changed"} & set(keys)
    assert {"right", "reported"} <= set(keys)
    page = render_tonight(ended)
    assert f"It ended on <b>{EN.day(day)}</b>: {english}. Nothing more is forecast." in part_of(page, "en")
    assert f"Terminó el <b>{ES.day(day)}</b>: {spanish}." in part_of(page, "es")


def counted_by(facts, *said):  # noqa: F811 - the fixture
    """The evening with these counts alone, of its own day: side, low, high, qualifier, place."""
    like = {**facts.reports.iloc[-1].to_dict(), "kind": "headcount", "state": "current", "speaker": ""}
    like |= {"date": facts.origin, "known_on": facts.origin}
    names = ("side", "low", "high", "qualifier", "place")
    rows = [{**like, "id": f"r{n}", **dict(zip(names, one, strict=True))} for n, one in enumerate(said)]
    return replace(facts, reports=pd.DataFrame(rows))


@pytest.mark.parametrize(
    ("first", "second", "at_odds"),
    [
        # At two places, or at none: the same night all the same.
        (("authorities", 1200.0, 1200.0, "about", "huixtla"), ("organisers", 4500.0, 5000.0, "range", "mapastepec"), 1),
        (("authorities", 1200.0, 1200.0, "about", None), ("organisers", 4500.0, 5000.0, "range", "mapastepec"), 1),
        (("authorities", 4000.0, 4000.0, "about", "huixtla"), ("organisers", 4500.0, 5000.0, "range", None), 0),
    ],
)
def test_counts_of_one_night_are_at_odds_wherever_they_were_made(facts, first, second, at_odds):  # noqa: F811
    disputes = contested(counted_by(facts, first, second))
    assert len(disputes) == at_odds
    assert all(dispute.place == "" for dispute in disputes)


def test_whoever_gave_no_name_is_called_by_the_side_everywhere(facts):  # noqa: F811
    given = ("authorities", 1200.0, 1200.0, "about", None)
    evening = counted_by(facts, given)
    evening.reports.loc[0, "speaker"] = "authorities"
    assert reports_table(evening, EN).rows[0][-1] == EN.text("tonight.side.authorities") == "Authorities"
    page = part_of(render_tonight(evening), "en")
    assert "Authorities, about 1,200" in page


def test_an_end_that_was_withdrawn_is_none(facts):  # noqa: F811
    ended, _ = with_end(facts, "papers")
    ended.reports.loc[ended.reports["id"] == "end", "state"] = "withdrawn"
    keys = [section.key for section in sections_of(ended, EN, "internal")]
    assert keys[0] == "coming-en"


def test_what_somebody_wrote_of_the_end_is_text(facts):  # noqa: F811
    ended, _ = with_end(facts, "<script>alert(1)</script>")
    assert "<script>alert" not in render_tonight(ended)


def test_days_without_a_word_are_said(facts):  # noqa: F811
    seen = {facts.origin - dt.timedelta(days): 100.0 for days in (10, 12)}
    said = nights_silence(seen, facts.origin, EN)
    assert said.startswith(f"Nobody has reported where it is since {EN.day(max(seen))}, 10 days ago")
    assert "hace 10 días" in nights_silence(seen, facts.origin, ES)
    assert "takes for granted that it is so tonight" in said
    week = {facts.origin - dt.timedelta(7): 1.0}
    assert "takes for granted" not in nights_silence(week, facts.origin, EN)
    assert nights_silence({facts.origin - dt.timedelta(2): 1.0}, facts.origin, EN) == ""
    assert nights_silence({}, facts.origin, EN) == ""


def test_the_page_says_so_below_its_first_sentence(facts):  # noqa: F811
    kept = facts.reports[facts.reports["date"] <= facts.origin - dt.timedelta(6)]
    page = render_tonight(replace(facts, reports=kept))
    assert "Nobody has reported where it is since" in part_of(page, "en")
    assert "Nadie ha informado dónde está desde" in part_of(page, "es")
    assert "silent" not in {attrs.get("class") for _, attrs in Outline(render_tonight(facts)).elements}


def test_weeks_without_a_count_are_said(camps):  # noqa: F811
    assert camps_silence(camps, EN) == ""
    later = replace(camps, origin=camps.origin + dt.timedelta(60))
    assert "No camp has been counted since" in camps_silence(later, EN)


def test_before_anything_came_true_the_page_says_so(facts, camps):  # noqa: F811
    for one in (facts, camps):
        page = render_tonight(replace(one, scores=one.scores.iloc[:0]))
        assert "No forecast of this record could be held against what came yet." in part_of(page, "en")
        assert "Todavía ningún pronóstico de este registro" in part_of(page, "es")


def test_a_camp_that_is_shut_is_named(camps):  # noqa: F811
    place = camps.scenario.places[-1]
    day = dt.timedelta(1)
    closure = Event(
        id="shut", date=camps.origin - day, end_date=camps.origin + day, kind="closure", unit="camp", place_id=place.id
    )
    others = [
        closure.model_copy(update={"id": "later", "date": camps.origin + day}),
        closure.model_copy(update={"id": "over", "end_date": camps.origin}),
        closure.model_copy(update={"id": "border", "unit": "country"}),
    ]
    for events, said in (([*others, closure], True), (others, False)):
        scenario = camps.scenario.model_copy(update={"events": tuple(events)})
        words = shut_words(replace(camps, scenario=scenario), {place.id: "Uno"}, EN)
        assert words == (f"Taking nobody in, since the day given: Uno ({EN.day(closure.date)})." if said else "")


def test_a_camp_that_is_to_be_shut_or_was_counted_empty_is_named(camps):  # noqa: F811
    place, week = camps.scenario.places[-1], dt.timedelta(7)
    closure = Event(id="shut", date=camps.origin + week, kind="closure", unit="camp", place_id=place.id)
    announced = closure.model_copy(update={"known_on": camps.origin})
    for event, said in ((announced, True), (closure, False)):
        scenario = camps.scenario.model_copy(update={"events": (event,), "observations": ()})
        words = shut_words(replace(camps, scenario=scenario), {place.id: "Uno"}, EN)
        day = EN.day(closure.date)
        assert words == (f"To be shut on the day given, as was announced: Uno ({day})." if said else "")
    counts = [
        Observation(
            id=f"c{n}", date=camps.origin - n * week, known_on=camps.origin, place_id=place.id, kind="camp_count",
            low=people, high=people, qualifier="exact", speaker_role="agency", speaker_side="observer",
        )
        for n, people in ((3, 900.0), (2, 0.0), (1, 0.0))
    ]  # fmt: skip
    for some, said in ((counts, True), (counts[:2], False)):
        scenario = camps.scenario.model_copy(update={"events": (), "observations": tuple(some)})
        words = shut_words(replace(camps, scenario=scenario), {place.id: "Uno"}, EN)
        day = EN.day(camps.origin - 2 * week)
        assert words == (f"Counted empty since the day given, twice or more in a row: Uno ({day})." if said else "")


def test_a_rule_that_was_right_but_for_rounding_makes_no_percentage(facts):  # noqa: F811
    scores = facts.scores.assign(naive_crps=1e-13)
    table = lead_table(by_lead(scores, "persons"), "persons", EN)
    assert {row[-1] for row in table.rows} == {"no better"}


def test_a_night_that_nobody_reported_is_a_sentence(facts):  # noqa: F811
    ahead = look_ahead(facts)
    night = ahead.past[-1]
    assert past_card(replace(ahead, seen={}), night, EN)["came"] == "Nobody said where it slept."
    seen = {night.date: (ReportedNight(0.0, ("press",)),)}
    assert past_card(replace(ahead, seen=seen), night, EN)["came"].startswith("It was in ")


def with_night(facts, place, side):  # noqa: F811 - the fixture
    """The same evening, with one more report of where that night was spent."""
    last = facts.reports[facts.reports["kind"] == "position"].iloc[-1].to_dict()
    row = {**last, "id": f"night-{place}", "date": facts.origin, "known_on": facts.origin, "state": "current"}
    row |= {"place": place, "side": side, "qualifier": "exact", "km_past": float("nan")}
    return replace(facts, reports=pd.concat([facts.reports, pd.DataFrame([row])], ignore_index=True))


def test_a_night_of_which_reports_contradict_each_other_is_at_no_place_between_them(facts):  # noqa: F811
    on = facts.origin
    kept = facts.reports[~((facts.reports["date"] == on) & (facts.reports["kind"] == "position"))]
    disputed = with_night(with_night(replace(facts, reports=kept), "huixtla", "press"), "tonala", "observer")
    ahead = look_ahead(disputed)
    assert [(ahead.road.place(at.km), at.sides) for at in ahead.seen[on]] == [
        ("Huixtla", ("press",)), ("Tonalá", ("observer",)),
    ]  # fmt: skip
    night = ForecastNight(date=on, km=(ahead.seen[on][0].km - 1,) + (ahead.seen[on][0].km + 1,) * 4)
    card = past_card(ahead, night, EN)
    assert card["came"] == "Reports differ, Huixtla (Other press); Tonalá (Observers):"
    assert card["verdict"] == "held by some, missed by others."
    missed = replace(night, km=(ahead.seen[on][1].km + 20,) * 5)
    assert past_card(ahead, missed, EN)["verdict"] == "missed."
    page = part_of(render_tonight(disputed), "es")
    assert "Los reportes difieren" in page or "en una noche" in page.lower()
    assert f"{ES.day(on)}: Huixtla (Otra prensa); Tonalá (Observadores)" in page


def test_reports_of_one_place_are_one_night(facts):  # noqa: F811
    on = facts.origin
    kept = facts.reports[~((facts.reports["date"] == on) & (facts.reports["kind"] == "position"))]
    agreed = with_night(with_night(replace(facts, reports=kept), "huixtla", "press"), "huixtla", "observer")
    (night,) = look_ahead(agreed).seen[on]
    assert set(night.sides) == {"press", "observer"}


def test_what_a_side_counted_stands_as_it_said_it(facts):  # noqa: F811
    on = facts.origin
    counts = [
        ("more", "authorities", 900.0, float("nan"), "more_than"), ("range", "organisers", 2000.0, 2500.0, "range"),
    ]  # fmt: skip
    row = facts.reports[facts.reports["kind"] == "headcount"].iloc[-1].to_dict()
    rows = [
        {**row, "id": name, "side": side, "low": low, "high": high, "qualifier": said, "date": on, "known_on": on,
         "place": "huixtla", "state": "current"}
        for name, side, low, high, said in counts
    ]  # fmt: skip
    counted = replace(facts, reports=pd.concat([facts.reports, pd.DataFrame(rows)], ignore_index=True))
    page = part_of(render_tonight(counted), "en")
    # An agency's count of that day that names no place is of the same night.
    assert "Authorities more than 900; News agencies about 1,000; Organisers 2,000–2,500" in page
    assert f"Authorities more than 900 ({EN.day_short(on)})" in page


def test_one_day_and_one_night_are_no_days(facts):  # noqa: F811
    page = render_tonight(facts)
    assert "En 1 d" not in page
    assert "On 1 " not in page


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Campamento de Refugiados de San Bartolomé de los Llanos", "Campamento de Refugiados de San…"),
        ("Ciudad de Hidalgo del Parral y Anexas", "Hidalgo del Parral y Anexas"),
        ("Campamento Norte", "Campamento Norte"),
    ],
)
def test_a_long_name_keeps_what_says_which_it_is(name, short):
    assert short_name(Place(id="x", name=name, kind="camp", country="Mexico")) == short


@pytest.mark.parametrize("word", ["mark", "title", "evening"])
def test_a_slide_says_for_whom_it_is_and_of_which_evening(facts, word):  # noqa: F811
    about = words_about(facts, EN, "internal")
    assert about[word]
    nodes = slide_nodes(sections_of(facts, EN, "internal")[0], "map", EN)
    other = compile_slide("map", {**about, word: "Something else"}, nodes, facts.origin)
    slide = compile_slide("map", about, nodes, facts.origin)
    assert slide == compile_slide("map", dict(about), nodes, facts.origin)
    assert slide != other


def test_a_slide_that_is_too_full_leaves_out_the_last_nights(facts):  # noqa: F811
    section = sections_of(facts, EN, "internal")[0]
    nodes = slide_nodes(section, "map", EN)
    about = words_about(facts, EN, "internal")
    alone = compile_slide("map", about, without(nodes, ("branch", "past")), facts.origin)
    first = next(node for node in nodes if node["class"] == "first")
    lines = [{"tag": "p", "class": "", "colour": "", "children": ["A night. " * 40]} for _ in range(12)]
    past = {"tag": "div", "class": "past", "colour": "", "children": lines}
    full = [{**first, "children": [*without(first["children"], ("branch", "past")), past]}]
    head = [node for node in nodes if node["class"] == "headline"]
    assert compile_slide("map", about, [*head, *full], facts.origin) == alone


def test_what_was_announced_is_no_count_and_no_night(facts):  # noqa: F811
    on = facts.origin
    rows = [
        {**facts.reports[facts.reports["kind"] == kind].iloc[-1].to_dict(), "id": f"plan-{kind}", "date": on,
         "known_on": on, "qualifier": "planned", "state": "current", "place": "huixtla", "side": "organisers", **more}
        for kind, more in (("headcount", {"low": 99_999.0, "high": 99_999.0}), ("position", {}))
    ]  # fmt: skip
    planned = replace(facts, reports=pd.concat([facts.reports, pd.DataFrame(rows)], ignore_index=True))
    page = part_of(render_tonight(planned), "es")
    assert "Personas (anunciado)" in page
    assert "Dónde durmió (anunciado)" in page
    assert page.count("99\u202f999") == 1


def test_camps_keep_the_end_of_their_names_and_two_of_one_short_name_are_told_apart():
    names = ["Terrain Municipal de Mbalé", "Terrain Municipal de Kéléba", "Site (Nord)", "Site (Sud)", "Camp Ouro"]
    places = [Place(id=f"p{at}", name=name, kind="camp") for at, name in enumerate(names)]
    assert list(short_names(places).values()) == names
    towns = [Place(id="a", name="Villanueva del Rey (Sierra)"), Place(id="b", name="Villanueva del Rey (Costa)")]
    assert list(short_names(towns).values()) == [town.name for town in towns]


def test_of_a_camp_that_is_nearly_empty_people_are_whole():
    day = dt.date(2031, 1, 10)
    rows = pd.DataFrame([{"issued_on": day, "target_date": day + dt.timedelta(7), "horizon_days": 7, "location": "a",
                          0.05: 0.00003, 0.25: 0.004, 0.5: 0.014, 0.75: 0.6, 0.95: 2.4}])  # fmt: skip
    world = SimpleNamespace(places=(Place(id="a", name="A", kind="camp"),))
    weeks = weeks_of(SimpleNamespace(levels=lambda _, issued_on=None: rows, scenario=world))
    row = weeks.row("a", day + dt.timedelta(7))
    assert [row[level] for level in (0.05, 0.5, 0.95)] == [0, 0, 2]
    assert "0.0" not in weeks_headline(weeks, EN)
