"""OpenStreetMap extracts: roads, settlements and crossings.  Needs the extra ``[osm]``."""
