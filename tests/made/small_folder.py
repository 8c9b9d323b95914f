"""The files of a small sound scenario folder."""

from __future__ import annotations

TEXTS = {
    "scenario.toml": """\
format = 1
name = "small"
title = "A small scenario"
description = "Two lines,\\nwith \\"quotes\\"."
start = 2021-10-23
end = 2021-11-30
rules = "caravan"

[settings]
blocks = 3
share = 0.5
fast = true
levels = [1.0, 2.5]

[[kinds]]
id = "lone"
men = 1
share = 0.6

[[kinds]]
id = "family"
women = 1
children = 2
share = 0.4

[[itineraries]]
id = "north"
from_id = "a"
via = ["b"]
to_id = "d"

[[caravans]]
id = "first"
name = "The first"
itinerary = "north"
assembles_at = "a"
departs = 2021-10-24
turnout = "turnout"

[[caravans]]
id = "second"
name = "The second"
itinerary = "north"
assembles_at = "b"
turnout = "turnout"
call = "video"

[[calls]]
id = "video"
date = 2021-10-30
place_id = "b"
delay = "call_delay"
basis = ["claim-1"]

[[facilities]]
id = "office"
kind = "office"
place_id = "a"
per_day = "office_per_day"
basis = ["src-1"]

[[policies]]
id = "no-lifts"
title = "No lifts"
lever = "lifts"
start = 2021-10-28
end = 2021-11-05
place_ids = ["b"]
parameter = "turnout"
basis = ["ev-1"]

[[parameters]]
name = "turnout"
unit = "persons"
prior = {dist = "lognormal", median = 2500, sigma = 0.35}
low = 300
high = 9000
basis = ["obs-1", "claim-1"]
description = "Who set out."

[[parameters]]
name = "call_delay"
unit = "days"
value = 5
low = 1
high = 30
basis = ["assumption"]
description = "From the call to the first answers."

[[parameters]]
name = "office_per_day"
unit = "parties/day"
low = 0
high = 2000
basis = ["assumption"]
description = "Parties seen in a day."

[parameters.prior]
dist = "uniform"
low = 10
high = 90
""",
    "places.csv": """\
id,name,lat,lon,population,kind,stop,country
a,Alfa,14.9,-92.2,200000,origin,true,MX
b,"Bravo, the town",15.1,-92.5,,town,TRUE,MX
c,Charlie,15.3,-92.7,900,town,false,MX
d,Delta,15.6,-93.0,50000,destination,,MX
""",
    "links.csv": """\
from_id,to_id,km,km_low,km_high,modes
a,b,40,38,41.5,foot;vehicle
b,c,30,,,
c,d,45,,,vehicle
a,c,90,,,
""",
    "events.csv": """\
id,date,end_date,kind,place_id,target_id,value,unit,basis,description
ev-1,2021-10-28,2021-10-30,roadblock,b,,,,src-1,Agents block the road.
ev-2,2021-11-08,,destination,c,north,,,claim-1;obs-1,
""",
    "observations.csv": """\
id,date,known_on,caravan,place_id,kind,low,high,qualifier,speaker_role,speaker_side,inferred,source_id,claim_ids
obs-1,2021-10-24,2021-10-25,first,a,headcount,2000,3000,range,agency,agency,false,src-1,claim-1
obs-2,2021-11-10,2021-11-01,second,b,departure,1000,,planned,organisers,organisers,,,
""",
    "claims.csv": """\
id,date_said,speaker_role,speaker_side,topic,place_id,claim,quantity_low,quantity_high,disputed_by,status,source_id,bears_on
claim-1,2020-01-01,officials,authorities,turnout,a,Few set out.,900,1000,claim-2,disputed,src-1,turnout
claim-2,,organisers,organisers,turnout,,Many set out.,,,claim-1,disputed,,
""",
    "sources.csv": """\
id,kind,publisher,language,date
src-1,news,A paper,es,2021-10-25
""",
}
