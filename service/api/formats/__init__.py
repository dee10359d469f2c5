"""The map as it is written, and in forms that other programs read as they are.

cell_text     a grid as JSON, from a table of the texts of its cells
grid_text     which texts these are: of amounts, of heat, whole or as changes
cells         the map as a table, a row for each cell in which anything stands
columns_text  the table as CSV
flat_rows     the table as JSON rows
chart_series  the map as a chart library's heatmap series takes it
npz_arrays    the map as numpy arrays
arrow_stream  the table as an Arrow stream
"""
