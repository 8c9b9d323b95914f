"""Tables of other people, read one way: files as grids of cells, a column as dates or numbers, rows by name."""
