"""Files in the layouts of public sources, with made-up numbers: name, content, and what is to be read."""

import datetime as dt
import io
import json

import xlsxwriter

D = dt.date
FEB, MAR, APR = D(2022, 2, 24), D(2022, 3, 24), D(2022, 4, 24)


def workbook(sheets, *, dates=True):
    """Return the bytes of a workbook of sheets, each a list of rows."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    serial = (cell - D(1899, 12, 30)).days
                    sheet.write(r, c, serial, day if dates else None)
                elif cell is not None:
                    sheet.write(r, c, cell)
    book.close()
    return packed.getvalue()


BOM = "\ufeff"
UNHCR_CSV = "data_date,individuals,daily\n2022-02-24,79209,79209\n2022-02-25,162349,83140\n2022-02-26,295670,133321\n"
UNHCR_OLD = 'data_date,cumulative_refugees\n"February 24, 2022",10928\n"February 25, 2022",20500\n'
UNHCR_SERIES = json.dumps({
    "data": {"timeseries": [
        {"data_date": "2022-02-24", "unix_timestamp": 1645660800, "individuals": 79209},
        {"data_date": "2022-02-25", "unix_timestamp": 1645747200, "individuals": 162349},
    ]},
})  # fmt: skip
UNHCR_PLACES = json.dumps({
    "data": [
        {"geomaster_id": str(at), "geomaster_name": name, "admin_level": "1", "centroid_lon": "1", "centroid_lat": "2",
         "date": "2022-02-24", "individuals": str(persons), "population_group_id": group}
        for at, name, persons, group in (
            (1, "Northcamp", 1200, "4999"), (1, "Northcamp", 300, "5000"), (2, "Lakeside", 900, "4999"),
        )
    ],
})  # fmt: skip
DTM_SERVICE = (
    "id,operation,admin0Name,admin0Pcode,admin1Name,admin1Pcode,admin2Name,admin2Pcode,numPresentIdpInd,reportingDate,"
    "yearReportingDate,monthReportingDate,roundNumber,assessmentType\n"
    "1,Op,Land,LD,North,LD01,Ford,LD0101,2500,2022-02-24T00:00:00,2022,2,1,BA\n"
    "2,Op,Land,LD,North,LD01,Mill,LD0102,1200,2022-02-24T00:00:00,2022,2,1,BA\n"
    "3,Op,Land,LD,North,LD01,Ford,LD0101,3100,2022-03-24T00:00:00,2022,3,2,BA\n"
)
DTM_TAGGED = BOM + (
    "Country,Country Code,Oblast pcode,Source,Oblast,Raion pcode,Raion,Displacement since Start of Conflict,"
    "Date of Interview,Snapshot_Date\n"
    "#country+name,#country+code,#adm1+code,#meta+source,#adm1+name,#adm2+code,#adm2+name,#affected+idps+ind,"
    "#date+occurred,#date+reported\n"
    "Land,LDN,LD01,DTM,North,LD0101,Ford,2500,2022-02-20,2022-02-24\n"
    "Land,LDN,LD01,DTM,North,LD0102,Mill,1200,2022-02-21,2022-02-24\n"
)
HAPI = BOM + (
    "location_code,has_hrp,in_gho,provider_admin1_name,provider_admin2_name,admin1_code,admin1_name,admin2_code,"
    "admin2_name,admin_level,population,reporting_round,assessment_type,operation,reference_period_start,"
    "reference_period_end,dataset_hdx_id,resource_hdx_id,warning,error\n"
    "LDN,True,True,North,Ford,LD01,North,LD0101,Ford,2,2500,1,BA,Op,2022-02-24,2022-03-23,a,b,,\n"
    "LDN,True,True,North,Mill,LD01,North,LD0102,Mill,2,1200,1,BA,Op,2022-02-24,2022-03-23,a,b,,\n"
)
WIDE = (
    "Sitio;Municipio;24/02/2022;24/03/2022\nFord;Norte;2.500;1.250.000\nMill;Norte;1.200;300\nTotal;;3.700;1.250.300\n"
)
PLACES_WIDE = "date,Northcamp,Lakeside,Total\n2022-02-24,240,110,350\n2022-03-24,1500,900,2400\n"
DTM_BOOK = workbook({
    "Round 1": [
        ["Displacement Tracking Matrix - Round 1"], [],
        ["Region", "Site Name", "Date of assessment", "Total Households", "Total Individuals"],
        ["North", "Ford", FEB, 500, 2500], ["North", "Mill", FEB, 240, 1200],
    ],
    "Round 2": [
        ["Region", "Site Name", "Date of assessment", "Total Households", "Total Individuals"],
        ["North", "Ford", MAR, 620, 3100], ["North", "Mill", MAR, 250, 1250],
    ],
})  # fmt: skip
DTM_DEEP = workbook({
    "Baseline": [
        [None, None, "Round 1 (24 Feb 2022)", None, "Round 2 (24 Mar 2022)", None],
        ["Admin 1", "Admin 2", "HH", "IDP Individuals", "HH", "IDP Individuals"],
        ["#adm1+name", "#adm2+name", "#affected+hh", "#affected+ind", "#affected+hh", "#affected+ind"],
        ["North", "Ford", 500, 2500, 620, 3100], ["North", "Mill", 240, 1200, 250, 1250],
    ],
})  # fmt: skip
SERIALS = workbook({"S": [["Camp", "Fecha", "Personas"], ["Ford", 44616, 2500], ["Mill", 44616, 1200]]})
FLEE = "2022-02-24,240\n2022-03-24,1500\n"
FORD_MILL = {("Ford", FEB): 2500, ("Mill", FEB): 1200}
BOTH = FORD_MILL | {("Ford", MAR): 3100, ("Mill", MAR): 1250}

LAYOUTS = {
    "unhcr": ("arrivals.csv", UNHCR_CSV, {
        ("arrivals", FEB): 79209, ("arrivals", D(2022, 2, 25)): 162349, ("arrivals", D(2022, 2, 26)): 295670,
    }),
    "unhcr, months named": ("a.csv", UNHCR_OLD, {("a", FEB): 10928, ("a", D(2022, 2, 25)): 20500}),
    "unhcr, json of a series": ("a.json", UNHCR_SERIES, {("a", FEB): 79209, ("a", D(2022, 2, 25)): 162349}),
    "unhcr, json of places": ("a.json", UNHCR_PLACES, {("Northcamp", FEB): 1500, ("Lakeside", FEB): 900}),
    "dtm, service": ("a.csv", DTM_SERVICE, FORD_MILL | {("Ford", MAR): 3100}),
    "dtm, tags": ("a.csv", DTM_TAGGED, FORD_MILL),
    "dtm, a sheet a round": ("a.xlsx", DTM_BOOK, BOTH),
    "dtm, header of two rows": ("a.xlsx", DTM_DEEP, BOTH),
    "hapi": ("a.csv", HAPI, FORD_MILL),
    "a column a date": ("a.csv", WIDE, {
        ("Ford", FEB): 2500, ("Mill", FEB): 1200, ("Ford", MAR): 1250000, ("Mill", MAR): 300,
    }),
    "a column a place": ("a.csv", PLACES_WIDE, {
        ("Northcamp", FEB): 240, ("Lakeside", FEB): 110, ("Northcamp", MAR): 1500, ("Lakeside", MAR): 900,
    }),
    "days of excel": ("a.xlsx", SERIALS, FORD_MILL),
    "flee": ("northcamp.csv", FLEE, {("northcamp", FEB): 240, ("northcamp", MAR): 1500}),
}  # fmt: skip
"""Name of the file, its content, persons by place and date."""


def write_layout(folder, name):
    """Write the file of a layout; returns its path."""
    file, content, _ = LAYOUTS[name]
    path = folder / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
