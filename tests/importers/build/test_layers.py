"""Layers of maps that are not read are refused by what they are, in the officer's language."""

import pytest

from caravana.errors import InputError, ScenarioError
from caravana.importers.boundaries.units import read_units
from caravana.importers.osm.extract import read_extract
from caravana.importers.rows import Reader
from caravana.importers.tables.grids import read_grids
from caravana.language.faults import fault_line
from caravana.language.language import load_language

LAYERS = {
    "roads.geojson": b'{"type": "FeatureCollection", "features": []}',
    "roads.gpkg": b"SQLite format 3\x00" + bytes(90) + b"\xff",
    "roads.shp": b"\x00\x00\x27\x0a" + bytes(90) + b"\xff",
}
ES = load_language("es")


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_no_extract(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(LAYERS[name])
    with pytest.raises(ScenarioError, match=r"save another layer as GeoJSON") as raised:
        read_extract(path)
    assert "guarde otra capa como GeoJSON" in fault_line(str(raised.value), ES)


@pytest.mark.parametrize("name", ["roads.gpkg", "roads.shp"])
def test_a_layer_is_no_table_and_no_boundaries(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(LAYERS[name])
    with pytest.raises(InputError, match=r"expected CSV, a workbook .* or JSON"):
        read_grids(path)
    reader = Reader(tmp_path)
    assert read_units(reader, path) == []
    (fault,) = reader.listed()
    assert "save it as GeoJSON" in fault.expected


def test_boundaries_of_another_encoding_are_no_other_layer(tmp_path):
    path = tmp_path / "units.geojson"
    path.write_bytes('{"type": "FeatureCollection", "features": [{"name": "Bogotá"}]}'.encode("latin-1"))
    reader = Reader(tmp_path)
    assert read_units(reader, path) == []
    (fault,) = reader.listed()
    assert fault.expected == "GeoJSON in UTF-8; this is of another encoding: save it as UTF-8"
    assert "guárdelo como UTF-8" in fault_line(str(fault), ES)
