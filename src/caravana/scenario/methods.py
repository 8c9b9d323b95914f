"""What a scenario can be asked to do: made of tables and graphs, changed, and given back as them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from caravana.accessors import bound
from caravana.summaries import Summarised, counted, listed_names

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("places", "links", "caravans", "observations", "events", "claims", "policies", "parameters")
"""What ``repr`` counts."""


class ScenarioMethods(Summarised):
    """The methods of :class:`caravana.scenario.model.Scenario`."""

    @classmethod
    def from_frames(
        cls,
        *,
        places: Any,
        links: Any,
        events: Any = None,
        observations: Any = None,
        claims: Any = None,
        sources: Any = None,
        kinds: Any = None,
        itineraries: Any = None,
        caravans: Any = None,
        calls: Any = None,
        facilities: Any = None,
        policies: Any = None,
        parameters: Any = None,
        readings: Any = None,
        series: Mapping[str, Any] | None = None,
        **header: Any,
    ) -> Self:
        """Make a scenario of tables in memory, checked as the files of a scenario folder are.

        Each table is a frame of pandas (or of geopandas, its geometry left out), a list of mappings, or of rows; its
        columns are those of the file of its name (``docs/reference/scenario-files.md``).  An empty cell takes the
        default.  A prior is a column ``prior`` of mappings, or columns ``prior.dist``, ``prior.mean`` and so on.

        Parameters
        ----------
        places, links : pandas.DataFrame or iterable
            The world: ``id``, ``name``, ``lat``, ``lon``, ``kind``, ...; ``from_id``, ``to_id``, ``km``, ...
        events, observations, claims, sources : pandas.DataFrame or iterable, optional
            What happened, what was reported, what was said, and where it was read.
        kinds, itineraries, caravans, calls, facilities, policies, parameters, readings : optional
            What stands in ``scenario.toml`` as lists of tables.
        series : mapping of str to pandas.DataFrame, optional
            Values by day (the index: dates, or days from 0) and place (the columns), by kind, such as ``conflict``.
        **header : Any
            The scenario's own fields: ``name``, ``start``, ``end``, ``rules`` (which model), and, where wanted,
            ``title`` (default: the name), ``settings``, ``description``.

        Returns
        -------
        Scenario
            As it is in force: with the parameters that its model declares.

        Raises
        ------
        ScenarioError
            If there are faults: all are listed, with table, row (as ``iloc`` counts), column, value and what was
            expected.

        Examples
        --------
        >>> import caravana as cv
        >>> scenario = cv.Scenario.from_frames(
        ...     places=[{"id": "a", "name": "A", "kind": "conflict_zone"}, {"id": "b", "name": "B", "kind": "kamp"}],
        ...     links=[{"from_id": "a", "to_id": "b", "km": 80}],
        ...     name="two", start="2024-01-01", end="2024-02-01", rules="flee",
        ... )
        Traceback (most recent call last):
        ...
        caravana.errors.ScenarioError: the scenario has faults:
        places row 1, column kind: 'kamp' — expected one of origin, ... (did you mean 'camp'?)
        """
        tables = {
            "places": places, "links": links, "events": events, "observations": observations, "claims": claims,
            "sources": sources, "kinds": kinds, "itineraries": itineraries, "caravans": caravans, "calls": calls,
            "facilities": facilities, "policies": policies, "parameters": parameters, "readings": readings,
        }  # fmt: skip
        header.setdefault("title", header.get("name"))
        scenario: Self = bound("Scenario.from_frames")(tables, series or {}, header)
        return scenario

    @classmethod
    def from_networkx(cls, graph: Any, **rest: Any) -> Self:
        """Make a scenario whose places and links are the nodes and edges of a graph of networkx.

        Parameters
        ----------
        graph : networkx.Graph
            Nodes are ids; their attributes are the columns of places (``x``/``y`` do for ``lon``/``lat``).  Edges
            have ``km``, or ``length`` in metres, and the columns of links.  Links go both ways; of what is left out
            of the graph an :class:`UnusedInputWarning` tells.
        **rest : Any
            The other tables and the scenario's own fields, as :meth:`from_frames` takes them.

        Returns
        -------
        Scenario
            As it is in force.

        Raises
        ------
        ScenarioError, UsageError
            If there are faults, all listed; or it is no graph.

        Examples
        --------
        >>> import caravana as cv
        >>> import networkx as nx
        >>> graph = nx.Graph()
        >>> graph.add_node("north", kind="conflict_zone", population=9000)
        >>> graph.add_node("south", kind="camp")
        >>> graph.add_edge("north", "south", km=120)
        >>> counts = [{"id": "n1", "date": "2024-01-20", "known_on": "2024-01-20", "place_id": "south", "low": 500,
        ...            "kind": "camp_count", "qualifier": "exact", "speaker_role": "agency", "speaker_side": "agency"}]
        >>> dates = {"start": "2024-01-01", "end": "2024-02-01"}
        >>> cv.Scenario.from_networkx(graph, name="two", rules="flee", observations=counts, kinds=[
        ...     {"id": "person", "men": 1, "share": 1}], **dates).links[0].km
        120.0
        """
        scenario: Self = bound("Scenario.from_networkx")(graph, **rest)
        return scenario

    @classmethod
    def from_osmnx(cls, graph: Any, *, places: Any, furthest_km: float = 5.0, **rest: Any) -> Self:
        """Make a scenario of places on a road network of osmnx: links are the shortest roads between neighbours.

        Parameters
        ----------
        graph : networkx.MultiDiGraph
            As ``osmnx.graph_from_place`` returns it, in degrees; edges have ``length`` in metres.
        places : pandas.DataFrame, geopandas.GeoDataFrame or iterable
            With ``id``, and ``lat`` and ``lon`` or a geometry; each is put on the nearest node.
        furthest_km : float
            How far a place may be from that node.
        **rest : Any
            The other tables and the scenario's own fields, as :meth:`from_frames` takes them.

        Returns
        -------
        Scenario
            As it is in force.

        Raises
        ------
        ScenarioError, UsageError
            If there are faults, all listed; or a place is not on the road network.

        Examples
        --------
        >>> import caravana as cv
        >>> import networkx as nx
        >>> roads = nx.MultiDiGraph(crs="EPSG:4326")
        >>> roads.add_nodes_from([(1, {"x": 0.0, "y": 0.0}), (2, {"x": 0.1, "y": 0.0}), (3, {"x": 0.2, "y": 0.0})])
        >>> _ = roads.add_edge(1, 2, length=12_000), roads.add_edge(2, 3, length=13_500)
        >>> places = [{"id": "north", "name": "North", "kind": "conflict_zone", "lat": 0.0, "lon": 0.0},
        ...           {"id": "south", "name": "South", "kind": "camp", "lat": 0.0, "lon": 0.2}]
        >>> cv.Scenario.from_osmnx(roads, places=places, name="two", rules="flee", start="2024-01-01",
        ...                        end="2024-02-01", kinds=[{"id": "person", "men": 1, "share": 1}]).links[0].km
        25.5
        """
        scenario: Self = bound("Scenario.from_osmnx")(graph, places, furthest_km=furthest_km, **rest)
        return scenario

    @classmethod
    def from_geopandas(cls, *, places: Any, links: Any, **rest: Any) -> Self:
        """Make a scenario of GeoDataFrames: places as points or areas, links as lines or as a plain frame.

        Parameters
        ----------
        places : geopandas.GeoDataFrame
            The columns of places; ``lat`` and ``lon`` are taken from the geometry, in any reference system.
        links : geopandas.GeoDataFrame or pandas.DataFrame
            The columns of links; ``km``, where missing, is the length of the line on the ellipsoid.
        **rest : Any
            The other tables and the scenario's own fields, as :meth:`from_frames` takes them.

        Returns
        -------
        Scenario
            As it is in force.

        Raises
        ------
        ScenarioError, UsageError
            If there are faults, all listed; or a geometry or its reference system is missing.

        Examples
        --------
        >>> import caravana as cv
        >>> whole = cv.load_scenario("tapachula-2021")
        >>> places, links = whole.to_geopandas()
        >>> again = whole.replace(places=places, links=links)
        >>> again.places == whole.places
        True
        """
        scenario: Self = bound("Scenario.from_geopandas")(places, links, **rest)
        return scenario

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Return the tables as frames of pandas, by name; those without rows are left out.

        Returns
        -------
        dict of pandas.DataFrame
            Columns are those of the scenario's files that any row fills; dates are datetime64.

        Examples
        --------
        >>> import caravana as cv
        >>> frames = cv.load_scenario("tapachula-2021").to_frames()
        >>> frames["links"].columns[:3].tolist()
        ['from_id', 'to_id', 'km']
        """
        frames: dict[str, pd.DataFrame] = bound("Scenario.to_frames")(self)
        return frames

    def to_networkx(self) -> Any:
        """Return places and links as an undirected graph of networkx (extra ``geo``).

        Returns
        -------
        networkx.Graph
            Nodes and edges have the columns that are filled; a ``MultiGraph`` where two places have several links.

        Raises
        ------
        UsageError
            If networkx is not installed.

        Examples
        --------
        >>> import caravana as cv
        >>> graph = cv.load_scenario("tapachula-2021").to_networkx()
        >>> graph.nodes["huixtla"]["kind"]
        'town'
        """
        return bound("Scenario.to_networkx")(self)

    def to_osmnx(self) -> Any:
        """Return places and links as a graph that osmnx takes: both ways, ``x``, ``y``, ``length`` in metres.

        Returns
        -------
        networkx.MultiDiGraph
            In EPSG:4326.

        Raises
        ------
        UsageError
            If networkx is not installed, or a place has no coordinates.

        Examples
        --------
        >>> import caravana as cv
        >>> cv.load_scenario("tapachula-2021").to_osmnx().graph["crs"]
        'EPSG:4326'
        """
        return bound("Scenario.to_osmnx")(self)

    def to_geopandas(self) -> tuple[Any, Any]:
        """Return places as points and links as straight lines between them (extra ``geo``).

        Returns
        -------
        tuple of geopandas.GeoDataFrame
            Places and links, in EPSG:4326.

        Raises
        ------
        UsageError
            If geopandas is not installed.

        Examples
        --------
        >>> import caravana as cv
        >>> places, links = cv.load_scenario("tapachula-2021").to_geopandas()
        >>> set(links.geom_type)
        {'LineString'}
        """
        both: tuple[Any, Any] = bound("Scenario.to_geopandas")(self)
        return both

    def replace(self, **changes: Any) -> Self:
        """Return the scenario with fields or tables replaced, checked as a whole.

        Parameters
        ----------
        **changes : Any
            Tables as :meth:`from_frames` takes them, ``series``, or fields such as ``end``, ``title``, ``rules``.

        Returns
        -------
        Scenario
            A new one; this one stays as it is.

        Raises
        ------
        ScenarioError
            If the changed scenario has faults; all are listed.

        Examples
        --------
        >>> import caravana as cv
        >>> shorter = cv.load_scenario("tapachula-2021").replace(title="The first days")
        >>> shorter.title
        'The first days'
        """
        scenario: Self = bound("Scenario.replace")(self, changes)
        return scenario

    def with_parameters(self, **values: Any) -> Self:
        """Return the scenario with parameters, or settings of its model, changed by hand.

        What is changed rests on an assumption from then on, and says so.

        Parameters
        ----------
        **values : Any
            By name: a number, or a :class:`Prior` (or its fields as a mapping) to be drawn from.

        Returns
        -------
        Scenario
            A new one; this one stays as it is.

        Raises
        ------
        UsageError
            If a name is no parameter or setting (the nearest is offered), or a value none of its.

        Examples
        --------
        >>> import caravana as cv
        >>> scenario = cv.load_scenario("tapachula-2021")
        >>> faster = scenario.with_parameters(walk_km=18, rest_chance=cv.Prior(dist="uniform", low=0.1, high=0.3))
        >>> {p.name: p.value for p in faster.parameters}["walk_km"]
        18.0
        >>> scenario.with_parameters(walk_kn=18)
        Traceback (most recent call last):
        ...
        caravana.errors.UsageError: no parameter walk_kn (did you mean 'walk_km'?) in tapachula-2021
        """
        scenario: Self = bound("Scenario.with_parameters")(self, values)
        return scenario

    def _summary_rows(self) -> tuple[str, list[tuple[str, str]]]:
        """Return what ``repr`` shows."""
        scenario: Any = self
        rows = [
            ("title", scenario.title),
            ("days", f"{scenario.start} to {scenario.end} ({scenario.days:,})"),
            ("rules", scenario.rules),
        ]
        rows += [
            (
                table,
                f"{len(getattr(scenario, table)):,}: {listed_names(_name(row) for row in getattr(scenario, table))}",
            )
            for table in TABLES
            if getattr(scenario, table)
        ]
        if scenario.settings:
            rows.append(("settings", listed_names(f"{k}={v}" for k, v in scenario.settings.items())))
        if scenario.series:
            rows.append(("series", listed_names(one.kind for one in scenario.series)))
        if scenario.notes:
            rows.append(("notes", counted(len(scenario.notes), "line")))
        return f"Scenario {scenario.name}", rows


def _name(row: Any) -> str:
    if hasattr(row, "from_id") and hasattr(row, "km"):
        return f"{row.from_id}–{row.to_id}"
    return str(getattr(row, "id", None) or row.name)
