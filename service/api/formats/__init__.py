"""The map as it is written, and in forms that other programs read as they are: a module for each, named for it.

cell_text     a grid as JSON, from a table of the texts of its cells
grid_text     which texts these are: of amounts, of heat, whole or as changes
cells         the map as a table, a row for each cell in which anything stands
csv_text      /v1/heatmap.csv: the table as CSV
rows_list     /v1/heatmap.rows: the table as a flat JSON list
lwc_series    /v1/heatmap.lwc: the map as a chart library's heatmap series takes it
npz_arrays    /v1/heatmap.npz: the map as numpy arrays
arrow_stream  /v1/heatmap.arrow: the table as an Arrow stream
"""
