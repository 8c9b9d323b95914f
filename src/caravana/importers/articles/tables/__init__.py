"""Tables in a text: lines of cells, what heads them, what their counts are of."""
