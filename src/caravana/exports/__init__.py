"""Files for machines and spreadsheets."""
