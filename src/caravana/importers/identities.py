"""Refuses what looks like the identity of a person: this project takes counts, never persons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from caravana.errors import InputError
from caravana.importers.arabic import in_english
from caravana.spelling import plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMN = re.compile(
    r"\b(?:first name|given name|last name|family name|middle name|full name|maiden name|surname|forename|"
    r"(?:name|nombre)s? (?:of|de|del|de la)(?: el| la| los)? (?:person|persona|applicant|solicitante|"
    r"beneficiary|beneficiari[oa]|individual|head|jefe|jefa|child|menor|patient|paciente|migrant|migrante)|"
    r"(?:person|beneficiary|applicant|migrant|patient|refugee|individual|client) (?:name|id|number)|"
    r"apellidos?|primer nombre|segundo nombre|nombre completo|nombres y apellidos|"
    r"passport|pasaporte|curp|rfc|dni|cedula|dui|nss|ssn|social security|national id|"
    r"id number|identity (?:card|number|document)|"
    r"documento de identidad|numero de (?:documento|identidad|identificacion|expediente)|alien number|"
    r"case number|file number|biometric\w*|fingerprint|huellas?|"
    r"e ?mail|correo(?: electronico)?|phone|telephone|mobile|cell ?phone|telefono|celular|whatsapp|"
    r"prenoms?|nom de famille|nom complet|nom et prenoms?|passeport|carte d identite|courriel|date de naissance|"
    r"user ?names?|submitted by|enumerator(?: name)?|nombre del encuestador|nom de l enqueteur|"
    r"date of birth|birth ?date|dob|fecha de nacimiento|home address|domicilio|direccion particular)\b"
)
"""Names of columns, without accents and capitals, that hold who somebody is."""
WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|[.:/()#]+")
"""Where a column's name has another word though no space stands there: ``firstName``."""
TEXT = re.compile(
    r"[\w.+-]+@[\w-]+\.[A-Za-z]{2,}"  # an address of mail
    r"|\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b"  # a CURP
    r"|(?<![\w/-])(?:\+\d{1,3}[ .-]?)(?:\(?\d{2,4}\)?[ .-]?){2,4}\d{2,4}\b"  # a telephone with its country
    r"|(?<![\w/-])\(\d{2,3}\) ?\d{3,4}[ .-]?\d{4}\b"  # one with its area in brackets
)
"""What somebody is reached or known by, within a text."""


def personal_columns(columns: Iterable[str]) -> list[str]:
    """Names of columns that look like the identity of a person, in order."""
    return [name for name in columns if COLUMN.search(plain_name(WORDS.sub(" ", in_english(str(name)))))]


def refuse_identities(columns: Iterable[str], source: str) -> None:
    """Refuse a table that has columns of persons.

    Raises
    ------
    InputError
        Naming each.
    """
    personal = personal_columns(columns)
    if personal:
        raise InputError(
            "\n".join(
                f"{source}, column {name[:60]!r}: expected counts of people, and nothing of who somebody is; take the"
                " column out"
                for name in personal
            )
        )


def holds_identity(text: str) -> bool:
    """Whether a text holds an address of mail, a telephone number or a number of a person."""
    return TEXT.search(text) is not None
