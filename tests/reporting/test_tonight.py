"""The page of tonight: its order, its figures, both languages, what is public, and the brief that says the same."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.made.displacement_run import make_scenario

from caravana.errors import UsageError
from caravana.language.language import load_language, read_catalogue
from caravana.reporting.tonight import ground, public
from caravana.reporting.tonight.brief import write_brief
from caravana.reporting.tonight.changed import side_by_side
from caravana.reporting.tonight.facts import Tonight, figure_ends
from caravana.reporting.tonight.needs import need_lines
from caravana.reporting.tonight.page import render_tonight
from caravana.reporting.tonight.people import endings_words, read_endings
from caravana.reporting.tonight.reported import contested, replaced_counts, reports_table
from caravana.reporting.tonight.right import by_lead, right_section
from caravana.reporting.tonight.road import nights_of, planned
from caravana.reporting.tonight.weeks import weeks_of
from caravana.results.small_counts import coarse_count
from caravana.results.supplies import Stock, load_profile

ORIGIN = dt.date(2021, 11, 10)


@pytest.fixture(scope="module")
def facts(evening) -> Tonight:
    return evening


@pytest.fixture(scope="module")
def page(facts) -> str:
    return render_tonight(facts, language="es")


@pytest.fixture(scope="module")
def camps() -> Tonight:
    world = make_scenario()
    places = [p for p in world.places if p.kind == "camp"]
    levels, rows = (0.05, 0.25, 0.5, 0.75, 0.95), []
    for k, evening in enumerate((ORIGIN - dt.timedelta(7), ORIGIN)):
        for ahead in (7, 14):
            date = evening + dt.timedelta(ahead)
            sizes = {place.id: 1000.0 * (n + 1) + 10 * ahead for n, place in enumerate(places)}
            lines = [(where, "camp_persons", size) for where, size in sizes.items()]
            lines.append(("all camps", "total_persons", sum(sizes.values())))
            rows += [
                (f"f{k}", evening, where, target, date, ahead, q, size * (0.5 + q))
                for where, target, size in lines for q in levels
            ]  # fmt: skip
    quantiles = pd.DataFrame(
        rows,
        columns=["forecast_id", "issued_on", "location", "target", "target_date", "horizon_days", "quantile", "value"],
    )
    report = {
        "id": "r1", "date": ORIGIN, "known_on": ORIGIN, "kind": "camp_count", "place": "West_Camp", "km_past": np.nan,
        "low": 900.0, "high": 900.0, "qualifier": "exact", "side": "observer", "source": None, "note": "",
        "state": "current",
    }  # fmt: skip
    score = {
        "forecast_id": "f0", "location": "West_Camp", "target": "camp_persons",
        "target_date": ORIGIN, "horizon_days": 7,
        "observed_low": 900.0, "observed_high": 900.0, "crps": 50.0, "naive_crps": 100.0, "error": 170.0,
        "inside_50": 1.0, "inside_90": 1.0,
    }  # fmt: skip
    return Tonight(
        name="Three camps", scenario=world, origin=ORIGIN, reports=pd.DataFrame([report]), quantiles=quantiles,
        scores=pd.DataFrame([score]), supplies=load_profile(), useful={"camp_persons": 0},
    )  # fmt: skip


def words_of(page: str) -> str:
    """What a page shows, without its marks."""
    plain = re.sub(r"<(style|script)>.*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", plain)))


def part_of(page: str, code: str) -> str:
    return next(part for part in page.split('<div class="tongue"')[1:] if f'data-lang="{code}"' in part[:120])


def test_the_coming_days_come_first_and_what_was_reported_last(page):
    for code in ("en", "es"):
        heads = re.findall(r'<section class="([a-z]+)"', part_of(page, code))
        assert heads == ["coming", "people", "together", "needs", "changed", "right", "reported"]


def test_the_first_sentence_says_where_between_what_how_many_and_whether_together(facts, page):
    night = nights_of(facts)[0]
    sentence = re.search(r'<p class="headline">(.*?)</p>', part_of(page, "en"))[1]
    assert sentence.startswith("Tomorrow night most likely in <b>")
    assert f"about <b>{load_language('en').rounded(night.persons[2])} people</b>" in sentence
    assert night.date == ORIGIN + dt.timedelta(1)


def test_the_page_says_in_both_languages_where_it_may_leave_its_road(facts, page):
    (branch,) = facts.branches
    assert branch["leaves"]["place"] == "juchitan"
    english, spanish = (
        re.findall(r'<p class="branch">(.*?)</p>', words) for words in (part_of(page, "en"), part_of(page, "es"))
    )
    reached, chance = (load_language("en").chance(branch[key], short=True) for key in ("reached", "chance"))
    expected = (
        f"If it comes as far as Juchitán ({reached} by 17 November), the chance that it leaves its road there towards"
        f" Santo Domingo Tehuantepec is {chance}; {branch['others_left']} of {branch['others_passed']} other caravans"
        " did."
    )
    assert english == [expected]
    assert "hacia Santo Domingo Tehuantepec" in spanish[0]
    took = replace(facts, branches=({**branch, "seen": True},))
    assert "It has left its road at Juchitán, towards" in render_tonight(took, language="en")


def test_chances_of_towns_are_all_of_the_chance(facts):
    shares = facts.chances[facts.chances["issued_on"] == ORIGIN].groupby("target_date")["chance"].sum()
    assert shares.to_numpy() == pytest.approx(1.0)
    for night in nights_of(facts):
        assert [c for _, c in night.stops] == sorted((c for _, c in night.stops), reverse=True)
        assert night.km[0] <= night.km[2] <= night.km[-1]


def test_mexico_and_spain_write_numbers_their_own_way():
    mexico, spain, plain = load_language("es-MX"), load_language("es-ES"), load_language("es")
    assert (mexico.number(14000), mexico.number(7.5, digits=1)) == ("14,000", "7.5")
    assert (spain.number(14000), spain.number(7.5, digits=1)) == ("14.000", "7,5")
    assert plain.number(7.5, digits=1) == "7,5"
    assert (plain.number(1400), plain.number(14000)) == ("1400", "14\u202f000")
    with pytest.raises(UsageError, match="es-AR"):
        load_language("es-AR")


def test_spain_s_page_has_spain_s_numbers(facts, page):
    spain = part_of(render_tonight(facts, language="es-ES"), "es")
    assert "7,5 litros" in spain
    plain = part_of(page, "es")
    assert "7,5 litros" in plain
    assert not re.findall(r">[^<]*\b\d{1,2},\d{3}\b[^<]*<", plain)
    assert "7.5 litros" in part_of(render_tonight(facts, language="es-MX"), "es")


def test_each_need_has_one_figure_and_water_is_one(facts, page):
    lines = need_lines([1000.0, 2000.0], [ORIGIN + dt.timedelta(n) for n in (1, 2)], facts, group="moving")
    items = [line.supply.standard.item for line in lines]
    assert len(items) == len(set(items))
    water = next(line for line in lines if line.supply.standard.item == "water")
    assert water.amounts == (7500.0, 15000.0)
    assert water.total == 22500.0
    toilets = next(line for line in lines if line.supply.standard.item == "toilets")
    assert toilets.total == max(toilets.amounts)
    assert part_of(page, "en").count("litres a day a person") == 1


def test_stock_is_not_brought_again_and_orders_go_out_in_time(facts):
    days = [ORIGIN + dt.timedelta(n) for n in (1, 2, 3)]
    stocked = replace(facts, stock=(Stock("water", "", 7500.0, 0),))
    slow = tuple(replace(s, lead_days=3) if s.standard.item == "blankets" else s for s in facts.supplies)
    before = {x.supply.standard.item: x for x in need_lines([1000.0] * 3, days, facts, group="moving")}
    after = {
        x.supply.standard.item: x
        for x in need_lines([1000.0] * 3, days, replace(stocked, supplies=slow), group="moving")
    }
    assert before["water"].bring - after["water"].bring == 7500 / 20
    assert after["water"].order_by == ORIGIN
    assert after["blankets"].order_by == ORIGIN
    assert after["blankets"].reaches == ORIGIN + dt.timedelta(3)


def test_the_plan_lies_between_the_quantiles_that_are_given():
    assert planned({0.5: 100.0, 0.8: 160.0, 0.95: 190.0, "location": "x"}) == pytest.approx(180.0)


def test_the_same_nights_stand_side_by_side(facts):
    frame = side_by_side(facts, "position_km")
    assert set(frame["target_date"]) == {ORIGIN + dt.timedelta(n) for n in (1, 2, 3)}
    tomorrow = frame[frame["target_date"] == ORIGIN + dt.timedelta(1)]
    assert list(tomorrow["issued_on"]) == [ORIGIN - dt.timedelta(n) for n in range(4)]


def test_errors_by_lead_count_what_held():
    scores = pd.DataFrame({
        "target": "position_km", "horizon_days": [1, 1, 2], "error": [-4.0, 8.0, 10.0], "crps": [2.0, 4.0, 5.0],
        "naive_crps": [4.0, 8.0, 5.0], "inside_50": [1, 0, 0], "inside_90": [1, 1, 0],
    })  # fmt: skip
    rows = by_lead(scores, "position_km").set_index("horizon")
    assert rows.loc[1, ["cases", "error", "crps", "naive_crps", "held_90"]].tolist() == [2, 6.0, 3.0, 6.0, 2]
    weeks = by_lead(scores, "position_km", (7, 14), within=True)
    assert weeks[["horizon", "cases", "held_50"]].to_numpy().tolist() == [[7, 3, 1]]


def test_a_withdrawn_report_and_one_of_tomorrow_are_not_in_the_page(facts):
    gone = facts.reports.assign(state=np.where(facts.reports["id"] == "obs-091", "withdrawn", "current"))
    late = gone.assign(
        known_on=[ORIGIN + dt.timedelta(1) if i == "obs-089" else d for i, d in gone[["id", "known_on"]].to_numpy()]
    )
    standing = set(replace(facts, reports=late).standing["id"])
    assert {"obs-091", "obs-089"}.isdisjoint(standing)
    assert "obs-088" in standing


def test_sides_that_differ_by_half_are_contested(facts):
    disputes = {(d.date, d.place): dict(d.figures) for d in contested(facts)}
    assert disputes[dt.date(2021, 11, 9), "tapanatepec"] == {"authorities": 1680.0, "organisers": pytest.approx(4000.0)}
    assert figure_ends({"low": np.nan, "high": 50.0}) == (50.0, 50.0)


def test_no_label_stands_on_another():
    canvas = ground.Canvas(0, 0, 1, 1, 400, 300)
    labels = ground.Labels(canvas)
    for n in range(30):
        labels.place((f"Town {n}",), 200 + n, 150 + n % 7, size=12)
    boxes = labels.taken
    assert len(boxes) > 5
    for n, a in enumerate(boxes):
        assert not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in boxes[:n])


def test_a_page_asks_for_nothing_and_names_nothing_twice(page):
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_spanish_part_has_no_english_sentence(page):
    spanish = part_of(page, "es")
    for key, texts in read_catalogue("tonight").items():
        plain = re.split(r"\{[^}]*\}|<[^>]*>", texts["en"])
        for piece in (p.strip() for p in plain):
            if len(piece.split()) > 3 and texts["en"] != texts["es"]:
                assert piece not in spanish, key


def test_what_is_public_is_late_coarse_and_says_nothing_of_the_coming_days(facts):
    shown = public.published(facts)
    last = ORIGIN - dt.timedelta(public.LATE_DAYS)
    assert max(shown.reports["known_on"]) <= last
    assert shown.quantiles.empty
    assert shown.chances.empty
    text = words_of(render_tonight(facts, language="en", audience="public"))
    for night in nights_of(facts):
        assert load_language("en").day(night.date) not in text
    places = {p.id: p.name for p in facts.scenario.places}
    recent = set(facts.reports.loc[facts.reports["date"] > last, "place"].dropna())
    areas = {public.area_of(facts, p.id, load_language("en")) for p in facts.scenario.places}
    assert not [places[p] for p in recent if places[p] in text and not any(places[p] in area for area in areas)]
    with pytest.raises(UsageError, match="3 days old"):
        public.published(replace(facts, reports=facts.reports[facts.reports["known_on"] > last]))


@pytest.mark.parametrize(("value", "shown"), [(0, None), (4, None), (19.9, None), (20, 20), (1689, 1680), (1690, 1700)])
def test_counts_that_are_published_are_twenties_and_none_is_small(value, shown):
    assert coarse_count(value) == shown


def test_a_displacement_has_camps_and_weeks_in_the_same_order(camps):
    page = render_tonight(camps, language="en")
    assert re.findall(r'<section class="([a-z]+)"', part_of(page, "en")) == [
        "weeks",
        "needs",
        "changed",
        "right",
        "reported",
    ]
    weeks = weeks_of(camps)
    assert weeks.largest() == ["Far_Camp", "South_Camp", "West_Camp"]
    assert "Not yet better than carrying on as today: people in each camp." in words_of(page)


def test_the_brief_is_two_pages_the_same_each_time_with_pictures_beside_it(facts, tmp_path):
    first = write_brief(facts, tmp_path / "a", language="es")
    again = write_brief(facts, tmp_path / "b", language="es")
    assert [p.name for p in first] == ["brief-2021-11-10-es.pdf", "map-2021-11-10-es.png", "chart-2021-11-10-es.png"]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    assert first[0].read_bytes().count(b"/Type/Pages/Count 2/") == 1
    assert first[1].read_bytes().startswith(b"\x89PNG")
    (alone,) = write_brief(facts, tmp_path / "c", language="en", audience="public")
    assert alone.name == "brief-2021-11-10-en-public.pdf"


def test_how_others_ended_is_what_was_known_that_evening(facts):
    en, es = load_language("en"), load_language("es")
    assert {ending.known_from < ORIGIN for ending in read_endings(ORIGIN)} == {True}
    assert len(read_endings(ORIGIN)) == 21
    assert len(read_endings(dt.date(2026, 1, 1))) == 35
    assert "21 caravans" in endings_words(ORIGIN, en)
    assert "2018–2021" in endings_words(ORIGIN, es)
    early = dt.date(2018, 11, 10)
    assert "too few" in endings_words(early, en)
    assert "demasiado pocas" in endings_words(early, es)
    assert "2 arrived, 2 were broken up by force and 1 ended with papers" in endings_words(dt.date(2018, 11, 22), en)


def test_other_teams_stand_beside_ours_where_there_are_any(facts):
    row = {
        "model": "team_b-model", "target": "persons", "horizon_days": 3, "n": 4, "score": 140.0, "our_score": 90.0,
        "ratio": 1.56, "inside_90": float("nan"), "our_inside_90": 0.75,
    }  # fmt: skip
    beside = replace(facts, others=pd.DataFrame([row]))
    for code, caption in (("en", "Other teams’ forecasts beside ours"), ("es", "Pronósticos de otros equipos")):
        language = load_language(code)
        shown = str(right_section(beside, language).figure)
        assert caption in shown
        assert "team_b-model" in shown
        assert "75%" in shown
        assert caption not in str(right_section(facts, language).figure)
    assert public.published(beside).others.empty


def test_how_far_ahead_is_said_before_anything_came_true(facts):
    first = replace(facts, scores=facts.scores.iloc[:0], useful={"position_km": 3, "persons": 0})
    section = right_section(first, load_language("es"))
    assert "Todavía ningún pronóstico" in section.paragraphs[0]
    assert "dónde duerme, con 3 días de antelación" in section.paragraphs[1]
    assert "cuántas caminan" in section.paragraphs[2]
    assert len(right_section(replace(first, useful={}), load_language("es")).paragraphs) == 1


def test_a_count_given_anew_stands_in_the_place_of_the_first_and_other_speakers_beside_it():
    day = dt.date(2027, 5, 3)
    first = {"date": day, "place": "a", "kind": "camp_count", "side": "agency", "qualifier": "exact"}
    rows = pd.DataFrame([
        {**first, "speaker": "office", "known_on": day + dt.timedelta(2)},
        {**first, "speaker": "office", "known_on": day},
        {**first, "speaker": "town", "known_on": day},
        {**first, "speaker": "office", "place": "b", "known_on": day},
        {**first, "speaker": "office", "known_on": day, "qualifier": "planned", "place": "c"},
        {**first, "speaker": "office", "known_on": day, "kind": "headcount"},
        {**first, "speaker": "office", "known_on": day + dt.timedelta(1), "kind": "headcount"},
    ])  # fmt: skip
    assert list(replaced_counts(rows)) == [False, True, False, False, False, False, False]
    planned = rows.iloc[:2].assign(qualifier=["planned", "exact"])
    assert not replaced_counts(planned).any()  # what was announced later does not take the place of a count
    assert replaced_counts(rows.iloc[:0]).empty


def test_a_count_that_was_given_anew_is_told_after_the_one_that_stands(facts):
    day = ORIGIN - dt.timedelta(1)
    one = {**facts.reports.iloc[-1].to_dict(), "kind": "camp_count", "qualifier": "exact", "date": day}
    first = {**one, "id": "r1", "low": 100.0, "high": 100.0, "known_on": day}
    anew = {**one, "id": "r2", "low": 200.0, "high": 200.0, "known_on": ORIGIN}
    rows = reports_table(replace(facts, reports=pd.DataFrame([first, anew])), load_language("en")).rows
    assert [row[2] for row in rows] == ["200", "100"]
    assert [row[1].endswith("replaced later") for row in rows] == [False, True]
