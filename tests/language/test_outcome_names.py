"""Outcomes in the words of a language, wherever they are told of."""

from caravana.language.faults import message_words
from caravana.language.language import load_language
from caravana.language.names import outcome_name

ES = load_language("es")


def test_outcomes_of_refusals_are_named_in_spanish():
    said = message_words("in_camps has a value in 64 members; 128 or more are needed", ES)
    assert said.startswith("Personas en todos los campamentos ")
    said = message_words("at Ford_camp has a value in 64 members; 128 or more are needed", ES)
    assert said.startswith("Personas en Ford camp ")


def test_a_place_has_the_name_of_its_scenario():
    assert outcome_name("at p1", ES, places={"p1": "Río Ostuta"}) == "Personas en Río Ostuta"
    assert outcome_name("nothing_known", ES) == "nothing_known"
